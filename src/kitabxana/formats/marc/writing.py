"""Records out: ISO 2709, MARCXML, MARC-in-JSON. What a format cannot carry is refused with its place, never cut."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import orjson

from kitabxana.formats.marc.shape import MarcJson, TooLong, Unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMESPACE = "http://www.loc.gov/MARC21/slim"
_LONGEST_FIELD = 9_999
_LONGEST_RECORD = 99_999
_LEADER_LENGTH = 24
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = re.compile("[\x1d\x1e\x1f]")
_SUBFIELD = "\x1f"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_TEXT = str.maketrans(_ESCAPES)
_ATTRIBUTE = str.maketrans({**_ESCAPES, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def to_iso2709(marc: MarcJson) -> bytes:
    """One record in UTF-8, leader/09 "a", lengths, base address and the fixed leader places computed anew.

    Raises TooLong, and Unwritable for what ISO 2709 has no room for: a leader longer than 24, a tag that is not three
    ASCII characters, an indicator or code that is not one character, a terminator inside text.
    """
    directory, body, size = _plain_fields(marc) or _checked_fields(marc)
    base = _LEADER_LENGTH + len(directory) + 1
    size += base + 1
    if size > _LONGEST_RECORD:
        raise TooLong("", f"{size} bytes, a record can have {_LONGEST_RECORD}")
    leader = marc["leader"].rstrip().ljust(_LEADER_LENGTH)
    if len(leader) > _LEADER_LENGTH or not leader.isascii() or _MARKS.search(leader):
        raise Unwritable("leader", f"not 24 characters of ASCII: {leader!r}")
    head = f"{size:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500{directory}\x1e"
    return b"".join([head.encode(), body, b"\x1d"])


Fields = tuple[str, bytes, int]
"""Directory, the fields themselves, and their length in bytes."""


def _plain_fields(marc: MarcJson) -> Fields | None:
    """The fields of a record that is like nearly all; None where they need a closer look, in `_checked_fields`.

    Instead of looking at every value, it looks whether the marks in the whole are as many as there should be.
    """
    tags: list[str] = []
    texts: list[str] = []
    short: list[str] = []  # indicators and codes, of one character each
    data_fields = 0
    for field in marc["fields"]:
        for tag, value in field.items():
            tags.append(tag)
            if (value.__class__ is str) != (tag < "010"):
                return None
            if value.__class__ is str:
                texts.append(value + "\x1e")
                continue
            ind1, ind2, subfields = value["ind1"], value["ind2"], value["subfields"]
            subs = [code + text for subfield in subfields for code, text in subfield.items()]
            texts.append(f"{ind1}{ind2}\x1f{_SUBFIELD.join(subs)}\x1e")
            short += ind1, ind2, *chain.from_iterable(subfields)
            data_fields += 1
    body = "".join(texts)
    marks = body.count("\x1e") - len(texts) + body.count("\x1d")
    if (
        marks
        or body.count("\x1f") + 2 * data_fields != len(short)
        or {*map(len, short)} - {1}
        or {*map(len, tags)} - {3}
    ):
        return None
    data = body.encode()
    sizes = list(map(len, texts if len(data) == len(body) else map(str.encode, texts)))
    if max(sizes, default=0) > _LONGEST_FIELD or len(data) > _LONGEST_RECORD:
        return None
    entries = zip(tags, sizes, accumulate(sizes, initial=0), strict=False)
    directory = "%s%04d%05d" * len(tags) % tuple(chain.from_iterable(entries))
    return (directory, data, len(data)) if directory.isascii() else None


def _checked_fields(marc: MarcJson) -> Fields:
    directory: list[str] = []
    bodies: list[bytes] = []
    offset = 0
    for number, field in enumerate(marc["fields"]):
        for tag, value in field.items():
            body = _field_bytes(tag, value)
            if body is None or len(tag) != 3 or not tag.isascii():
                raise Unwritable(place_of(marc, number), "not a field of ISO 2709")
            if len(body) > _LONGEST_FIELD:
                raise TooLong(place_of(marc, number), f"{len(body)} bytes, a field can have {_LONGEST_FIELD}")
            directory.append(f"{tag}{len(body):04d}{offset:05d}")
            bodies.append(body)
            offset += len(body)
    return "".join(directory), b"".join(bodies), offset


def _field_bytes(tag: str, value: object) -> bytes | None:
    """None for what would not be read back as it is."""
    if isinstance(value, dict):
        return None if _is_control(tag) else _data_field_bytes(tag, value)
    text = str(value)
    looks_empty = len(text) == 2 if tag.isdigit() else text == "  "
    if _MARKS.search(text) or (looks_empty and not _is_control(tag)):
        return None
    return text.encode() + b"\x1e"


def _data_field_bytes(tag: str, value: dict[str, Any]) -> bytes | None:
    ind1, ind2 = value["ind1"], value["ind2"]
    pairs = [pair for subfield in value["subfields"] for pair in subfield.items()]
    texts = [ind1 + ind2, *(code + text for code, text in pairs)]
    if len(ind1) != 1 or len(ind2) != 1 or any(len(code) != 1 for code, _ in pairs) or _MARKS.search("".join(texts)):
        return None
    if not pairs and not tag.isdigit() and texts != ["  "]:
        return None
    return "\x1f".join(texts).encode() + b"\x1e"


def _is_control(tag: str) -> bool:
    return tag < "010" and tag.isdigit()


def place_of(marc: MarcJson, number: int) -> str:
    """Tag and ordinal among its like, as "650[3]"."""
    tags = [tag for field in marc["fields"][: number + 1] for tag in field]
    return f"{tags[-1]}[{Counter(tags)[tags[-1]]}]"


def to_marcjson(marc: MarcJson) -> bytes:
    """One record as a line of JSON in UTF-8 with its line end. Raises Unwritable for a lone surrogate."""
    try:
        return orjson.dumps({"leader": marc["leader"], "fields": marc["fields"]}, option=orjson.OPT_APPEND_NEWLINE)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise Unwritable("", str(error)) from error


def to_marcxml(marc: MarcJson) -> bytes:
    """One ``<record>`` in UTF-8 with its namespace, no XML declaration. Raises Unwritable for control characters."""
    return _record(marc, f'<record xmlns="{NAMESPACE}">')


def marcxml_collection(records: Iterable[MarcJson]) -> Iterator[bytes]:
    """A whole document in pieces, one a record. Raises Unwritable as ``to_marcxml`` does."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
    for marc in records:
        yield _record(marc, "<record>") + b"\n"
    yield b"</collection>\n"


def _record(marc: MarcJson, opening: str) -> bytes:
    out = [opening, "<leader>", marc["leader"].translate(_TEXT), "</leader>"]
    for field in marc["fields"]:
        for tag, value in field.items():
            name = tag.translate(_ATTRIBUTE)
            if isinstance(value, str):
                out.append(f'<controlfield tag="{name}">{value.translate(_TEXT)}</controlfield>')
                continue
            ind1, ind2 = value["ind1"].translate(_ATTRIBUTE), value["ind2"].translate(_ATTRIBUTE)
            out.append(f'<datafield tag="{name}" ind1="{ind1}" ind2="{ind2}">')
            for pair in value["subfields"]:
                for code, text in pair.items():
                    out.append(f'<subfield code="{code.translate(_ATTRIBUTE)}">{text.translate(_TEXT)}</subfield>')
            out.append("</datafield>")
    out.append("</record>")
    text = "".join(out)
    if _NOT_XML.search(text):
        raise Unwritable(_xmlplace_of(marc), "a control character, which XML cannot carry")
    return text.encode()


def _xmlplace_of(marc: MarcJson) -> str:
    for number, field in enumerate(marc["fields"]):
        if _NOT_XML.search("".join(_strings(field))):
            return place_of(marc, number)
    return "leader"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
