"""MARCXML in and out (the Library of Congress' "slim" schema), record by record in bounded memory.

The text is cut at ``<record`` … ``</record>`` before anything is parsed: a record that is not well formed ruins only
itself, and no document type, so no entity, ever reaches the parser.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lxml import etree

from kitabxana.formats.marc.shape import MAX_RECORD_BYTES, MarcJson, Parsed, Refused, Unwritable
from kitabxana.formats.marc.source import CHUNK, SourceError, Window, utf16_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMESPACE = "http://www.loc.gov/MARC21/slim"

_NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
_TOKEN = re.compile(
    rb"<!--(?P<comment>)|<!\[CDATA\[(?P<cdata>)|</" + _NAME + rb"record\s*>(?P<end>)|<" + _NAME + rb"record(?=[\s>/])[^>]*>"
)
_MARC = re.compile(rb"<" + _NAME + rb"(?:leader|controlfield|datafield|subfield)[\s>/]")
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def iter_marcxml(stream: BinaryIO, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of a MARCXML text: alone, in a collection, or wrapped as OAI-PMH and SRU do; any prefix or none.

    Offsets count bytes of the text as UTF-8, which for UTF-8 files is the file itself. ``start`` is the
    ``next_position`` of an earlier run. Reasons: not_well_formed, truncated, oversize, empty, junk, bad_field.
    """
    for offset, data, reason in _cut(Window(cast(BinaryIO, _Utf8(stream))), start):
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


def _not_xml(error: UnicodeError) -> tuple[str, int]:
    """Bytes that their encoding does not define become a character XML forbids: their record is refused, not mended."""
    return "\x00", cast(UnicodeDecodeError, error).end


codecs.register_error("kitabxana.not_xml", _not_xml)


class _Utf8:
    """The stream as UTF-8, whatever it says it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = b""
        while len(self._head) < 1024 and (piece := stream.read(1024 - len(self._head))):  # noqa: PLR2004
            self._head += piece
        name = utf16_of(self._head)
        if not name and (said := _DECLARATION.match(self._head)):
            name = said.group(1).decode().lower()
        if not name or name.startswith(("utf-16", "ucs-2")) != bool(utf16_of(self._head)) or name in {"utf-8", "utf8"}:
            self._decoder = None
            return
        try:
            self._decoder = codecs.getincrementaldecoder(name)(errors="kitabxana.not_xml")
        except LookupError as error:
            raise SourceError(f"the encoding {name!r} is not known") from error

    def read(self, _size: int) -> bytes:
        while True:
            data, self._head = self._head or self._stream.read(CHUNK), b""
            if self._decoder is None:
                return data
            text = self._decoder.decode(data, final=not data).encode()
            if text or not data:
                return text


def _cut(window: Window, start: int) -> Iterator[tuple[int, bytes, str]]:
    """Offset, bytes and, for what is no record, the reason."""
    opened = -1
    done = scan = 0
    going = True
    while True:
        token = _TOKEN.search(window.data, scan)
        stop = _token_end(window.data, token) if token else -1
        if stop < 0:
            pass
    raise NotImplementedError
