"""A record as unqualified Dublin Core in the `oai_dc` wrapper (ISO 15836-1; OAI-PMH 2.0; the Library of Congress's
MARC to Dublin Core crosswalk)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from kitabxana.formats.crosswalks.description import describe, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.formats.crosswalks.description import Description, Kind
    from kitabxana.formats.marc.shape import MarcJson

OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES: Final[dict[Kind, str]] = {
    "map": "StillImage", "music": "Sound", "spoken": "Sound", "video": "MovingImage", "picture": "StillImage",
    "archive": "Collection", "software": "Software", "object": "PhysicalObject", "collection": "Collection",
}  # fmt: skip
"""DCMI Type Vocabulary; "Text" for everything else."""


def to_dublin_core(marc: MarcJson, *, address: str) -> bytes:
    """One `oai_dc:dc` element in UTF-8, without XML declaration. `address` is the record's permanent one."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": _DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {SCHEMA}")
    for name, text in dict.fromkeys(_elements(describe(marc), address)):
        if shown := visible(text):
            etree.SubElement(root, f"{{{_DC}}}{name}").text = shown
    return etree.tostring(root, encoding="utf-8")


def _elements(work: Description, address: str) -> Iterator[tuple[str, str]]:
    yield from _each("title", work.full_title, work.script_title)
    for name in work.names:
        yield from _each("creator" if name in work.authors else "contributor", name.text, name.script)
    yield from _each("subject", *work.subjects)
    yield from _each("description", work.abstract, work.thesis, *work.notes)
    yield "publisher", ": ".join(part for part in (work.place, work.publisher) if part)
    yield "date", _date(work)
    yield from _each("type", _TYPES.get(work.kind, "Text"), *work.genres)
    yield "format", work.extent
    yield from _each("identifier", *(f"URN:ISBN:{isbn}" for isbn in work.isbns))
    yield from _each("identifier", *(f"URN:ISSN:{issn[:4]}-{issn[4:]}" for issn in work.issns))
    yield from _each("identifier", f"https://doi.org/{work.doi}" if work.doi else "", *work.links, address)
    yield from _each("language", *work.languages)
    yield from _each("relation", *(f"{title} ; {number}" if number else title for title, number in work.series))
    if work.host:
        yield "relation", f"{work.host.title}. {work.host.related}".rstrip(". ")
    yield from _each("rights", *work.rights)


def _each(element: str, *texts: str) -> Iterator[tuple[str, str]]:
    return ((element, text) for text in texts)


def _date(work: Description) -> str:
    """A year, or a serial's first and last one."""
    return f"{work.year}/{work.last_year}" if work.year and work.last_year else str(work.year or "")
