"""ISO 2709 in: records found by their terminators and lengths, parsed without losing or inventing anything.

The JSON equals pymarc's wherever pymarc reads a record cleanly; the differences are listed at ``parse_iso2709``.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, BinaryIO

from kitabxana.formats.marc.marc8 import NotMarc8, from_marc8
from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, RawRecord, Refused
from kitabxana.formats.marc.source import Window, skip_to

if TYPE_CHECKING:
    from collections.abc import Iterator

ENCODINGS = ("utf-8", "marc-8", "cp1251", "cp866", "koi8-r", "cp1254", "cp1252", "latin-1")
"""What is offered for files and servers whose records do not say, or say wrongly, how they are encoded."""

LEADER_BYTES = 24
ENTRY_BYTES = 12
_END = b"\x1d"
# A leader and the first directory entry: enough in its place that neither text nor a directory looks like it by chance.
_START = re.compile(rb"[0-9]{5}[ -~][A-Za-z][ -~]{3}[0-9 ]{2}[0-9]{5}[ -~]{3}45[0-9 ]{2}[0-9A-Za-z]{3}[0-9]{9}")
_LEADER = re.compile(rb"[0-9]{5}[ -~]{7}[0-9]{5}[ -~]{7}")
_GAP = re.compile(rb"(?:[\r\n\t \x00\x1a]|\xef\xbb\xbf)+(?=[0-9]{5}|\Z)")
_UNIMARC_SETS = re.compile(rb"\x1fa[0-9]{8}[ -~]{18}[0-9 ]{2}([0-9]{2})")
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
            end = -1
        if end < 0:
            end = len(window.data) - 1
        stop = _cut(window.data, pos, end + 1)
        gap = _GAP.match(window.data, pos, stop)
        if gap:
            pos = gap.end()
        if pos < stop:
            yield RawRecord(window.offset + pos, window.data[pos:stop])
        pos, scanned = stop, max(stop, end)
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
    UNIMARC in neither UTF-8 nor MARC-8 is in the set its 100 $a names.
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
    leader = _leader(data, mended)
    if leader[:5] != f"{len(data):05d}":
        mended.append("length")
    if leader[12:17] != f"{directory_end + 1:05d}":
        mended.append("base_address")
    body = data[directory_end + 1 : -1]
    if not body.endswith(b"\x1e"):
        body += b"\x1e"
        mended.append("terminator")
    directory = data[LEADER_BYTES:directory_end].decode("ascii")
    tags = [directory[at : at + 3] for at in range(0, len(directory), ENTRY_BYTES)]
    text = _decode(body, "u" if _is_unimarc(tags) else leader[9], encoding, mended)
    if "\x00" in text:
        raise Refused("bad_character", "the record holds a NUL character")
    parts = text.split("\x1e")
    parts.pop()
    sizes = parts if text.isascii() else body.split(b"\x1e")
    order = _order(directory, tags, [len(part) + 1 for part in sizes[: len(parts)]], mended)
    if "directory" in mended:
        _check_by_order(tags, parts)
    if order:
        parts = [parts[at] for at in order]
    if "\x1f\x1f" in text or "\x1f\x1e" in text:
        mended.append("empty_subfield")
    return {"leader": leader, "fields": _fields(tags, parts, mended)}, tuple(dict.fromkeys(mended))


def _fields(tags: list[str], parts: list[str], mended: list[str]) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = []
    for tag, part in zip(tags, parts, strict=True):
        if tag < "010" and tag.isdigit():
            fields.append({tag: part})
            continue
        head, *subs = part.split("\x1f")
        if len(head) != 2 or not subs:
            fields.append({tag: _odd_field(tag, head, subs, mended)})
        else:
            pairs = [{sub[0]: sub[1:]} for sub in subs if sub]
            fields.append({tag: {"ind1": head[0], "ind2": head[1], "subfields": pairs}})
    return fields


def _check_frame(data: bytes, directory_end: int) -> None:
    size = directory_end - LEADER_BYTES
    usable = size > 0 and size % ENTRY_BYTES == 0 and data[LEADER_BYTES:directory_end].isalnum()
    if usable and data.endswith(_END) and len(data) < MAX_RECORD_BYTES:
        return
    if not data.strip(b"\x1d\x1e\r\n\t \x00\x1a"):
        raise Refused("empty", "a terminator without a record")
    if len(data) >= MAX_RECORD_BYTES:
        raise Refused("oversize", f"no end within {MAX_RECORD_BYTES} bytes")
    if not usable and not _LEADER.match(data):
        raise Refused("junk", "neither leader nor directory here")
    if not data.endswith(_END):
        raise Refused("truncated", f"no record terminator; {len(data)} bytes, the leader says {data[:5]!r}")
    if size == 0:
        raise Refused("empty", "the directory lists no field")
    raise Refused("bad_directory", f"{max(size, 0)} bytes of directory are no sequence of 12-byte entries")


def _leader(data: bytes, mended: list[str]) -> str:
    leader = data[:LEADER_BYTES]
    if not leader[20:].isascii():  # the map of the directory, the same in every MARC 21 record
        leader = leader[:20] + b"4500"
        mended.append("leader")
    if not leader.isascii() or b"\x00" in leader:
        raise Refused("bad_leader", f"the leader holds bytes outside ASCII: {leader!r}")
    return leader.decode("ascii")


def _is_unimarc(tags: list[str]) -> bool:
    return "200" in tags and "245" not in tags and "008" not in tags


def _order(directory: str, tags: list[str], sizes: list[int], mended: list[str]) -> list[int]:
    """For each entry which field it names, by place and length; empty where that is simply the next one."""
    if len(tags) != len(sizes):
        raise Refused("bad_directory", f"the directory lists {len(tags)} fields, there are {len(sizes)}")
    places = [0, *accumulate(sizes)]
    expected = [f"{size:04d}{place:05d}" for size, place in zip(sizes, places, strict=False)]
    if directory == "".join(map(str.__add__, tags, expected)):
        return []
    said = [directory[at + 3 : at + ENTRY_BYTES] for at in range(0, len(directory), ENTRY_BYTES)]
    if sorted(said) == sorted(expected):
        return [expected.index(entry) for entry in said]
    mended.append("directory")
    return []


def _check_by_order(tags: list[str], parts: list[str]) -> None:
    """Where the directory's figures are wrong the order must do; it cannot be right if the kinds of field disagree."""
    for tag, part in zip(tags, parts, strict=True):
        if tag.isdigit() and (tag < "010") == ("\x1f" in part):
            raise Refused("bad_directory", f"wrong figures, and tag {tag} does not suit the field in its place")


def _odd_field(tag: str, head: str, subs: list[str], mended: list[str]) -> str | dict[str, Any]:
    if not subs and not tag.isdigit() and head != "  ":
        return head  # systems keep control fields of their own: FMT, SYS
    if not subs and len(head) != 2:
        mended.append("no_subfields")
        return head
    if any(char.isalnum() for char in head[2:]):
        raise Refused("bad_field", f"{tag}: more than two indicators: {head[:20]!r}")
    if len(head) != 2:
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
            mended.append("utf8_under_marc8" if scheme != "u" else "utf8_in_unimarc")
            return text
        return _unimarc_text(body) if scheme == "u" else _marc8(body)
    except (UnicodeDecodeError, NotMarc8) as error:
        raise Refused("bad_encoding", str(error)) from error


def _unimarc_text(body: bytes) -> str:
    """Text in the set 100 $a/28-29 names: ISO 5427, whose letters lie as in KOI-8, or (RUSMARC) Windows 1251."""
    general = _UNIMARC_SETS.search(body)
    codec = {b"02": "koi8-r", b"89": "cp1251"}.get(general[1] if general else b"", "")
    if not codec:
        raise Refused("bad_encoding", "UNIMARC, not in UTF-8: which character set must be told")
    if codec == "koi8-r" and re.search(rb"[\x80-\xbf]", body):
        raise Refused("bad_encoding", "not the ISO 5427 that 100 $a names")
    return body.decode(codec)


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _utf8(body: bytes, mended: list[str]) -> str:
    """Text that should be UTF-8. MARC-8 under a wrong leader is told only by an escape sequence: see below.

    Without one, ANSEL, Latin-1 and broken UTF-8 cannot be told apart, and a guess would alter names silently.
    """
    text = _as_utf8(body)
    if text is None and b"\x1b" in body:
        mended.append("marc8_under_utf8")
        return _marc8(body)
    return body.decode() if text is None else text


def _marc8(body: bytes) -> str:
    parts = []
    for part in body.split(b"\x1e"):
        head, *subs = part.split(b"\x1f")
        parts.append(
            "\x1f".join([_marc8_value(head), *(sub[:1].decode("ascii") + _marc8_value(sub[1:]) for sub in subs)])
        )
    return "\x1e".join(parts)


def _marc8_value(value: bytes) -> str:
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    return from_marc8(value)
