"""Suggestions under the search box, and the lists that are browsed: each line with where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.messages import KINDS
from kitabxana.fronts.opac.render.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.search.queries import Line, Suggestion
    from kitabxana.search.queries.browsing import Kind


@dataclass(frozen=True, slots=True)
class Offered:
    text: str
    kind: str
    records: str
    address: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list; `see` is the heading to look under instead, with `also` one that is related."""

    text: str
    records: str
    address: str
    see: str
    also: bool


def suggested(found: Iterable[Suggestion]) -> list[Offered]:
    return [
        Offered(one.text, str(KINDS[one.kind]), number(one.records), address_of(one.kind, one.text)) for one in found
    ]


def listed(kind: Kind, lines: Iterable[Line]) -> list[Listed]:
    return [
        Listed(line.text, number(line.records), address_of(kind, line.see or line.text), line.see, line.also)
        for line in lines
    ]


def address_of(kind: Kind, text: str) -> str:
    """The results page of everything under a heading."""
    if kind == "title":
        return Asked(text=f'"{text.replace(chr(34), " ")}"', where="title").address()
    return Asked(filters={kind: (text,)}).address()
