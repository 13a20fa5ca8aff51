"""MARC-in-JSON in: one record, an array of them, or one a line, in bounded memory.

The shape is the one pymarc, ruby-marc and MARC4J write: ``{"leader": …, "fields": [{"001": …}, {"245": {…}}, …]}``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, Refused
from kitabxana.formats.marc.source import Window, skip_to

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN = re.compile(rb"(?:[\s,\[\]\x00\x1e]|\xef\xbb\xbf)*")
_TOKEN = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\[^\x00-\x1f])*"|[{}"]')
# Where a record begins, should the one before it never end; a quotation mark inside a text would have its backslash.
_START = re.compile(rb'\{\s*"(?:leader|fields)"\s*:')
_START_LENGTH = 256
_DATA_KEYS = {"ind1", "ind2", "subfields"}


def iter_marcjson(stream: BinaryIO, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of the stream; ``start`` is the ``next_position`` of an earlier run.

    Reasons: not_well_formed, truncated, oversize, junk, empty, bad_field. A broken record costs no neighbour.
    """
    skip_to(stream, start)
    for offset, data, reason in _Cutter(Window(stream, offset=start)).pieces():
        after = offset + len(data)
        if reason:
            yield Parsed(offset, data, None, after, reason, "this text is no whole JSON object")
            continue
        try:
            marc, mended = parse_marcjson(data)
        except Refused as refused:
            yield Parsed(offset, data, None, after, refused.reason, refused.detail)
        else:
            yield Parsed(offset, data, marc, after, "", "", mended)


def parse_marcjson(data: bytes) -> tuple[MarcJson, tuple[str, ...]]:
    """One JSON object in UTF-8 to MARC-in-JSON as this package has it, and what was mended. Raises Refused.

    Mended: indicators (a missing one is blank), subfields_together (several in one object, taken in their order),
    foreign_element (keys that MARC-in-JSON does not have, left out). A key twice in one object is refused: which of
    the two a reader would get is chance.
    """
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused("not_well_formed", str(error)) from error
    if not isinstance(given, dict) or not isinstance(given.get("fields"), list):
        raise Refused("bad_field", 'no object with "fields"')
    leader = given.get("leader", "")
    if not isinstance(leader, str):
        raise Refused("bad_leader", "the leader is no text")
    mended: list[str] = [] if len(given) <= 1 + ("leader" in given) else ["foreign_element"]
    fields = [{tag: _field(tag, value, mended)} for entry in given["fields"] for tag, value in _pairs(entry)]
    if not fields:
        raise Refused("empty", "a record without fields")
    if b"\\" in data or data.count(b'"') != _quotation_marks(fields):
        _refuse_doubled_keys(data)
    return {"leader": leader, "fields": fields}, tuple(dict.fromkeys(mended))


def _pairs(entry: object) -> list[tuple[str, Any]]:
    if not isinstance(entry, dict) or not entry:
        raise Refused("bad_field", f"not a field: {str(entry)[:60]!r}")
    return list(entry.items())


def _field(tag: str, value: object, mended: list[str]) -> str | dict[str, Any]:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("subfields"), list):
        raise Refused("bad_field", f"{tag}: neither text nor a data field")
    if not _DATA_KEYS.issuperset(value):
        mended.append("foreign_element")
    pairs = []
    for entry in value["subfields"]:
        found = _pairs(entry)
        if len(found) > 1:
            mended.append("subfields_together")
        pairs += [{code: _text(tag, text)} for code, text in found]
    ind1, ind2 = _text(tag, value.get("ind1") or ""), _text(tag, value.get("ind2") or "")
    if not ind1 or not ind2:
        mended.append("indicators")
    return {"ind1": ind1 or " ", "ind2": ind2 or " ", "subfields": pairs}


def _text(tag: str, value: object) -> str:
    if not isinstance(value, str):
        raise Refused("bad_field", f"{tag}: not a text: {str(value)[:60]!r}")
    return value


def _quotation_marks(fields: list[dict[str, Any]]) -> int:
    """How many the plainest form of this record has; any other number asks for a closer look."""
    strings = 3 + len(fields)
    for field in fields:
        for value in field.values():
            strings += 1 if isinstance(value, str) else 5 + 2 * len(value["subfields"])
    return 2 * strings


def _refuse_doubled_keys(data: bytes) -> None:
    def check(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise Refused("bad_field", f"a key twice in one object: {keys}")

    json.loads(data, object_pairs_hook=check)


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


Piece = tuple[int, bytes, str]


class _Cutter:
    """Offset and bytes of each outermost object, and of whatever else there is, with the reason."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.done = 0  # all before has been dealt with
        self.scan = 0  # up to here the open object has been looked through
        self.depth = 0
        self.lines = True  # whether records seem to stand one a line

    def pieces(self) -> Iterator[Piece]:
        going = True
        while True:
            piece = self._next(final=not going)
            if piece is not None:
                if piece[1]:
                    yield piece
            elif going:
                going = self.window.more(drop=self.done)
                self.scan -= self.done
                self.done = 0
            else:
                break
        if self.window.error:
            raise self.window.error

    def _next(self, *, final: bool) -> Piece | None:
        """The next piece in the window; None when more must be read first."""
        data = self.window.data
        if self.depth == 0:
            between = _BETWEEN.match(data, self.done)
            self.done = self.scan = between.end() if between else self.done
            if self.done == len(data):
                return None
            if data[self.done] != 0x7B:
                return self._up_to_a_start("junk", final=final)
            if self.lines and (piece := self._line()):
                return piece
        return self._object(final=final)

    def _line(self) -> Piece | None:
        end = self.window.data.find(b"\n", self.done)
        inner = _START.search(self.window.data, self.done + 1, max(end, 0))  # then this is a wrapper around records
        line = self.window.data[self.done : end].rstrip(b"\r\t ,") if end >= 0 and not inner else b""
        self.lines = _is_json(line)
        return self._take(self.done + len(line), "") if self.lines else None

    def _object(self, *, final: bool) -> Piece | None:
        data = self.window.data
        for token in _TOKEN.finditer(data, self.scan):
            kind = token[0]
            if kind == b'"':  # a text that does not end on its line, or not in this window
                if not final and data.find(b"\n", token.end()) < 0:
                    break
                cut = final and b"\n" not in data[token.start() :]
                return self._up_to_a_start("truncated" if cut else "not_well_formed", final=final)
            if kind == b"{":
                if self.depth and len(data) - token.start() < _START_LENGTH and not final:
                    break
                if self.depth and _START.match(data, token.start()):
                    return self._take(token.start(), "not_well_formed")
                self.depth += 1
            elif kind == b"}":
                if self.depth == 1:
                    return self._close(token.end(), final=final)
                self.depth -= 1
            self.scan = token.end()
        if len(data) - self.done > MAX_RECORD_BYTES:
            return self._take(len(data), "oversize")
        return self._take(len(data), "truncated") if final else None

    def _close(self, end: int, *, final: bool) -> Piece | None:
        """The object that ends here, unless what follows shows that it does not: then it was never well formed."""
        data = self.window.data
        after = _BETWEEN.match(data, end)
        following = after.end() if after else end
        if following == len(data) and not final:
            return None
        if data[following : following + 1] not in (b"", b"{") and not _is_json(data[self.done : end]):
            return self._up_to_a_start("not_well_formed", final=final)
        self.lines = b"\n" in data[end:following]
        return self._take(end, "")

    def _up_to_a_start(self, reason: str, *, final: bool) -> Piece | None:
        """What is no record, up to where one may begin again."""
        data = self.window.data
        found = _START.search(data, max(self.scan, self.done + 1))
        if found:
            return self._take(found.start(), reason)
        if final:
            return self._take(len(data), reason)
        if len(data) - self.done > MAX_RECORD_BYTES:
            return self._take(len(data), "oversize")
        return None

    def _take(self, end: int, reason: str) -> Piece:
        piece = self.window.offset + self.done, self.window.data[self.done : end], reason
        self.done = self.scan = end
        self.depth = 0
        return piece
