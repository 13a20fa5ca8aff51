"""Files of lines, where a record is a run of them: MARCMaker, Aleph sequential, IRBIS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, Refused
from kitabxana.formats.marc.source import Window, skip_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Mended = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineFormat:
    """``begins(line, first)`` tells whether a line opens a new record, ``first`` being the open one's first line.

    ``ends(line)`` tells that a line closes the open record and belongs to it no more than the white space between
    records does. ``parse`` makes a record of the bytes of one, or raises Refused.
    """

    begins: Callable[[bytes, bytes], bool]
    ends: Callable[[bytes], bool]
    parse: Callable[[bytes], tuple[MarcJson, Mended]]


def iter_lines(stream: BinaryIO, *, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each line with its end; one longer than a record may be comes in parts.

    Raises SourceError after the last line before the damage.
    """
    skip_to(stream, start)
    window = Window(stream, offset=start)
    at = scanned = 0
    going = True
    while going:
        end = window.data.find(b"\n", scanned)
        if end < 0 and len(window.data) - at > MAX_RECORD_BYTES:
            end = len(window.data) - 1
        if end >= 0:
            yield window.offset + at, window.data[at : end + 1]
            at = scanned = end + 1
        else:
            scanned = len(window.data) - at
            going = window.more(drop=at)
            at = 0
    if at < len(window.data):
        yield window.offset + at, window.data[at:]
    if window.error:
        raise window.error


def iter_line_records(stream: BinaryIO, form: LineFormat, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of a file of lines. Reasons: those of ``form.parse``, and oversize."""
    begun = start
    held: list[bytes] = []
    size = 0
    for offset, line in iter_lines(stream, start=start):
        blank = form.ends(line) or (not held and not line.strip(b"\xef\xbb\xbf\r\n\t \x00\x1a"))
        if held and (blank or size > MAX_RECORD_BYTES or form.begins(line, held[0])):
            yield _record(begun, held, form, after=offset + len(line) if blank else offset)
            held, size = [], 0
        if not blank:
            if not held:
                begun = offset
            held.append(line)
            size += len(line)
    if held:
        yield _record(begun, held, form, after=begun + size)


def _record(offset: int, held: list[bytes], form: LineFormat, *, after: int) -> Parsed:
    data = b"".join(held)
    if len(data) > MAX_RECORD_BYTES:
        return Parsed(offset, data, None, after, "oversize", f"{len(data)} bytes without an end of the record")
    try:
        marc, mended = form.parse(data.removeprefix(b"\xef\xbb\xbf") if offset == 0 else data)
    except Refused as refused:
        return Parsed(offset, data, None, after, refused.reason, refused.detail)
    return Parsed(offset, data, marc, after, "", "", mended)
