"""BIBFRAME 2 from MARC 21: the conversion is the ``mrrc`` package's; blank nodes are kept apart record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mrrc
from lxml import etree

from kitabxana.formats.marc import MarcJson, Unwritable, to_marcxml

if TYPE_CHECKING:
    from collections.abc import Iterator

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NODE = f"{{{_RDF}}}nodeID"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="{_RDF}">\n'.encode()
TAIL = b"</rdf:RDF>\n"


def to_bibframe(marc: MarcJson) -> bytes:
    """One RDF/XML document in UTF-8. Raises Unwritable for what the converter refuses."""
    return HEAD + bibframe_of(marc, name="r") + TAIL


def bibframe_of(marc: MarcJson, *, name: str) -> bytes:
    """The nodes of one record without the document around them; their names begin with ``name``.

    So that many records stand in one document without being taken for one. Raises Unwritable.
    """
    root = etree.fromstring(_converted(marc))
    for element in root.iter(etree.Element):
        if node := element.get(_NODE):
            element.set(_NODE, name + node)
    return b"".join(_lines(root))


def _converted(marc: MarcJson) -> bytes:
    leader = marc["leader"].ljust(24)
    plain = f"00000{leader[5:9]}a2200000{leader[17:20]}4500"  # the converter is strict where nothing depends on it
    try:
        record = mrrc.xml_to_record(to_marcxml({**marc, "leader": plain}).decode())
        text: str = mrrc.marc_to_bibframe(record, mrrc.BibframeConfig()).serialize("rdf-xml")
    except (mrrc.MrrcException, ValueError, RuntimeError) as error:
        if isinstance(error, Unwritable):
            raise
        raise Unwritable("", f"no BIBFRAME can be made of it: {error}") from error
    return text.encode()


def _lines(root: etree._Element) -> Iterator[bytes]:
    for child in root:
        child.tail = "\n"
        yield etree.tostring(child, encoding="utf-8")
