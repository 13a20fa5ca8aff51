"""A light suffix stemmer for Azerbaijani and Turkish, driven by vowel harmony.

Stems only add lower-ranked hits to words found by exact form, so they are made to meet, not to be read: whatever could
be a suffix is taken off, one by one, from the dictionary form as from any other. What is left need not be a word.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, cast

from kitabxana.language.casing import lower
from kitabxana.language.exceptions import NOUNS, ROOTS, TAIL
from kitabxana.language.folding import ELISION, fold
from kitabxana.language.suffixes import (
    BACK,
    BACK_ROUND,
    FRONT,
    FRONT_ROUND,
    VOICELESS,
    Stemmed,
    Suffix,
    suffix_table,
)
from kitabxana.language.transliteration import transliterate

_VOWELS: Final = frozenset("aeiou")
# i, o and u may stand for ı, ö and ü, typed on another keyboard; those themselves are to be trusted, as are a and e.
_CLASSES: Final = {
    "a": BACK, "ı": BACK, "e": FRONT, "ə": FRONT, "ö": FRONT_ROUND, "ü": FRONT_ROUND, "i": BACK | FRONT,
    "o": BACK_ROUND | FRONT_ROUND, "u": BACK_ROUND | FRONT_ROUND, "â": BACK | FRONT, "î": FRONT,
    "û": BACK_ROUND | FRONT_ROUND,
}  # fmt: skip
_WRITTEN_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['’ʼ\u0300-\u036f])*")
_CYRILLIC: Final = re.compile("[Ѐ-ӿ]")
_LONGEST_SUFFIX: Final = 18
_SHORTEST_STEM: Final = 2


class _Word:
    """A folded word with what the suffixes ask of the letters before them."""

    def __init__(self, word: str, language: Stemmed) -> None:
        self.folded = fold(word)
        written = "".join(letter for letter in lower(word, language) if letter.isalnum())
        self.written = written if len(written) == len(self.folded) else self.folded
        self.harmonies, self.syllables = [0], [0]
        for letter, plain in zip(self.written, self.folded, strict=True):
            self.harmonies.append(_CLASSES.get(letter) or _CLASSES.get(plain) or self.harmonies[-1])
            self.syllables.append(self.syllables[-1] + (plain in _VOWELS))

    def takes(self, suffix: Suffix, end: int) -> bool:
        """Whether the first `end` letters can be the stem before `suffix`."""
        last = self.folded[end - 1]
        if suffix.after_vowel is not None and suffix.after_vowel != (last in _VOWELS):
            return False
        if suffix.after_voiceless is not None and suffix.after_voiceless != (last in VOICELESS):
            return False
        if self.syllables[end] < 1 + suffix.two_syllables or (self.written[end] == "ş" and suffix.after_vowel):
            return False
        if end == _SHORTEST_STEM and (last in _VOWELS or self.folded[0] not in _VOWELS):
            return False
        # Borrowed words in -al, -ol, -at take front vowels: saatler, rolü, meşgulü.
        harmony = self.harmonies[end]
        return bool(suffix.harmony & (harmony | harmony << 1 if last in "lt" else harmony))


def _last_suffix(word: _Word, end: int, table: dict[str, tuple[Suffix, ...]]) -> tuple[int, bool]:
    """How many letters the longest suffix at `end` has (0: none), and whether it shows the word to be a verb."""
    for taken in range(min(_LONGEST_SUFFIX, end - _SHORTEST_STEM), 0, -1):
        for suffix in table.get(word.folded[end - taken : end], ()):
            if word.takes(suffix, end - taken):
                return taken, suffix.verbal
    return 0, False


_NEGATION: Final = re.compile(r"(?<=...)m[aeiou]$")
_CAUSATIVE: Final = re.compile(r"(?<=..[^aeiou])[aeiou]r$")
_LAST_VOWEL: Final = re.compile(r"(?<=..)[aeiou]$")


def _root(root: str) -> str:
    """A verb's root in the shape that all its forms show: without negation, aorist or causative r, last vowel."""
    for ending in (_NEGATION, _CAUSATIVE, _LAST_VOWEL):
        root = ending.sub("", root)
    if root.endswith("ed"):
        root = root[:-1] + "t"
    return ROOTS.get(root, root)


def _ending(stem: str, language: Stemmed, syllables: int) -> str:
    """The stem with its last consonant as it ends a word: çörəy(i) -> çörək, ayağ(ı) -> ayaq, kitab(ı) -> kitap."""
    last = stem[-1:]
    if syllables <= 1:
        return stem[:-1] + "k" if language == "tr" and stem.endswith("ng") else stem
    if language == "tr":
        return stem[:-1] + {"b": "p", "d": "t", "g": "k"}.get(last, last)
    if stem[-2] in _VOWELS and last in "gy":
        return stem[:-1] + "q" if last == "g" else stem if stem[-2] == "a" else stem[:-1] + "k"
    return stem


def _noun(folded: str, language: Stemmed) -> str | None:
    """The stem of an exception, if the word is one of them with nothing but suffixes after it."""
    for end in range(len(folded), 2, -1):
        known = NOUNS[language].get(folded[:end])
        if known and TAIL.fullmatch(folded, end):
            return known
    return None


@lru_cache(maxsize=1 << 16)
def _stem(written: str, language: Stemmed) -> str:
    if language == "az" and _CYRILLIC.search(written):
        written = transliterate(written, "az-Cyrl", "az-Latn")
    word = _Word(written, language)
    table = suffix_table(language)
    end = len(word.folded)
    known = _noun(word.folded, language)
    if known or not word.folded.isalpha():
        return known or word.folded
    while True:
        taken, verbal = _last_suffix(word, end, table)
        end -= taken
        if verbal:
            return _root(word.folded[:end])
        if not taken:
            return _ending(word.folded[:end], language, word.syllables[end])


def stem(word: str, language: str) -> str:
    """The folded stem of one word as written; forms of a word meet on it, in "az" and "tr" (other languages: folded).

    The letters ş, ı, ö, ü help when they are there; a word typed without them is stemmed all the same. Azerbaijani in
    Cyrillic meets Latin.
    """
    primary = language.replace("_", "-").split("-", 1)[0].lower()
    return _stem(word, cast(Stemmed, primary)) if primary in {"az", "tr"} else fold(word)


def stems(text: str, language: str) -> list[str]:
    """The stems of a text's words in their order, to be indexed or searched beside `words(text)`."""
    return [stem(word, language) for word in _WRITTEN_WORD.findall(ELISION.sub(r"\1 ", text))]
