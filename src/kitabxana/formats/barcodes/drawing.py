"""A barcode as the path of an SVG drawing, in modules, with the quiet zone that a scanner needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import segno
from segno.encoder import DataOverflowError

from kitabxana.formats.barcodes import code128, ean13

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["code128", "ean13", "qr"]
KINDS: Final[tuple[Kind, ...]] = ("code128", "ean13", "qr")

_QUIET: Final = {"code128": (10, 10), "ean13": (11, 7)}
"""Modules of nothing before and after (ISO/IEC 15417 4.7.1 e; GS1 General Specifications, 5.2.3.4)."""

_QR_QUIET: Final = 4


class NotDrawable(Exception):
    """The symbology has no signs for this text."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`path` draws dark modules in a box of `width` × `height` modules; a linear code is one high, to be stretched."""

    kind: Kind
    width: int
    height: int
    path: str


def draw(kind: Kind, text: str) -> Drawing:
    """The barcode of a text. Raises NotDrawable.

    Code 128 takes ASCII, EAN-13 thirteen figures that check, QR anything of up to 200 signs (level M).
    """
    if kind == "qr":
        return _qr(text)
    symbology = code128 if kind == "code128" else ean13
    if len(text) > 100 or not symbology.encodable(text):
        raise NotDrawable(text)
    before, after = _QUIET[kind]
    widths = symbology.modules(text)
    return Drawing(kind, before + sum(widths) + after, 1, _bars(widths, before))


def _bars(widths: Iterable[int], at: int) -> str:
    drawn = []
    for place, width in enumerate(widths):
        if place % 2 == 0:
            drawn.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    return "".join(drawn)


def _qr(text: str) -> Drawing:
    if not 0 < len(text) <= 200:
        raise NotDrawable(text)
    try:
        # What is not ASCII says that it is UTF-8 (ECI 000026): readers guess otherwise.
        code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8", eci=not text.isascii())
        rows = [bytes(row) for row in code.matrix]
    except (DataOverflowError, ValueError) as wrong:
        raise NotDrawable(text) from wrong
    drawn = []
    for down, row in enumerate(rows, _QR_QUIET):
        for across, dark in _runs(row):
            drawn.append(f"M{across + _QR_QUIET} {down}h{dark}v1h-{dark}z")
    size = len(rows) + 2 * _QR_QUIET
    return Drawing("qr", size, size, "".join(drawn))


def _runs(row: bytes) -> Iterable[tuple[int, int]]:
    """(where it begins, how long it is) of each run of dark modules."""
    begins = 0
    for part in row.split(b"\0"):
        if part:
            yield begins, len(part)
        begins += len(part) + 1
