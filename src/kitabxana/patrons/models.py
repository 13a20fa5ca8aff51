"""Readers: people, their categories, cards and restrictions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class PatronCategory(models.Model):
    """Who a reader is for the loan rules: adult, student, child, pensioner, staff…"""

    code = models.CharField(max_length=10, primary_key=True)
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    enrolment_months = models.PositiveSmallIntegerField(default=12)

    def __str__(self) -> str:
        return self.code


class Patron(models.Model):
    """A reader. `search_key` is the folded name by which a desk finds it; login and PIN live apart, in `user`."""

    id = models.BigAutoField(primary_key=True)
    home_unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(PatronCategory, on_delete=models.PROTECT, related_name="+")
    surname = models.CharField(max_length=100)
    firstname = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    search_key = models.CharField(max_length=320, db_collation="C")
    birth_date = models.DateField(null=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=250, blank=True)
    language = models.CharField(max_length=5, blank=True)
    enrolled_on = models.DateField()
    expires_on = models.DateField()
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="patron"
    )
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["search_key"], name="patron_search_key")]

    def __str__(self) -> str:
        return f"patron {self.pk}"


class Card(models.Model):
    """A library card. Numbers are unique for ever: one that was lost is never given out again."""

    STATES = [("valid", "valid"), ("lost", "lost"), ("replaced", "replaced")]

    number = models.CharField(max_length=32, unique=True)
    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="cards")
    state = models.CharField(max_length=8, choices=STATES, default="valid")
    issued_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.number


class Restriction(models.Model):
    """A reason why a reader may not borrow, until a day (inclusive) or until it is lifted."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="restrictions")
    reason = models.CharField(max_length=200)
    until = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.reason
