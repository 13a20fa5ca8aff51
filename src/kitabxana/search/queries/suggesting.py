"""What may be meant while it is still being typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kitabxana.language import words
from kitabxana.search.models import store
from kitabxana.search.rules.documents import MARK

MOST: Final = 8
SHORTEST: Final = 2
LONGEST: Final = 60
_LOOKED_AT: Final = 40
_KINDS: Final[dict[str, Literal["title", "author", "subject"]]] = {"t": "title", "a": "author", "s": "subject"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A heading of the catalogue and how many records have it."""

    kind: Literal["title", "author", "subject"]
    text: str
    records: int


def suggest(typed: str) -> list[Suggestion]:
    """The most frequent headings with words that begin as typed, however they are spelled; [] for under two letters."""
    plain = " ".join(words(typed[:LONGEST]))
    if len(plain) < SHORTEST:
        return []
    found: dict[tuple[str, str], Suggestion] = {}
    for term, records in store.current().suggestions(plain, _LOOKED_AT):
        _, _, heading = term.partition(MARK)
        kind, text = _KINDS[heading[0]], heading[1:]
        found.setdefault((kind, text), Suggestion(kind, text, records))
    return list(found.values())[:MOST]
