"""Going through results page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.fronts.opac.render.words import number

if TYPE_CHECKING:
    from kitabxana.fronts.opac.asked import Asked


@dataclass(frozen=True, slots=True)
class Page:
    """A page to go to; an empty label is a gap, an empty address the page that is seen."""

    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    numbers: tuple[Page, ...]
    before: str
    after: str


def pages(asked: Asked, *, last: int) -> Pages | None:
    """The first page, those around the present one, the last; None when all fits on one."""
    if last <= 1:
        return None
    near = {1, last, *range(max(1, asked.page - 1), min(last, asked.page + 1) + 1)}
    numbers: list[Page] = []
    previous = 0
    for page in sorted(near):
        if page - previous > 1:
            numbers.append(Page(""))
        address = "" if page == asked.page else asked.on_page(page).address()
        numbers.append(Page(number(page), address))
        previous = page
    return Pages(
        numbers=tuple(numbers),
        before=asked.on_page(asked.page - 1).address() if asked.page > 1 else "",
        after=asked.on_page(asked.page + 1).address() if asked.page < last else "",
    )
