"""Values to BER. Every function takes the tag by its class and number, as X.690 8.1.2 counts them."""

from __future__ import annotations

from typing import Final

UNIVERSAL: Final = 0
CONTEXT: Final = 2
_CONSTRUCTED = 0x20


def primitive(number: int, content: bytes, *, of: int = CONTEXT) -> bytes:
    """An element of bytes: `content` under the tag `number` of class `of`."""
    return _tag(number, of << 6) + _length(len(content)) + content


def structure(number: int, *parts: bytes, of: int = CONTEXT) -> bytes:
    """An element of elements, written before; empty parts are optional ones left out."""
    content = b"".join(parts)
    return _tag(number, of << 6 | _CONSTRUCTED) + _length(len(content)) + content


def integer(number: int, value: int, *, of: int = CONTEXT) -> bytes:
    """A whole number in as few bytes as its two's complement needs (8.3.2)."""
    return primitive(number, value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True), of=of)


def boolean(number: int, *, value: bool) -> bytes:
    return primitive(number, b"\xff" if value else b"\x00")


def null(number: int) -> bytes:
    return primitive(number, b"")


def oid(number: int, dotted: str, *, of: int = CONTEXT) -> bytes:
    """An object identifier as `1.2.840…` (8.19). Raises ValueError for what is none."""
    arcs = [int(arc) for arc in dotted.split(".")]
    if len(arcs) < 2 or arcs[0] > 2 or min(arcs) < 0 or (arcs[0] < 2 and arcs[1] > 39):
        raise ValueError(f"no object identifier: {dotted}")
    return primitive(number, b"".join(map(_base128, [arcs[0] * 40 + arcs[1], *arcs[2:]])), of=of)


def _tag(number: int, head: int) -> bytes:
    return bytes([head | number]) if number < 31 else bytes([head | 31]) + _base128(number)


def _length(size: int) -> bytes:
    if size < 128:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([128 | len(digits)]) + digits


def _base128(number: int) -> bytes:
    digits = [number & 127]
    while number := number >> 7:
        digits.append(number & 127 | 128)
    return bytes(reversed(digits))
