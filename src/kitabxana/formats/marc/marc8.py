"""MARC-8 to Unicode, strictly: what has no place in the code tables is an error, never a blank.

After the MARC 21 specification of character sets (escape sequences of ISO 2022, ASCII in G0 and ANSEL in G1 at the
start of each subfield). Marks come before their letter in MARC-8 and after it in Unicode. The result is in NFC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ASCII, _ANSEL, _EACC = 0x42, 0x45, 0x31
# ESC, then a short form (s = back to ASCII; g, b, p = Greek symbols, subscript, superscript) or: which half, which set.
_ESCAPE = re.compile(rb"\x1b(?:([sgbp])|(\$?)([(),\-]?)(!?[\x30-\x7e]))")
_CONTROLS = {
    0x88: "\x98",
    0x89: "\x9c",
    0x8D: "\u200d",
    0x8E: "\u200c",
}  # non-sorting begin and end, joiner, non-joiner


class NotMarc8(ValueError):
    """Bytes that MARC-8 does not define; ``position`` within the text."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"{detail} at byte {position}")
        self.position = position


@cache
def _tables() -> dict[int, dict[int, tuple[int, int]]]:
    """Final byte of the set → code → (Unicode, 1 for a combining mark). Loaded at the first need: they are large."""
    from rmarc.marc8_mapping import CODESETS, ODD_MAP

    eacc = {**{code: (uni, 0) for code, uni in ODD_MAP.items()}, **CODESETS[_EACC]}
    return {**CODESETS, _EACC: eacc}


def from_marc8(data: bytes) -> str:
    """Decode one subfield's value (or a control field). Raises NotMarc8."""
    out: list[str] = []
    marks: list[str] = []
    for char, is_mark in _characters(data):
        if is_mark:
            marks.append(char)
        else:
            out.append(char)
            out += marks
            marks.clear()
    out += marks  # a mark without a letter is kept as it stands
    return unicodedata.normalize("NFC", "".join(out))


def _characters(data: bytes) -> list[tuple[str, int]]:
    g0, g1, pos = _ASCII, _ANSEL, 0
    found: list[tuple[str, int]] = []
    while pos < len(data):
        code = data[pos]
        if code == 0x1B:
            g0, g1, pos = _escape(data, pos, g0, g1)
        elif code in _CONTROLS or code < 0x20 or code == 0x20:
            found.append((_CONTROLS.get(code, chr(code)), 0))
            pos += 1
        else:
            charset = g0 if code < 0x80 else g1
            size = 3 if charset == _EACC else 1
            found.append(_look_up(data, pos, size, charset))
            pos += size
    return found


def _escape(data: bytes, pos: int, g0: int, g1: int) -> tuple[int, int, int]:
    match = _ESCAPE.match(data, pos)
    if not match:
        raise NotMarc8(pos, "unknown escape sequence")
    short, _, half, final = match.groups()
    charset = _ASCII if short == b"s" else (short or final)[-1]
    if charset not in _tables():
        raise NotMarc8(pos, f"unknown character set {chr(charset)!r}")
    if half in {b")", b"-"}:
        return g0, charset, match.end()
    return charset, g1, match.end()


def _look_up(data: bytes, pos: int, size: int, charset: int) -> tuple[str, int]:
    piece = bytes(byte & 0x7F for byte in data[pos : pos + size]) if size > 1 else data[pos : pos + 1]
    table = _tables()[charset]
    code = int.from_bytes(piece, "big")
    # The tables list a set in the half where it usually stands; in the other half bit 8 differs.
    entry = table.get(code) or (table.get(code ^ 0x80) if size == 1 else None)
    if entry is None or len(piece) < size:
        raise NotMarc8(pos, f"{data[pos : pos + size].hex()} is not in character set {chr(charset)!r}")
    return chr(entry[0]), entry[1]
