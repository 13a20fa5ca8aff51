"""A light suffix stemmer for Azerbaijani and Turkish, driven by vowel harmony."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kitabxana.language.casing import lower
from kitabxana.language.folding import fold
from kitabxana.language.suffixes import (
    BACK,
    BACK_ROUND,
    FRONT,
    FRONT_ROUND,
    VOICELESS,
    VOWEL_CLASSES,
    Suffix,
    suffix_table,
)

_VOWELS: Final = frozenset("aeiou")
# How far a vowel may be trusted in a word typed without the letters ı, ö, ü (or ə): i may be ı, u may be ü.
_TYPED_CLASSES: Final = {
    **VOWEL_CLASSES,
    "i": BACK | FRONT,
    "o": BACK_ROUND | FRONT_ROUND,
    "u": BACK_ROUND | FRONT_ROUND,
}

DEBUG = False


def _harmonies(word: str, folded: str, language: str) -> list[int]:
    """For each length, the vowel classes of the last vowel among so many first letters (0: none yet)."""
    written = lower(word, language)
    if len(written) != len(folded):
        written = folded
    classes = _TYPED_CLASSES if written == folded else VOWEL_CLASSES
    harmonies = [0]
    for letter in written:
        harmonies.append(classes.get(letter) or harmonies[-1])
    return harmonies


def _fits(suffix: Suffix, folded: str, end: int, harmony: int) -> bool:
    last = folded[end - 1]
    if suffix.after_vowel is not None and (last in _VOWELS) != suffix.after_vowel:
        return False
    if suffix.after_voiceless is not None and (last in VOICELESS) != suffix.after_voiceless:
        return False
    if suffix.harmony & harmony:
        return True
    # Borrowed words in -al, -ol, -at and the like take front vowels: saatler, rolü, meşgulü.
    return last in "lt" and suffix.harmony & (harmony << 1) != 0


def _long_enough(folded: str, end: int, suffix: Suffix, taken: int) -> bool:
    """A stem has a vowel and at least three letters, or two of which the last is a consonant."""
    if end >= 3:
        return any(letter in _VOWELS for letter in folded[:end])
    if end == 2:
        if suffix.verbal:
            return folded[0] in _VOWELS and folded[1] not in _VOWELS and taken > 1
        return folded[1] not in _VOWELS and folded[0] in _VOWELS and (taken > 1 or True)
    return False


@lru_cache(maxsize=1 << 16)
def _stem(word: str, language: str) -> str:
    name = word.partition("'")[0]
    folded = fold(word)
    harmonies = _harmonies(word, folded, language)
    table = suffix_table(language)
    longest = 18
    end = len(folded)
    while True:
        for taken in range(min(longest, end - 2), 0, -1):
            suffixes = table.get(folded[end - taken : end])
            if not suffixes:
                continue
            hit = next(
                (
                    s
                    for s in suffixes
                    if _fits(s, folded, end - taken, harmonies[end - taken])
                    and _long_enough(folded, end - taken, s, taken)
                ),
                None,
            )
            if hit:
                break
        else:
            return folded[:end]
        end -= taken
        if hit.verbal:
            return folded[:end] + "-"


def stem(word: str, language: str) -> str:
    if language not in {"az", "tr"}:
        return fold(word)
    return _stem(word, language)
