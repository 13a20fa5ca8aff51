"""A record as schema.org JSON-LD: a plain description, without offers or a tree of works and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kitabxana.formats.crosswalks.description import describe, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitabxana.formats.crosswalks.description import Description, Kind
    from kitabxana.formats.crosswalks.names import Name
    from kitabxana.formats.marc.shape import MarcJson

_TYPES: Final[dict[Kind, str]] = {
    "book": "Book", "part": "Chapter", "article": "Article", "serial": "Periodical", "thesis": "Thesis", "map": "Map",
    "score": "SheetMusic", "music": "MusicAlbum", "spoken": "Audiobook", "video": "Movie", "picture": "VisualArtwork",
    "manuscript": "Manuscript", "archive": "ArchiveComponent", "collection": "Collection",
}  # fmt: skip
"""schema.org types; "CreativeWork" for everything else."""

_BOOKS: Final = frozenset({"Book", "Audiobook"})


def to_schema_org(marc: MarcJson, *, address: str, image: str = "", held_by: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON-LD object as plain values.

    `address` is the record's permanent one, `image` its cover's, `held_by` the libraries that have it: schema.org
    gives a place to what is kept (`itemLocation`) for archive material only, so nowhere else is it said.
    """
    work = describe(marc)
    kind = _TYPES.get(work.kind, "CreativeWork")
    described = {"@context": "https://schema.org", "@type": kind, "@id": address, "url": address}
    pairs = [*_said(work), *(_of_a_book(work) if kind in _BOOKS else ())]
    if kind == "ArchiveComponent":
        pairs.append(("itemLocation", [{"@type": "Place", "name": name} for name in held_by]))
    pairs.append(("image", image))
    return described | {name: _one_or_all(value) for name, value in pairs if value}


def _said(work: Description) -> Iterator[tuple[str, Any]]:
    yield "name", visible(work.full_title)
    yield "alternateName", work.script_title
    yield "author", [_agent(name) for name in work.authors]
    yield "editor", [_agent(name) for name in work.editors]
    yield "translator", [_agent(name) for name in work.translators]
    named = {*work.authors, *work.editors, *work.translators}
    yield "contributor", [_agent(name) for name in work.names if name not in named]
    yield "publisher", {"@type": "Organization", "name": work.publisher} if work.publisher else None
    yield "datePublished", str(work.year or "") if work.kind != "serial" else ""
    yield "startDate", str(work.year or "") if work.kind == "serial" else ""
    yield "endDate", str(work.last_year or "")
    yield "inLanguage", list(work.languages)
    yield "issn", [f"{issn[:4]}-{issn[4:]}" for issn in work.issns] if work.kind == "serial" else []
    yield "about", [{"@type": "Thing", "name": subject} for subject in work.subjects]
    yield "genre", list(work.genres)
    yield "description", work.abstract
    yield "sameAs", [*([f"https://doi.org/{work.doi}"] if work.doi else []), *work.links]
    yield "isPartOf", _wholes(work)


def _of_a_book(work: Description) -> Iterator[tuple[str, Any]]:
    yield "isbn", list(work.isbns)
    yield "bookEdition", work.edition
    yield "numberOfPages", work.pages
    yield "bookFormat", "https://schema.org/EBook" if work.online and work.kind == "book" else ""


def _wholes(work: Description) -> list[dict[str, Any]]:
    if work.host:
        kind = "Periodical" if work.host.issn or work.kind == "article" else "Book"
        return [{"@type": kind, "name": work.host.title} | _number_of(kind, work.host.isbn, work.host.issn)]
    return [
        {"@type": "BookSeries" if work.kind in ("book", "spoken") else "CreativeWorkSeries", "name": title}
        | ({"position": number} if number else {})
        for title, number in work.series
    ]


def _number_of(kind: str, isbn: str, issn: str) -> dict[str, str]:
    if kind == "Periodical":
        return {"issn": f"{issn[:4]}-{issn[4:]}"} if issn else {}
    return {"isbn": isbn} if isbn else {}


def _agent(name: Name) -> dict[str, str]:
    agent = {"@type": "Person" if name.kind == "person" else "Organization", "name": visible(name.text)}
    if name.family:
        agent |= {"familyName": name.family, "givenName": name.given}
    return agent | ({"alternateName": name.script} if name.script else {})


def _one_or_all(value: Any) -> Any:
    """A list of one is that one: JSON-LD sees no difference, and readers of it often do."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
