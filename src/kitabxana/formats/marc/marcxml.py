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
    rb"(?P<end>/" + _NAME + rb"record\s*>)|" + _NAME + rb"record(?=[\s>/])[^>]*?(?P<empty>/?)>)"
)
_NAMES = {"leader", "controlfield", "datafield", "subfield"}
_MARC = re.compile(rb"<" + _NAME + rb"(?:leader|controlfield|datafield|subfield)[\s>/]")
_PREFIX = re.compile(rb"[<\s]([A-Za-z_][\w.-]*):[A-Za-z_]")


def iter_marcxml(stream: BinaryIO, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of a MARCXML text: alone, in a collection, or wrapped as OAI-PMH and SRU do; any prefix or none.

    Offsets count bytes of the text as UTF-8, which for UTF-8 files is the file itself. ``start`` is the
    ``next_position`` of an earlier run. Reasons: not_well_formed, truncated, oversize, empty, junk, bad_field.
    """
    for offset, data, reason in _cut(Window(Utf8Stream(stream, start=start), offset=start)):
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


def _cut(window: Window) -> Iterator[tuple[int, bytes, str]]:
    """Offset and bytes of each record, and of MARC elements outside of any (with the reason); the rest is passed over.

    A ``<record`` inside an open one: had that no MARC elements yet, it was a wrapper; if it had, it was never closed.
    """
    opened = False
    done = scan = 0  # all before ``done`` has been dealt with; an open record begins there
    while True:
        token = _TOKEN.search(window.data, scan)
        past = _past(window.data, token) if token else -1
        if token is None or past < 0:
            scan = token.start() if token else _settled(window.data, scan)
            if not opened:
                yield from _stray(window, done, scan, "junk")
                done = scan
            if len(window.data) - done > MAX_RECORD_BYTES:
                yield window.offset + done, window.data[done:], "oversize"
                opened, done, scan = False, len(window.data), len(window.data)
            scan -= done
            if not window.more(drop=done):
                break
            done = 0
        elif token["end"] and opened:
            yield window.offset + done, window.data[done:past], ""
            opened, done, scan = False, past, past
        elif token["empty"] is not None:
            yield from _stray(window, done, token.start(), "not_well_formed" if opened else "junk")
            done = token.start()
            opened, scan = not token["empty"], past
            if not opened:
                yield window.offset + done, window.data[done:past], ""
                done = past
        else:
            if not opened and not token["end"]:  # what a comment between records holds is no record
                yield from _stray(window, done, token.start(), "junk")
                done = past
            scan = past
    yield from _stray(window, 0, len(window.data), "truncated" if opened else "junk")
    if window.error:
        raise window.error


def _stray(window: Window, begin: int, end: int, reason: str) -> Iterator[tuple[int, bytes, str]]:
    if _MARC.search(window.data, begin, end):
        yield window.offset + begin, window.data[begin:end], reason


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
