"""Which script a text is in, and which way it runs."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LETTERS: Final = re.compile(r"[^\W\d_]")
_STRONG_RIGHT: Final = frozenset({"R", "AL"})


def is_rtl(text: str) -> bool:
    """Whether `text` runs from right to left: decided by its first letter of a strong direction (UAX #9, rule P2)."""
    if text.isascii():
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L":
            return False
        if direction in _STRONG_RIGHT:
            return True
    return False
