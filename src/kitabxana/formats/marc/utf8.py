"""An XML text in any encoding as a stream of UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, cast

from kitabxana.formats.marc.source import CHUNK, SourceError, skip_to, utf16_of

_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_HEAD = 1024


def _not_xml(error: UnicodeError) -> tuple[str, int]:
    """Bytes that their encoding does not define become a character XML forbids: their record is refused, not mended."""
    return "\x00", cast(UnicodeDecodeError, error).end


codecs.register_error("kitabxana.not_xml", _not_xml)


class Utf8Stream:
    """The text from byte ``start`` of its UTF-8 form on; BOM, the shape of the first "<" or its declaration tell how.

    UTF-8 passes through untouched, so that wrong bytes stay as found. Raises SourceError for an unknown encoding.
    """

    def __init__(self, stream: BinaryIO, *, start: int = 0) -> None:
        self._stream = stream
        self._waiting = b""
        while len(self._waiting) < _HEAD and (piece := stream.read(_HEAD - len(self._waiting))):
            self._waiting += piece
        self._decoder = _decoder(self._waiting)
        self._ready = b""
        self._skip(start)

    def _skip(self, position: int) -> None:
        if position and self._decoder is None and self._stream.seekable():
            skip_to(self._stream, position)
            self._waiting = b""
            return
        while position > 0 and (piece := self.read(CHUNK)):
            self._ready = piece[position:]
            position -= len(piece)

    def read(self, _size: int, /) -> bytes:
        if self._ready:
            ready, self._ready = self._ready, b""
            return ready
        while True:
            data, self._waiting = self._waiting or self._stream.read(CHUNK), b""
            if self._decoder is None:
                return data
            try:
                text = self._decoder.decode(data, final=not data).encode("utf-8", "surrogatepass")
            except UnicodeError as error:  # a codec without such leniency
                raise SourceError(f"the text is not in the encoding it names: {error}") from error
            if text or not data:
                return text


def _decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    name = utf16_of(head)
    if not name and (said := _DECLARATION.match(head)):
        name = said[1].decode().lower()
        if name.startswith(("utf-16", "ucs-2", "iso-10646")):
            return None  # the declaration could not have been read if it were true
    if not name:
        return None
    try:
        " ".encode(name)  # refuses codecs that are not for text
        if codecs.lookup(name).name in {"utf-8", "ascii"}:
            return None
        return codecs.getincrementaldecoder(name)(errors="kitabxana.not_xml")
    except (LookupError, UnicodeError) as error:
        raise SourceError(f"the encoding {name!r} is not known") from error
