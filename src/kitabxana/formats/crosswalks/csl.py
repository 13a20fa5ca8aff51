"""A record as CSL-JSON, from which citations are made (Citation Style Language 1.0.2, csl-data.json)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kitabxana.formats.crosswalks.description import describe, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitabxana.formats.crosswalks.description import Description, Kind
    from kitabxana.formats.crosswalks.names import Name
    from kitabxana.formats.marc.shape import MarcJson

_TYPES: Final[dict[Kind, str]] = {
    "part": "chapter", "article": "article-journal", "thesis": "thesis", "map": "map", "score": "musical_score",
    "music": "song", "video": "motion_picture", "picture": "graphic", "manuscript": "manuscript",
}  # fmt: skip
"""CSL item types; "book" for everything else, periodicals as a whole among it."""

_FIRST_NUMBER: Final = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")


def to_csl(marc: MarcJson, *, number: int, address: str) -> dict[str, Any]:
    """One CSL-JSON item as plain values."""
    work = describe(marc)
    item = {"id": str(number), "type": _TYPES.get(work.kind, "book")}
    return item | {name: value for name, value in _variables(work, address) if value}


def _variables(work: Description, address: str) -> Iterator[tuple[str, Any]]:
    yield "title", visible(work.full_title)
    yield "author", _names(work.authors)
    yield "editor", _names(work.editors)
    yield "translator", _names(work.translators)
    if work.host:
        yield "container-title", work.host.title
        yield "volume", work.host.volume
        yield "issue", work.host.issue
        yield "page", work.host.pages
    for title, volume in work.series[:1]:
        yield "collection-title", title
        yield "collection-number", volume
    yield "edition", _edition(work.edition)
    yield "publisher", work.publisher
    yield "publisher-place", work.place
    yield "issued", _issued(work)
    yield "number-of-pages", str(work.pages or "")
    yield "genre", work.thesis or "".join(work.genres[:1])
    yield "language", "".join(work.languages[:1])
    yield "ISBN", "".join(work.isbns[:1])
    yield "ISSN", "".join(f"{issn[:4]}-{issn[4:]}" for issn in work.issns[:1])
    yield "DOI", work.doi
    yield "URL", work.links[0] if work.online and work.links else ""
    yield "abstract", work.abstract
    yield "source", address


def _names(names: Sequence[Name]) -> list[dict[str, str]]:
    return [
        {"family": visible(name.family), "given": visible(name.given)}
        if name.family
        else {"literal": visible(name.text)}
        for name in names
    ]


def _edition(text: str) -> str:
    """The number of an edition, which styles put into words of their own; what has none stays as it is."""
    number = _FIRST_NUMBER.search(text)
    return number[1] if number else text


def _issued(work: Description) -> dict[str, Any]:
    if work.year is None:
        return {}
    last = [[work.last_year]] if work.last_year else []
    return {"date-parts": [[work.year], *last]}
