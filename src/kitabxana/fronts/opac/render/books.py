"""Books in lists and on shelves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kitabxana.base.code_names import language_name, tag_of
from kitabxana.catalogue.queries import findable_briefs, in_order
from kitabxana.circulation.queries import first_due
from kitabxana.fronts.opac.messages import MATERIALS
from kitabxana.fronts.opac.render.copies import Standing, standing
from kitabxana.holdings.queries import copy_groups
from kitabxana.language import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from kitabxana.organisation.facts import Tree

Brief = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """What a list shows of a record; `lang` is the BCP 47 tag of its text, "" when not known."""

    id: int
    title: str
    rest: str
    script_title: str
    author: str
    script_author: str
    year: str
    publisher: str
    material: str
    language: str
    lang: str
    cover: str

    @property
    def title_lang(self) -> str:
        """The tag of the main title: romanised where it has a form in the original script beside it."""
        return f"{self.lang}-Latn" if self.lang and self.script_title else self.lang


@dataclass(frozen=True, slots=True)
class FoundBook:
    book: Book
    standing: Standing


def book(record_id: int, brief: Brief) -> Book:
    code = brief.get("language", "")
    return Book(
        id=record_id,
        title=brief.get("title") or f"№ {record_id}",
        rest=brief.get("rest", ""),
        script_title=brief.get("script_title", ""),
        author=brief.get("author", ""),
        script_author=brief.get("script_author", ""),
        year=str(brief.get("year", "")),
        publisher=brief.get("publisher", ""),
        material=str(MATERIALS[brief["material"]]) if brief.get("material") in MATERIALS else "",
        language=language_name(code) if code else "",
        lang=tag_of(code) if code else "",
        cover=cover_address(record_id, brief),
    )


def cover_of(brief: Brief) -> dict[str, str]:
    """What `draw_cover` is given: the words in the book's own script, the work as the key to its pattern."""
    title, author = brief.get("title", ""), brief.get("author", "")
    return {
        "key": " ".join((*words(author), "/", *words(title))),
        "title": brief.get("script_title") or title,
        "author": brief.get("script_author") or author,
        "year": str(brief.get("year", "")),
        "language": tag_of(brief.get("language") or "aze"),
    }


def cover_stamp(brief: Brief) -> str:
    """Changes when the drawn cover would: makes an address that may be kept for ever."""
    return f"{zlib.crc32(repr(sorted(cover_of(brief).items())).encode()):08x}"


def cover_address(record_id: int, brief: Brief) -> str:
    return f"{reverse('opac:cover', args=[record_id])}?{cover_stamp(brief)}"


def found_books(
    record_ids: Sequence[int], *, organisation: Tree, now: datetime, prefer: Sequence[str] = (), own: str = ""
) -> list[FoundBook]:
    """Hits in their order, each with its live copies; three statements for any number of hits and copies.

    Libraries under `prefer` are named first, then those nearest to `own`.
    """
    if not record_ids:
        return []
    copies, due = copy_groups(record_ids), first_due(record_ids)
    return [
        FoundBook(
            book(record_id, brief),
            standing(
                copies.get(record_id, ()),
                organisation=organisation,
                due=due.get(record_id),
                now=now,
                prefer=prefer,
                own=own,
            ),
        )
        for record_id, brief in in_order(record_ids, findable_briefs(record_ids))
    ]


def one_of_each(rows: Iterable[tuple[int, Brief]]) -> list[Book]:
    """The first edition met of each work: a shelf of one work in many editions would be dull."""
    met: dict[str, Book] = {}
    for record_id, brief in rows:
        key = cover_of(brief)["key"]
        if key not in met:
            met[key] = book(record_id, brief)
    return list(met.values())
