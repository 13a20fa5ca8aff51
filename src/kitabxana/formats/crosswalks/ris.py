"""A record as RIS, the tagged lines that reference managers read (Research Information Systems, RIS Format 2011)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kitabxana.formats.crosswalks.description import describe, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.formats.crosswalks.description import Description, Kind
    from kitabxana.formats.crosswalks.names import Name
    from kitabxana.formats.marc.shape import MarcJson

_TYPES: Final[dict[Kind, str]] = {
    "book": "BOOK", "part": "CHAP", "article": "JOUR", "serial": "JFULL", "thesis": "THES", "map": "MAP",
    "score": "MUSIC", "music": "SOUND", "spoken": "SOUND", "video": "VIDEO", "picture": "ART", "manuscript": "MANSCPT",
    "archive": "MANSCPT", "software": "COMP", "object": "GEN", "collection": "GEN",
}  # fmt: skip


def to_ris(marc: MarcJson, *, number: int, address: str) -> str:
    """One reference, from TY to ER, lines ended by CR LF. `address` is the record's permanent one."""
    lines = [f"{tag}  - {shown}" for tag, text in _lines(describe(marc), address) if (shown := visible(text))]
    whole = [lines[0], f"ID  - {number}", *lines[1:], "ER  - "]
    return "".join(f"{line}\r\n" for line in whole)


def _lines(work: Description, address: str) -> Iterator[tuple[str, str]]:
    online = work.online and work.kind == "book"
    yield "TY", "EBOOK" if online else _TYPES[work.kind]
    yield from _people(work)
    yield "TI", work.full_title
    yield from _whole(work)
    yield "PY", str(work.year or "")
    yield "CY", work.place
    yield "PB", work.publisher
    yield "ET", work.edition
    for number in work.isbns or tuple(_hyphened(issn) for issn in work.issns):
        yield "SN", number
    yield "LA", ", ".join(work.languages)
    for subject in work.subjects:
        yield "KW", subject
    yield "AB", work.abstract
    for note in (work.thesis, *work.notes):
        yield "N1", note
    yield "DO", work.doi
    for link in (*work.links, address):
        yield "UR", link


def _people(work: Description) -> Iterator[tuple[str, str]]:
    for name in work.authors:
        yield "AU", _filed(name)
    for name in work.editors:
        yield "A2", _filed(name)
    for name in work.translators:
        yield "A4", _filed(name)


def _whole(work: Description) -> Iterator[tuple[str, str]]:
    """What the work stands in: its periodical or book, else its series."""
    if work.host:
        yield "T2", work.host.title
        yield "SN", work.host.isbn or _hyphened(work.host.issn)
        yield "VL", work.host.volume
        yield "IS", work.host.issue
        first, _, last = work.host.pages.partition("-")
        yield "SP", first
        yield "EP", last
        return
    for title, number in work.series[:1]:
        yield "T3" if work.kind == "part" else "T2", title
        yield "VL", number
    yield "SP", str(work.pages or "")


def _filed(name: Name) -> str:
    """ "Surname, forename" as RIS has it; a comma in any other name would be taken for that."""
    return f"{name.family}, {name.given}" if name.family else name.text.replace(", ", " ")


def _hyphened(issn: str) -> str:
    return f"{issn[:4]}-{issn[4:]}" if issn else ""
