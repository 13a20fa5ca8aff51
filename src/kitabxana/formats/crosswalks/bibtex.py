"""A record as a BibTeX entry (Patashnik, BibTeXing, 1988; fields of its standard styles, and those BibLaTeX added)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kitabxana.formats.crosswalks.description import describe, visible
from kitabxana.language import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitabxana.formats.crosswalks.description import Description, Kind
    from kitabxana.formats.crosswalks.names import Name
    from kitabxana.formats.marc.shape import MarcJson

_TYPES: Final[dict[Kind, str]] = {
    "book": "book", "part": "incollection", "article": "article", "thesis": "phdthesis", "manuscript": "unpublished",
}  # fmt: skip
"""Standard entry types; "misc" for everything else."""

_HOW: Final[dict[Kind, str]] = {
    "map": "Map", "score": "Music score", "music": "Sound recording", "spoken": "Sound recording", "video": "Film",
    "picture": "Picture", "software": "Computer file", "serial": "Periodical",
}  # fmt: skip
_SPECIAL: Final = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
})  # fmt: skip
# A brace, even after a backslash, counts for BibTeX: a single one in a title would swallow the rest of the file.
_AND: Final = re.compile(r"\band\b", re.IGNORECASE)


def to_bibtex(marc: MarcJson, *, number: int, address: str) -> str:
    """One entry in UTF-8, its key made of author, year and `number`, which keeps it unique."""
    work = describe(marc)
    fields = [(name, value) for name, value in _fields(work, address) if value]
    body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields)
    return f"@{_TYPES.get(work.kind, 'misc')}{{{_key(work, number)}{body}\n}}\n"


def _fields(work: Description, address: str) -> Iterator[tuple[str, str]]:
    yield "author", _people(work.authors)
    yield "editor", _people(work.editors)
    yield "translator", _people(work.translators)
    yield "title", f"{{{_text(work.full_title)}}}" if work.full_title else ""
    if work.host:
        yield "journal" if work.kind == "article" else "booktitle", _text(work.host.title)
        yield "pages", _text(work.host.pages.replace("-", "--"))
        yield "volume", work.host.volume
        yield "number", work.host.issue
    else:
        yield from _series(work)
    yield "edition", _text(work.edition)
    yield "publisher" if work.kind != "thesis" else "school", _text(work.publisher or work.thesis)
    yield "address", _text(work.place)
    yield "year", str(work.year or "")
    yield "howpublished", _HOW.get(work.kind, "")
    yield "pagetotal", str(work.pages or "")
    yield "isbn", work.isbns[0] if work.isbns else ""
    yield "issn", f"{work.issns[0][:4]}-{work.issns[0][4:]}" if work.issns else ""
    yield "doi", _text(work.doi)
    yield "langid", ", ".join(work.languages[:1])
    yield "keywords", _text(", ".join(subject.replace(",", "") for subject in work.subjects))
    yield "note", _text(work.notes[0]) if work.kind == "manuscript" and work.notes else ""
    yield "url", _address(work.links[0] if work.links else address)


def _series(work: Description) -> Iterator[tuple[str, str]]:
    for title, volume in work.series[:1]:
        yield "series", _text(title)
        yield "number", _text(volume)


def _text(text: str) -> str:
    return visible(text).translate(_SPECIAL)


def _address(address: str) -> str:
    """An address as it stands, but for the braces that would end the field."""
    return visible(address).replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _people(names: Sequence[Name]) -> str:
    """ "Surname, forename" joined by "and"; what is no such name is kept whole in braces."""
    return " and ".join(_name(name) for name in names)


def _name(name: Name) -> str:
    parts = (_text(name.family), _text(name.given))
    if name.family and not any("," in part or _AND.search(part) for part in parts):
        return ", ".join(parts)
    return f"{{{_text(name.text)}}}"


def _key(work: Description, number: int) -> str:
    first = next((name.family or name.text for name in (*work.authors, *work.editors)), work.title)
    letters = re.sub(r"[^a-z0-9]", "", fold(first).partition(" ")[0])
    return f"{letters or 'record'}{work.year or ''}-{number}"
