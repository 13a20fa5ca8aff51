"""MARCXML in (the Library of Congress' "slim" schema), record by record in bounded memory.

The text is cut at ``<record`` … ``</record>`` before anything is parsed: a record that is not well formed ruins only
itself, and no document type, so no entity, ever reaches the parser.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from lxml import etree

from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, Refused
from kitabxana.formats.marc.source import Window
from kitabxana.formats.marc.utf8 import Utf8Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
_TOKEN = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|"
    rb"(?P<end>/" + _NAME + rb"record\s*>)|" + _NAME + rb"record(?=[\s>/])[^<>]{0,65536}?(?P<empty>/?)>)"
)
_NAMES = {"leader", "controlfield", "datafield", "subfield"}
_MARC = re.compile(rb"<" + _NAME + rb"(?:leader|controlfield|datafield|subfield)[\s>/]")
_PREFIX = re.compile(rb"[<\s]([A-Za-z_][\w.-]*):[A-Za-z_]")


def iter_marcxml(stream: BinaryIO, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of a MARCXML text: alone, in a collection, or wrapped as OAI-PMH and SRU do; any prefix or none.

    Offsets count bytes of the text as UTF-8, which for UTF-8 files is the file itself. ``start`` is the
    ``next_position`` of an earlier run. Reasons: not_well_formed, truncated, oversize, empty, junk, bad_field.
    """
    for offset, data, reason in _Cutter(Window(Utf8Stream(stream, start=start), offset=start)).pieces():
        after = offset + len(data)
        if reason:
            yield Parsed(offset, data, None, after, reason, "this text is no whole record element")
            continue
        try:
            marc, mended = parse_marcxml(data)
        except Refused as refused:
            yield Parsed(offset, data, None, after, refused.reason, refused.detail)
        else:
            yield Parsed(offset, data, marc, after, "", "", mended)


def parse_marcxml(data: bytes) -> tuple[MarcJson, tuple[str, ...]]:
    """One ``<record>`` element in UTF-8, without document type, to MARC-in-JSON and what was mended. Raises Refused.

    Namespaces do not matter: names are compared without them, and a prefix nobody declared is let pass.
    """
    root = _element(data)
    mended: list[str] = []
    leader = ""
    fields: list[dict[str, Any]] = []
    for child in root:
        name = _local(child.tag)
        if name == "datafield":
            fields.append(_data_field(child, mended))
        elif name == "controlfield":
            fields.append({_attribute(child, "tag"): _text(child)})
        elif name == "leader" and not leader:
            leader = _text(child)
        elif name in _NAMES or any(_local(inner.tag) in _NAMES for inner in child.iter()):
            raise Refused("bad_field", f"<{name}> where it cannot be, line {child.sourceline}")
        else:
            mended.append("foreign_element")
    if not fields:
        raise Refused("empty", "a record without fields")
    return {"leader": leader, "fields": fields}, tuple(dict.fromkeys(mended))


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )


def _element(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, _parser())
    except etree.XMLSyntaxError:
        pass  # mostly a prefix declared on an element around this one
    prefixes = {prefix for prefix in _PREFIX.findall(data) if prefix != b"xmlns" and b"xmlns:" + prefix not in data}
    declared = b"".join(b' xmlns:%b="unbound:%b"' % (prefix, prefix) for prefix in sorted(prefixes))
    try:
        return etree.fromstring(b"<mended%b>%b</mended>" % (declared, data), _parser())[0]
    except etree.XMLSyntaxError as error:
        raise Refused("not_well_formed", str(error)) from error


@cache
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _data_field(element: etree._Element, mended: list[str]) -> dict[str, Any]:
    pairs = []
    for child in element:
        if _local(child.tag) != "subfield":
            raise Refused("bad_field", f"an element <{_local(child.tag)}> in a data field")
        pairs.append({_attribute(child, "code"): _text(child)})
    ind1, ind2 = element.get("ind1"), element.get("ind2")
    if not ind1 or not ind2:
        mended.append("indicators")
    return {_attribute(element, "tag"): {"ind1": ind1 or " ", "ind2": ind2 or " ", "subfields": pairs}}


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise Refused("bad_field", f"<{_local(element.tag)}> without {name}, line {element.sourceline}")
    return value


def _text(element: etree._Element) -> str:
    if len(element):
        raise Refused("bad_field", f"an element inside <{_local(element.tag)}>, line {element.sourceline}")
    return element.text or ""


Piece = tuple[int, bytes, str]


class _Cutter:
    """Offset and bytes of each record, and of MARC elements outside of any (with the reason); the rest is passed over.

    A ``<record`` inside an open one: had that no MARC elements yet, it was a wrapper; if it had, it was never closed.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.opened = False
        self.done = 0  # all before has been dealt with; an open record begins here
        self.scan = 0

    def pieces(self) -> Iterator[Piece]:
        going = True
        while going:
            token = _TOKEN.search(self.window.data, self.scan)
            past = _past(self.window.data, token) if token else -1
            if token is None or past < 0:
                self.scan = token.start() if token else _settled(self.window.data, self.scan)
                yield from self._give_up()
                going = self.window.more(drop=self.done)
                self.scan -= self.done
                self.done = 0
            else:
                yield from self._take(token, past)
                self.scan = past
        yield from self._stray(len(self.window.data), "truncated")
        if self.window.error:
            raise self.window.error

    def _take(self, token: re.Match[bytes], past: int) -> Iterator[Piece]:
        if token["empty"] is not None:  # the start of a record
            yield from self._stray(token.start(), "not_well_formed")
            self.opened = True
        elif not token["end"]:
            if not self.opened:  # what a comment between records holds is no record
                yield from self._stray(token.start(), "junk")
                self.done = past
            return
        if self.opened and (token["end"] or token["empty"]):
            yield self.window.offset + self.done, self.window.data[self.done : past], ""
            self.opened, self.done = False, past

    def _stray(self, end: int, reason: str) -> Iterator[Piece]:
        if _MARC.search(self.window.data, self.done, end):
            piece = self.window.data[self.done : end]
            yield self.window.offset + self.done, piece, reason if self.opened else "junk"
        self.done = end

    def _give_up(self) -> Iterator[Piece]:
        if not self.opened:
            yield from self._stray(self.scan, "junk")
        if len(self.window.data) - self.done > MAX_RECORD_BYTES:
            yield self.window.offset + self.done, self.window.data[self.done :], "oversize"
            self.opened, self.done, self.scan = False, len(self.window.data), len(self.window.data)


def _past(data: bytes, token: re.Match[bytes]) -> int:
    """Where the token, with a comment's or a CDATA section's content, ends; -1 if that is not yet to be seen."""
    if token["comment"]:
        at = data.find(b"-->", token.end())
        return at + 3 if at >= 0 else -1
    if token["cdata"]:
        at = data.find(b"]]>", token.end())
        return at + 3 if at >= 0 else -1
    return token.end()


def _settled(data: bytes, scan: int) -> int:
    """Up to where no token can begin any more: a tag may be cut off at the end of the window."""
    last = data.rfind(b"<", scan)
    return last if last >= 0 and data.find(b">", last) < 0 else len(data)
