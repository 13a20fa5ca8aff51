"""Files as they come: plain, gzip or zstd, told by their first bytes, read as a stream in bounded memory."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 256 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([n, 0x2A, 0x4D, 0x18]) for n in range(0x50, 0x60)))
FileFormat = Literal["iso2709", "marcxml", "marcjson", "mrk", "alephseq", "irbis"]
_BEGINNINGS: dict[FileFormat, re.Pattern[bytes]] = {
    "marcxml": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
    "marcjson": re.compile(rb"(?:\xef\xbb\xbf)?[\s\x1e]*(?:\[\s*)?\{"),
    "mrk": re.compile(rb"(?:\xef\xbb\xbf)?\s*=[0-9A-Z]{3}(?: |\t)"),
    "alephseq": re.compile(rb"(?:\xef\xbb\xbf)?\s*[0-9]{9} [0-9A-Z]{3}[ -~]{2} [A-Z] "),
    "irbis": re.compile(rb"(?:\xef\xbb\xbf)?\s*#[0-9]{1,5}(?:/[0-9]+)?: ?"),
}
# A compressed chunk may swell a thousandfold (gzip) or thirty-thousandfold (zstd): small bites keep memory bounded.
_GZIP_BITE = 16 * 1024
_ZSTD_BITE = 2 * 1024


class SourceError(Exception):
    """A file that cannot be read on: damaged or cut compression, unknown encoding. All before it has been given."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Inflated(io.RawIOBase):
    """The decompressed bytes; a read may give fewer than asked, and raises SourceError when all before is given."""

    def __init__(self, raw: BinaryIO, new: Callable[[], _Inflater], *, bite: int) -> None:
        self._raw = raw
        self._pieces = self._inflate(new, bite)
        self._left = memoryview(b"")
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        self._given += size
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _inflate(self, new: Callable[[], _Inflater], bite: int) -> Iterator[bytes]:
        inflater, fresh = new(), True
        while data := self._raw.read(bite):
            while data:
                try:
                    piece = inflater.decompress(data)
                except (zlib.error, zstandard.ZstdError) as error:
                    if fresh and self._given and not data.strip(b"\x00"):
                        return  # tapes and some tools pad the end with zeros
                    raise self._damaged(str(error)) from error
                fresh = False
                if piece:
                    yield piece
                data = b""
                if inflater.eof:
                    data, inflater, fresh = inflater.unused_data, new(), True
        if not fresh:
            raise self._damaged("the compressed data ends too early")

    def _damaged(self, why: str) -> SourceError:
        return SourceError(
            f"compressed data damaged near byte {self._raw.tell()} of the file, "
            f"after {self._given} decompressed bytes: {why}"
        )


def open_source(path: str | Path) -> BinaryIO:
    """Open a file for reading, decompressed; ``read(n)`` may return fewer than n bytes before the end.

    Raises OSError where the file cannot be opened; damage met on the way raises SourceError from ``read``.
    """
    raw = cast(BinaryIO, Path(path).open("rb", buffering=0))  # noqa: SIM115 - the caller closes it
    head = raw.read(4)
    raw.seek(0)
    if head.startswith(_GZIP):
        return cast(BinaryIO, _Inflated(raw, lambda: zlib.decompressobj(31), bite=_GZIP_BITE))
    if head.startswith(_ZSTD):
        return cast(BinaryIO, _Inflated(raw, lambda: zstandard.ZstdDecompressor().decompressobj(), bite=_ZSTD_BITE))
    return raw


def skip_to(stream: BinaryIO, position: int) -> None:
    """Move a fresh stream to this byte, by seeking where it can and by reading where it cannot."""
    if stream.seekable():
        stream.seek(position)
        return
    while position and (piece := stream.read(min(position, CHUNK))):
        position -= len(piece)


def utf16_of(head: bytes) -> str:
    """The UTF-16 codec a text's first bytes tell of, by BOM or by the shape of its first "<"; empty if none."""
    if head.startswith((b"\xff\xfe", b"<\x00")):
        return "utf-16-le"
    if head.startswith((b"\xfe\xff", b"\x00<")):
        return "utf-16-be"
    return ""


def sniff(head: bytes) -> FileFormat:
    """The format of a file by its first bytes (64 are enough unless it begins with much white space)."""
    text = head.decode(utf16_of(head), "ignore").lstrip("\ufeff").encode() if utf16_of(head) else head
    for name, begins in _BEGINNINGS.items():
        if begins.match(text):
            return name
    return "iso2709"


class Window:
    """A sliding piece of a stream: ``data`` begins at byte ``offset``; the end and damage alike end it.

    ``error`` keeps the damage until what is left in the window has been used: raise it then.
    """

    __slots__ = ("data", "error", "offset", "stream")

    def __init__(self, stream: Readable, *, offset: int = 0) -> None:
        self.stream = stream
        self.offset = offset
        self.data = b""
        self.error: SourceError | None = None

    def more(self, *, drop: int) -> bool:
        """Forget the first ``drop`` bytes and read on; False at the end."""
        self.offset += drop
        pieces = [self.data[drop:]]
        size = 0
        while size < CHUNK and not self.error:
            try:
                piece = self.stream.read(CHUNK)
            except SourceError as error:
                self.error = error
                break
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        self.data = b"".join(pieces)
        return size > 0
