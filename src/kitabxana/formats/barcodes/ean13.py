"""EAN-13 (ISO/IEC 15420; GS1 General Specifications, 5.2): the widths of its bars and spaces."""

from __future__ import annotations

from typing import Final

from kitabxana.kernel.identifiers import ean_check

_LEFT: Final = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
"""Number set A: space, bar, space, bar. Set B is its mirror, set C has bars for spaces."""

_PARITY: Final = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
"""By the first figure, which has no bars of its own."""

_GUARD, _MIDDLE = [1, 1, 1], [1, 1, 1, 1, 1]


def encodable(text: str) -> bool:
    """Thirteen figures, the last of which is the check digit of the others."""
    return len(text) == 13 and text.isascii() and text.isdecimal() and ean_check(text[:12]) == text[12]


def modules(text: str) -> list[int]:
    """Widths of bars and spaces in turn, a bar first: 95 modules together."""
    left: list[int] = []
    for figure, code in zip(text[1:7], _PARITY[int(text[0])], strict=True):
        widths = [int(width) for width in _LEFT[int(figure)]]
        left += widths if code == "A" else widths[::-1]
    right = [int(width) for figure in text[7:] for width in _LEFT[int(figure)]]
    return [*_GUARD, *left, *_MIDDLE, *right, *_GUARD]
