"""A stretch of a library's shelf as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.fronts.opac.messages import COPY_STATES
from kitabxana.fronts.opac.render.books import Book, book
from kitabxana.fronts.opac.render.copies import MARKS, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitabxana.fronts.opac.render.books import Brief
    from kitabxana.holdings.facts import ItemFacts


@dataclass(frozen=True, slots=True)
class Spine:
    """One copy on the shelf; `here` marks the one the reader came from."""

    book: Book
    call_number: str
    volume: str
    mark: str
    state: str
    here: bool


def spines(items: Sequence[ItemFacts], briefs: Mapping[int, Brief], *, here: int) -> list[Spine]:
    """The copies whose records may be shown, in their order."""
    found = []
    for item in items:
        if item.record_id in briefs:
            state = state_of(item)
            found.append(
                Spine(
                    book=book(item.record_id, briefs[item.record_id]),
                    call_number=item.call_number,
                    volume=item.volume,
                    mark=MARKS.get(state, "out"),
                    state=str(COPY_STATES[state]),
                    here=item.id == here,
                )
            )
    return found
