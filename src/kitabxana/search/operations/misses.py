"""What was looked for in vain: counted by day, without who asked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection

from kitabxana.language import words
from kitabxana.search.models.headings import Miss

if TYPE_CHECKING:
    from datetime import date

LONGEST: Final = 200
KEPT_FOR: Final = timedelta(days=400)
"""A year and its month again, so that two summers can be compared."""

_PERSONAL: Final = re.compile(r"@|\d{6,}")
"""Card numbers, telephone numbers and addresses strayed into the box are nobody's business."""


def note_miss(text: str, *, on: date) -> None:
    """Count words that found nothing. One statement, nothing of the reader."""
    plain = " ".join(words(text))[:LONGEST]
    if plain and not _PERSONAL.search(text):
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO search_miss AS known (day, words, times) VALUES (%s, %s, 1)
                ON CONFLICT (day, words) DO UPDATE SET times = known.times + 1""",
                [on, plain],
            )


def forget_misses(*, on: date) -> int:
    """Delete what was counted more than `KEPT_FOR` ago; how many rows. One statement."""
    deleted, _ = Miss.objects.filter(day__lt=on - KEPT_FOR).delete()
    return deleted
