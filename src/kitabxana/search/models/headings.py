"""The lists that are browsed, and what was looked for in vain."""

from __future__ import annotations

from typing import Final

from django.db import models

LANGUAGES: Final = ("az", "tr", "ru", "en")
"""The orders in which headings are kept: those of the interface's languages."""


class Heading(models.Model):
    """A title, name or subject that stands in some record, with its place in each language's order.

    How many records have it, the index knows: a heading that no record has any more is passed over, and taken out when
    the lists are made anew. `see` and `also` come from authority records: the heading to look under instead, and
    related ones.
    """

    KINDS = [("t", "title"), ("a", "author"), ("s", "subject")]

    kind = models.CharField(max_length=1, choices=KINDS)
    text = models.CharField(max_length=120)
    see = models.CharField(max_length=120, blank=True)
    also = models.BooleanField(default=False)
    """`see` is a related heading rather than the one to use instead."""

    key_az = models.BinaryField(max_length=200)
    key_tr = models.BinaryField(max_length=200)
    key_ru = models.BinaryField(max_length=200)
    key_en = models.BinaryField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "text", "see"], name="heading_once")]
        indexes = [
            models.Index(fields=["kind", f"key_{language}"], name=f"heading_{language}") for language in LANGUAGES
        ]

    def __str__(self) -> str:
        return self.text


class Miss(models.Model):
    """Words that found nothing on a day, and how often. Who asked is kept nowhere."""

    day = models.DateField()
    words = models.CharField(max_length=200)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "words"], name="miss_once_a_day")]

    def __str__(self) -> str:
        return self.words
