"""The catalogue as lists: titles, names and subjects in the reader's own order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.db.models import Sum

from kitabxana.language import words
from kitabxana.search.models import LANGUAGES, Heading, Miss, store
from kitabxana.search.rules.documents import MARK
from kitabxana.search.rules.headings import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Kind = Literal["title", "author", "subject"]
KINDS: Final[dict[Kind, str]] = {"title": "t", "author": "a", "subject": "s"}
LONGEST: Final = 100
_PASSED_OVER: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A heading and how many records have it; `see` is where to look instead, with `also` a related heading."""

    text: str
    records: int
    see: str = ""
    also: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list; `before` and `after` say whether there is more."""

    lines: tuple[Line, ...]
    before: bool
    after: bool


def browse(kind: Kind, *, start: str, language: str, limit: int = 25, backwards: bool = False) -> Page:
    """The lines from `start` on in the order of `language`, or the ones before it. Two statements at most."""
    column = f"key_{language}" if language in LANGUAGES else "key_en"
    place = place_of(start[:LONGEST], column.removeprefix("key_"))
    rows = Heading.objects.filter(kind=KINDS[kind])
    if backwards:
        listed = rows.filter(**{f"{column}__lt": place}).order_by(f"-{column}", "-text", "-see")
    else:
        listed = rows.filter(**{f"{column}__gte": place}).order_by(column, "text", "see")
    found, more = _in_use(listed[: limit + _PASSED_OVER].iterator(), limit)
    lines = tuple(reversed(found)) if backwards else tuple(found)
    if backwards:
        return Page(lines, before=more, after=True)
    return Page(lines, before=rows.filter(**{f"{column}__lt": place}).exists() if start else False, after=more)


def records_with(kind: str, text: str) -> int:
    """How many records have a heading, by the index."""
    return store.current().frequency("suggest", f"{' '.join(words(text))}{MARK}{kind}{text}")


def _in_use(rows: Iterable[Heading], limit: int) -> tuple[list[Line], bool]:
    found: list[Line] = []
    for row in rows:
        records = records_with(row.kind, row.see or row.text)
        if records:
            if len(found) == limit:
                return found, True
            found.append(Line(row.text, records, row.see, row.also))
    return found, False


def misses(*, since: date, limit: int = 200) -> list[tuple[str, int]]:
    """(folded words, times) of what found nothing since a day, the most frequent first."""
    rows = Miss.objects.filter(day__gte=since).values("words").annotate(asked=Sum("times")).order_by("-asked", "words")
    return [(row["words"], row["asked"]) for row in rows[:limit]]
