"""ISO 2709 in: records found by their terminators and lengths, parsed without losing or inventing anything.

The JSON equals pymarc's wherever pymarc reads a record cleanly; the differences are listed at ``parse_iso2709``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from kitabxana.formats.marc.marc8 import NotMarc8, from_marc8
from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, RawRecord, Refused
from kitabxana.formats.marc.source import Window, skip_to

if TYPE_CHECKING:
    from collections.abc import Iterator

LEADER_BYTES = 24
ENTRY_BYTES = 12
_END = b"\x1d"
# A leader and the first directory entry: enough digits in place that no text looks like it by chance.
_START = re.compile(rb"[0-9]{5}[ -~]{5}[0-9 ]{2}[0-9]{5}[ -~]{7}[0-9A-Za-z]{3}[0-9]{9}")
_GAP = re.compile(rb"(?:[\r\n\t \x00\x1a]|\xef\xbb\xbf)+(?=[0-9]{5}|\Z)")
_LOOK_AHEAD = 100_100


def split_iso2709(stream: BinaryIO, *, start: int = 0) -> Iterator[RawRecord]:
    """Cut a stream into records and, between them, whatever else there is; only line ends and a BOM are left out.

    ``start`` is an offset where an earlier run stopped. Wrong lengths, a missing terminator and foreign bytes cost no
    neighbour; 20 MB without a terminator are given as one piece. Raises SourceError after the last whole record.
    """
    skip_to(stream, start)
    window = Window(stream, offset=start)
    pos = scanned = 0
    going = True
    while going or pos < len(window.data):
        end = window.data.find(_END, scanned)
        if going and (end < 0 or _unsure(window.data, pos, end)):
            if len(window.data) - pos <= MAX_RECORD_BYTES:
                scanned = (len(window.data) if end < 0 else end) - pos
                going = window.more(drop=pos)
                pos = 0
                continue
            end = len(window.data) - 1
        stop = _cut(window.data, pos, end + 1 if end >= 0 else len(window.data))
        gap = _GAP.match(window.data, pos, stop)
        if gap:
            pos = gap.end()
        if pos < stop:
            yield RawRecord(window.offset + pos, window.data[pos:stop])
        pos = scanned = stop
    if window.error:
        raise window.error


def _declared(data: bytes, pos: int) -> int:
    head = data[pos : pos + 5]
    return int(head) if head.isdigit() else 0


def _unsure(data: bytes, pos: int, end: int) -> bool:
    """Whether more must be seen: the record says it is longer than up to its first terminator."""
    declared = _declared(data, pos)
    return end + 1 - pos < declared and len(data) - pos < _LOOK_AHEAD


def _cut(data: bytes, pos: int, stop: int) -> int:
    """Where the piece that begins at ``pos`` ends; ``stop`` is just after its first terminator."""
    declared = _declared(data, pos)
    if stop - pos == declared:
        return stop
    begin = _GAP.match(data, pos, stop)
    inner = _START.search(data, (begin.end() if begin else pos) + 1, stop)
    if inner:
        return inner.start()
    whole = pos + declared
    if stop < whole <= len(data) and data[whole - 1 : whole] == _END and _START.match(data, pos):
        gap = _GAP.match(data, stop)
        if not _START.match(data, gap.end() if gap else stop):
            return whole  # a terminator inside a field: the length is right, and what follows is no new record
    return stop


def parse_iso2709(raw: RawRecord, *, encoding: str = "") -> Parsed:
    """Read one record. ``encoding`` is "" (find out), "marc-8" or a Python codec's name, for files that never say.

    Other than pymarc: bytes MARC-8 does not define refuse the record (pymarc: a blank); joiners, non-sorting marks and
    a last mark without letter stay (pymarc drops them); UTF-8 under a MARC-8 leader is read as UTF-8; control fields
    too are MARC-8 (pymarc: Latin-1); a field without any subfield mark stays whole, as a string; lengths, base address
    and directory need not be right as long as the terminators tell the fields apart.
    Reasons: empty, junk, truncated, oversize, bad_leader, bad_directory, bad_field, bad_encoding, bad_character.
    """
    data = raw.data
    after = raw.offset + len(data)
    try:
        marc, mended = _parse(data, encoding)
    except Refused as refused:
        return Parsed(raw.offset, data, None, after, refused.reason, refused.detail)
    return Parsed(raw.offset, data, marc, after, "", "", mended)


def _parse(data: bytes, encoding: str) -> tuple[MarcJson, tuple[str, ...]]:
    mended: list[str] = []
    directory_end = data.find(b"\x1e", LEADER_BYTES)
    _check_frame(data, directory_end)
    leader = data[:LEADER_BYTES].decode("ascii")
    if leader[:5] != f"{len(data):05d}":
        mended.append("length")
    if leader[12:17] != f"{directory_end + 1:05d}":
        mended.append("base_address")
    body = data[directory_end + 1 : -1]
    if not body.endswith(b"\x1e"):
        body += b"\x1e"
        mended.append("terminator")
    text = _decode(body, leader[9], encoding, mended)
    if "\x00" in text:
        raise Refused("bad_character", "the record holds a NUL character")
    parts = text.split("\x1e")
    parts.pop()
    sizes = parts if text.isascii() else body.split(b"\x1e")
    directory = data[LEADER_BYTES:directory_end].decode("ascii")
    tags, order = _tags(directory, [len(part) + 1 for part in sizes[: len(parts)]], mended)
    if order is not None:
        parts = [parts[at] for at in order]
    if "\x1f\x1f" in text or "\x1f\x1e" in text:
        mended.append("empty_subfield")
    fields: list[dict[str, Any]] = []
    for tag, part in zip(tags, parts, strict=True):
        if tag < "010" and tag.isdigit():
            fields.append({tag: part})
        else:
            head, *subs = part.split("\x1f")
            if len(head) != 2 or not subs:  # noqa: PLR2004 - MARC 21 has two indicators
                fields.append({tag: _odd_field(tag, head, subs, mended)})
            else:
                pairs = [{sub[0]: sub[1:]} for sub in subs if sub]
                fields.append({tag: {"ind1": head[0], "ind2": head[1], "subfields": pairs}})
    return {"leader": leader, "fields": fields}, tuple(dict.fromkeys(mended))


def _check_frame(data: bytes, directory_end: int) -> None:
    if not data.strip(b"\x1d\x1e\r\n\t \x00\x1a"):
        raise Refused("empty", "a terminator without a record")
    if len(data) >= MAX_RECORD_BYTES:
        raise Refused("oversize", f"no end within {MAX_RECORD_BYTES} bytes")
    if not _START.match(data) and not re.match(rb"[ -~]{10}[0-9 ]{2}", data):
        raise Refused("junk", "no leader here")
    if not data.endswith(_END):
        raise Refused("truncated", f"no record terminator; {len(data)} bytes, the leader says {data[:5]!r}")
    if directory_end < 0:
        raise Refused("bad_directory" if _START.match(data) else "junk", "no end of the directory")
    if not data[:LEADER_BYTES].isascii():
        raise Refused("bad_leader", "the leader holds bytes outside ASCII")
    size = directory_end - LEADER_BYTES
    if size == 0:
        raise Refused("empty", "the directory lists no field")
    if size % ENTRY_BYTES or not data[LEADER_BYTES:directory_end].isalnum():
        raise Refused("bad_directory", f"{size} bytes of directory are no sequence of 12-byte entries")


def _tags(directory: str, sizes: list[int], mended: list[str]) -> tuple[list[str], list[int] | None]:
    """The tags, and for each the field it names where that is not simply the next one."""
    places = range(0, len(directory), ENTRY_BYTES)
    tags = [directory[at : at + 3] for at in places]
    offset = 0
    expected = []
    for size in sizes:
        expected.append(f"{size:04d}{offset:05d}")
        offset += size
    said = [directory[at + 3 : at + ENTRY_BYTES] for at in places]
    if said == expected:
        return tags, None
    if len(tags) != len(sizes):
        raise Refused("bad_directory", f"the directory lists {len(tags)} fields, there are {len(sizes)}")
    where = {entry: at for at, entry in enumerate(expected)}
    if sorted(said) == sorted(expected):
        return tags, [where[entry] for entry in said]
    mended.append("directory")
    return tags, None


def _odd_field(tag: str, head: str, subs: list[str], mended: list[str]) -> Any:
    if not subs and len(head) != 2:  # noqa: PLR2004
        if tag.isdigit():
            raise Refused("bad_field", f"{tag}: no subfield mark")
        return head
    if len(head) > 2:  # noqa: PLR2004
        raise Refused("bad_field", f"{tag}: more than two indicators: {head[:20]!r}")
    if len(head) < 2:  # noqa: PLR2004
        mended.append("indicators")
        head = head.ljust(2)
    return {"ind1": head[0], "ind2": head[1], "subfields": [{sub[0]: sub[1:]} for sub in subs if sub]}


def _decode(body: bytes, scheme: str, encoding: str, mended: list[str]) -> str:
    """The fields as text; terminators and subfield marks are the same in every encoding MARC files use."""
    escapes = b"\x1b" in body
    if not escapes and body.isascii() and not encoding:
        return body.decode("ascii")
    try:
        if encoding == "marc-8":
            return _marc8(body)
        if encoding:
            return body.decode(encoding)
        if scheme == "a":
            return _utf8(body, mended)
        if not escapes and (text := _as_utf8(body)) is not None:
            mended.append("utf8_under_marc8")
            return text
        return _marc8(body)
    except (UnicodeDecodeError, NotMarc8) as error:
        raise Refused("bad_encoding", str(error)) from error


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _utf8(body: bytes, mended: list[str]) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise


def _marc8(body: bytes) -> str:
    return "\x1e".join("\x1f".join(_marc8_piece(sub) for sub in part.split(b"\x1f")) for part in body.split(b"\x1e"))


def _marc8_piece(piece: bytes) -> str:
    if piece.isascii() and b"\x1b" not in piece:
        return piece.decode("ascii")
    return from_marc8(piece)
