"""BER to elements. Nothing is believed: depth, number of elements and lengths are looked at before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DEPTH = 40
MOST_ELEMENTS = 100_000
_LONGEST_TAG = 4
"""Bytes of a tag's number: Z39.50 has none above 255."""

_CONSTRUCTED, _LONG, _INDEFINITE = 0x20, 31, 0x80


class BadBer(ValueError):
    """Bytes that are no BER, or more than is read."""


class _Short(Exception):
    """More bytes must come before this can be read."""


@dataclass(frozen=True, slots=True)
class Element:
    """A tag (`of`: its class, 0 universal, 2 of the context; `number`) with `content` or, constructed, `parts`."""

    of: int
    number: int
    content: bytes = b""
    parts: tuple[Element, ...] = ()

    def each(self, number: int) -> Iterator[Element]:
        """The parts under a tag of the context, in their order."""
        return (part for part in self.parts if part.of == 2 and part.number == number)

    def part(self, number: int) -> Element | None:
        return next(self.each(number), None)

    @property
    def whole_number(self) -> int:
        """Raises BadBer for what is no number of at most eight bytes."""
        if not 1 <= len(self.content) <= 8:
            raise BadBer("no number")
        return int.from_bytes(self.content, "big", signed=True)

    @property
    def yes(self) -> bool:
        return any(self.content)

    @property
    def text(self) -> str:
        """A string of any of ASN.1's types; what is not UTF-8 is read as Latin-1, as older servers speak."""
        try:
            return self.octets.decode()
        except UnicodeDecodeError:
            return self.octets.decode("latin-1")

    @property
    def octets(self) -> bytes:
        """The bytes of a string, put together where they came in pieces (8.7.3)."""
        return b"".join(part.octets for part in self.parts) if self.parts else self.content

    @property
    def dotted(self) -> str:
        """An object identifier as `1.2.840…`; raises BadBer."""
        arcs, number = [], 0
        if not self.content or len(self.content) > 64 or self.content[-1] & 128:
            raise BadBer("no object identifier")
        for byte in self.content:
            number = number << 7 | byte & 127
            if not byte & 128:
                arcs.append(number)
                number = 0
        first = min(arcs[0] // 40, 2)
        return ".".join(map(str, [first, arcs[0] - first * 40, *arcs[1:]]))


def read(data: bytes) -> Element:
    """The one element that `data` is. Raises BadBer: cut off, something behind it, too deep, too many."""
    reader = _Reader(data)
    try:
        element = reader.element(len(data), 0)
    except _Short:
        raise BadBer("cut off") from None
    if reader.at != len(data):
        raise BadBer(f"{len(data) - reader.at} bytes too many")
    return element


def size_of(data: bytes) -> int | None:
    """How many bytes the element at the beginning of `data` has, as soon as they tell; None while more must come.

    Raises BadBer. Of a definite length the head is enough; with an indefinite one the end must be there.
    """
    reader = _Reader(data)
    try:
        _, _, size = reader.head()
        if size is not None:
            return reader.at + size
        reader.at = 0
        reader.element(len(data), 0)
    except _Short:
        return None
    return reader.at


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.count = data, 0, 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise _Short
        self.at += 1
        return self.data[self.at - 1]

    def head(self) -> tuple[int, int, int | None]:
        """(first byte, number of the tag, length); the length is None when it is indefinite."""
        first = self.byte()
        number = first & _LONG
        if number == _LONG:
            number = self.long_number()
        size = self.byte()
        if size == _INDEFINITE:
            if not first & _CONSTRUCTED:
                raise BadBer("an indefinite length of bytes")
            return first, number, None
        if size > _INDEFINITE:
            digits = bytes(self.byte() for _ in range(size & 127)) if size & 127 <= 8 else b""
            if not digits:
                raise BadBer("a length out of measure")
            size = int.from_bytes(digits, "big")
        return first, number, size

    def long_number(self) -> int:
        number = 0
        for _ in range(_LONGEST_TAG):
            byte = self.byte()
            number = number << 7 | byte & 127
            if not byte & 128:
                return number
        raise BadBer("a tag out of measure")

    def element(self, end: int, depth: int) -> Element:
        """The element here, which may not go beyond `end`."""
        self.count += 1
        if depth > MOST_DEPTH or self.count > MOST_ELEMENTS:
            raise BadBer("too deep or too many")
        first, number, size = self.head()
        stop = end if size is None else self.at + size
        if stop > end:
            if end < len(self.data):
                raise BadBer("longer than what it is in")
            raise _Short
        if not first & _CONSTRUCTED:
            self.at = stop
            return Element(first >> 6, number, self.data[stop - (size or 0) : stop])
        parts = tuple(self.parts(stop, depth, open_end=size is None))
        return Element(first >> 6, number, parts=parts)

    def parts(self, stop: int, depth: int, *, open_end: bool) -> Iterator[Element]:
        while open_end or self.at < stop:
            if open_end and self.data[self.at : self.at + 2] == b"\x00\x00" and self.at + 2 <= stop:
                self.at += 2
                return
            yield self.element(stop, depth + 1)
