"""Code 128 (ISO/IEC 15417): which characters stand for a text, and how wide their bars and spaces are."""

from __future__ import annotations

import re
from typing import Final

_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
WIDTHS: Final = tuple(_TABLE.split())
"""Modules of bar, space, bar, space, bar, space by the character's value; the stop character has a bar more."""

START: Final = {"A": 103, "B": 104, "C": 105}
STOP: Final = 106
_TO: Final = {"A": 101, "B": 100, "C": 99}
_PAIRS: Final = re.compile(r"(?:[0-9]{2})+")


def encodable(text: str) -> bool:
    """Whether every sign has a character: ASCII without DEL."""
    return bool(text) and all(ord(sign) < 127 for sign in text)


def values(text: str) -> list[int]:
    """Start, data, check and stop characters. Figures go two by two where that is shorter (annex E of the standard)."""
    found: list[int] = []
    at, code = 0, ""
    while at < len(text):
        wanted, pairs = _next_set(text, at, code)
        if wanted != code:
            found.append(_TO[wanted] if code else START[wanted])
            code = wanted
        if code == "C":
            found += [int(text[one : one + 2]) for one in range(at, at + pairs * 2, 2)]
            at += pairs * 2
        else:
            found.append(_value(text[at], code))
            at += 1
    check = (found[0] + sum(place * value for place, value in enumerate(found[1:], 1))) % 103
    return [*found, check, STOP]


def _next_set(text: str, at: int, code: str) -> tuple[str, int]:
    """(the code set to go on in, how many pairs of figures stand next when that is C)."""
    run = _PAIRS.match(text, at)
    pairs = (run.end() - at) // 2 if run else 0
    figures = len(text[at:]) - len(text[at:].lstrip("0123456789"))
    least = 2 if figures == len(text) - at and not code else 4 if not code or figures == len(text) - at else 6
    if code == "C" and pairs:
        return "C", pairs
    # An odd run gives its first figure to the set before, so that the pairs reach the end of the run.
    if figures >= least and (figures % 2 == 0 or not code):
        return "C", pairs
    if ord(text[at]) < 32:
        return "A", 0
    return ("A" if code == "A" and ord(text[at]) < 96 else "B"), 0


def _value(sign: str, code: str) -> int:
    number = ord(sign)
    return number + 64 if code == "A" and number < 32 else number - 32


def modules(text: str) -> list[int]:
    """Widths of bars and spaces in turn, a bar first."""
    return [int(width) for value in values(text) for width in WIDTHS[value]]
