"""Sort keys that order text as CLDR orders it: letters first, then marks, then case (UTS #10, three levels)."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from kitabxana.language.alphabets import MARKS, SIGNS, VARIANTS, ordered_letters

_TAILORED: Final = frozenset({"az", "tr", "ru"})
# In each level a weight is one character, and UTF-8 keeps the order of characters; \0 parts the levels.
_COMMON, _UPPER, _COMPATIBLE = "\x01", "\x02", "\x03"
_FIRST_PRIMARY: Final = 0x02
_UNLISTED: Final = 0x2000


class _Collation(dict[str, tuple[str, str, str]]):
    """Character -> its weights on the three levels; what is not listed is worked out at first sight."""

    def __init__(self, language: str) -> None:
        super().__init__()
        dotted = language in {"az", "tr"}
        for place, letter in enumerate(SIGNS + ordered_letters(language), _FIRST_PRIMARY):
            self[letter] = (chr(place), _COMMON, _COMMON)
            capital = {"i": "İ", "ı": "I"}.get(letter, letter.upper()) if dotted else letter.upper()
            if letter != "ı" or dotted:
                self.setdefault(capital, (chr(place), _COMMON, _UPPER))
        for place, mark in enumerate(MARKS, 2):
            self[mark] = ("", chr(place), "")

    def __missing__(self, character: str) -> tuple[str, str, str]:
        weights = self[character] = self._work_out(character)
        return weights

    def _work_out(self, character: str) -> tuple[str, str, str]:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs"} or character == "ـ":
            return ("", "", "")
        parts = VARIANTS.get(character) or VARIANTS.get(character.lower(), "").upper()
        level: str = _COMMON
        if character.isdecimal():
            parts, level = str(unicodedata.decimal(character)), _COMPATIBLE
        elif not parts:
            parts, level = self._decomposed(character)
        if parts:
            first, second, third = zip(*(self[part] for part in parts), strict=True)
            marked = "".join(third) if level == _COMMON else "".join(level for weight in third if weight)
            return "".join(first), "".join(second), marked
        if category == "Mn":
            return ("", chr(0x100 + ord(character)), "")
        place = ord(character)
        return chr(_UNLISTED + (place >> 8)) + chr(0x100 + (place & 0xFF)), _COMMON, _COMMON

    @staticmethod
    def _decomposed(character: str) -> tuple[str, str]:
        """One step of Unicode's decomposition, so that ḉ is ç with an acute, and the case level it brings."""
        *kind, tail = unicodedata.decomposition(character).partition("> ")
        hexadecimal = tail or kind[0]
        return "".join(chr(int(code, 16)) for code in hexadecimal.split()), _COMPATIBLE if tail else _COMMON


_collation = cache(_Collation)


@cache
def _collation_for(tag: str) -> _Collation:
    language = tag.replace("_", "-").split("-", 1)[0].lower()
    return _collation(language if language in _TAILORED else "")


def sort_key(text: str, language: str, *, skip: int = 0) -> bytes:
    """The key by which `text` sorts in `language` (BCP 47; az, tr, ru have orders of their own, others the root order).

    Keys are compared as bytes, as in a bytea column or "C" collation. `skip` is MARC's count of non-filing characters:
    sort_key("The Iliad", "en", skip=4) files under I. As in CLDR, blanks and punctuation come before digits, digits
    before letters, and a letter without mark before one with it, small before capital.
    """
    table = _collation_for(language)
    if skip:
        text = text[skip:].lstrip()
    if not text:
        return b""
    first, second, third = zip(*[table[character] for character in unicodedata.normalize("NFC", text)], strict=True)
    levels = ("".join(first), "".join(second).rstrip(_COMMON), "".join(third).rstrip(_COMMON))
    return "\0".join(levels).encode().rstrip(b"\0")


def letter_key(text: str, language: str) -> str:
    """The first level of `sort_key` alone: one printable-free string in which case and marks do not count."""
    table = _collation_for(language)
    return "".join(table[character][0] for character in unicodedata.normalize("NFC", text))
