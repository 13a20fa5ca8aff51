"""Lower, upper and title case as a language writes them: in Azerbaijani and Turkish I/ı and İ/i are two letters."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_DOTTED: Final = frozenset({"az", "tr", "crh", "gag", "tt"})
_TO_LOWER: Final = str.maketrans({"I": "ı", "İ": "i"})
_TO_UPPER: Final = str.maketrans({"i": "İ", "ı": "I"})
_DOT_ABOVE: Final = "\u0307"
# An apostrophe joins a suffix to a name ("Bakı'nın"): what follows it is not a new word.
_WORD: Final = re.compile(r"\w[\w'’ʼ\u0300-\u036f]*")


@cache
def _dotted(language: str) -> bool:
    """Whether the language, given by any tag such as `az-Latn`, tells dotted from dotless i."""
    return language.replace("_", "-").split("-", 1)[0].lower() in _DOTTED


def lower(text: str, language: str) -> str:
    """`text` in lower case by the rules of `language` (a BCP 47 tag)."""
    if _dotted(language):
        # A capital I with a separate dot above is İ (SpecialCasing.txt).
        text = text.replace("I" + _DOT_ABOVE, "i").translate(_TO_LOWER)
    return text.lower()


def upper(text: str, language: str) -> str:
    """`text` in upper case by the rules of `language` (a BCP 47 tag)."""
    if _dotted(language):
        text = text.replace("i" + _DOT_ABOVE, "İ").translate(_TO_UPPER)
    return text.upper()


def title(text: str, language: str) -> str:
    """`text` with every word's first letter in upper case and the rest in lower case, by the rules of `language`."""

    def capitalised(word: re.Match[str]) -> str:
        first, rest = word[0][0], word[0][1:]
        if rest.startswith(_DOT_ABOVE) and first in "iI" and _dotted(language):
            first, rest = "İ", rest[1:]
        return (upper(first, language) if _dotted(language) and first in "iı" else first.title()) + lower(
            rest, language
        )

    return _WORD.sub(capitalised, text)
