"""A light suffix stemmer for Azerbaijani and Turkish, driven by vowel harmony.

Stems only add lower-ranked hits to words found by exact form, so they are made to meet, not to be read: whatever could
be a suffix is taken off, one by one, from the dictionary form as from any other. What is left need not be a word.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, cast

from kitabxana.language.casing import lower
from kitabxana.language.exceptions import FULL_ROOTS, HARDENED, LONGEST_NOUN, NOUNS, TAIL
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
    "a": BACK, "ı": BACK, "e": FRONT, "ə": FRONT, "î": FRONT, "ö": FRONT_ROUND, "ü": FRONT_ROUND, "i": BACK | FRONT,
    "o": BACK_ROUND | FRONT_ROUND, "u": BACK_ROUND | FRONT_ROUND,
}  # fmt: skip
_WRITTEN_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|['’ʼ\u0300-\u036f])*")
_NOT_LETTERS: Final = re.compile(r"[\W\d_]")
_CYRILLIC: Final = re.compile("[Ѐ-ӿ]")
_STEMMED: Final = frozenset({"az", "tr"})
_SHORTEST_STEM: Final = 2


@cache
def _suffix_lengths(language: Stemmed) -> dict[str, tuple[int, ...]]:
    """How long the suffixes that end in a letter may be, longest first."""
    lengths: dict[str, set[int]] = {}
    for suffix in suffix_table(language):
        lengths.setdefault(suffix[-1], set()).add(len(suffix))
    return {last: tuple(sorted(found, reverse=True)) for last, found in lengths.items()}


def _takes(folded: str, written: str, end: int, suffix: Suffix) -> bool:
    """Whether the first `end` letters of a word can be the stem before `suffix`."""
    last = folded[end - 1]
    if suffix.after_vowel is not None and suffix.after_vowel != (last in _VOWELS):
        return False
    if suffix.after_voiceless is not None and suffix.after_voiceless != (last in VOICELESS):
        return False
    if written[end] == "ş" and suffix.after_vowel:
        return False
    vowels = [at for at in range(end) if folded[at] in _VOWELS]
    if len(vowels) < 1 + suffix.two_syllables or (end == _SHORTEST_STEM and vowels != [0]):
        return False
    harmony = _CLASSES.get(written[vowels[-1]]) or _CLASSES[folded[vowels[-1]]]
    # Borrowed words in -al, -ol, -at take front vowels: saatler, rolü, meşgulü.
    return bool(suffix.harmony & (harmony | harmony << 1 if last in "lt" else harmony))


def _last_suffix(folded: str, written: str, end: int, language: Stemmed) -> tuple[int, bool]:
    """How many letters the longest suffix at `end` has (0: none), and whether it shows the word to be a verb."""
    table = suffix_table(language)
    for taken in _suffix_lengths(language).get(folded[end - 1], ()):
        if taken > end - _SHORTEST_STEM:
            continue
        for suffix in table.get(folded[end - taken : end], ()):
            if _takes(folded, written, end - taken, suffix):
                return taken, suffix.verbal
    return 0, False


_TWO_SYLLABLES: Final = re.compile("[aeiou][^aeiou]*[aeiou]")
_NEGATION: Final = re.compile(r"(?<=...)m[aeiou]$")
_CAUSATIVE: Final = re.compile(r"(?<=..[^aeiou])[aeiou]r$")
_LAST_VOWEL: Final = re.compile(r"(?<=..)[aeiou]$")


def _root(root: str) -> str:
    """A verb's root in the shape that all its forms show: without negation, aorist or causative r, last vowel."""
    for ending in (_NEGATION, _CAUSATIVE, _LAST_VOWEL):
        root = ending.sub("", root)
    if root.endswith("ed"):
        root = root[:-1] + "t"
    return FULL_ROOTS.get(root) or HARDENED.get(root, root)


def _ending(stem: str, language: Stemmed) -> str:
    """The stem with its last consonant as it ends a word: çörəy(i) -> çörək, ayağ(ı) -> ayaq, kitab(ı) -> kitap."""
    last = stem[-1:]
    if stem in HARDENED:
        return HARDENED[stem]
    if not _TWO_SYLLABLES.search(stem):
        return stem[:-1] + "k" if language == "tr" and stem.endswith("ng") else stem
    if language == "tr":
        return stem[:-1] + {"b": "p", "d": "t", "g": "k"}.get(last, last)
    if stem[-2] in _VOWELS and last in "gy":
        return stem[:-1] + "q" if last == "g" else stem if stem[-2] == "a" else stem[:-1] + "k"
    return stem


def _noun(folded: str, language: Stemmed) -> str | None:
    """The stem of an exception, if the word is one of them with nothing but suffixes after it."""
    nouns = NOUNS[language]
    for end in range(min(len(folded), LONGEST_NOUN), _SHORTEST_STEM, -1):
        known = nouns.get(folded[:end])
        if known and TAIL.fullmatch(folded, end):
            return known
    return None


@lru_cache(maxsize=1 << 15)
def _stem(word: str, language: Stemmed) -> str:
    if language == "az" and _CYRILLIC.search(word):
        word = transliterate(word, "az-Cyrl", "az-Latn")
    folded = fold(word)
    known = _noun(folded, language)
    if known or not folded.isalpha():
        return known or folded
    written = folded if word.isascii() else _NOT_LETTERS.sub("", lower(word, language))
    if len(written) != len(folded):
        written = folded
    end = len(folded)
    while True:
        taken, verbal = _last_suffix(folded, written, end, language)
        end -= taken
        if verbal:
            return _root(folded[:end])
        if not taken:
            return _ending(folded[:end], language)


def stem(word: str, language: str) -> str:
    """The folded stem of one word as written; forms of a word meet on it, in "az" and "tr" (other languages: folded).

    The letters ş, ı, ö, ü help when they are there; a word typed without them is stemmed all the same. Azerbaijani in
    Cyrillic meets Latin.
    """
    if language not in _STEMMED:
        language = language.replace("_", "-").split("-", 1)[0].lower()
    return _stem(word, cast("Stemmed", language)) if language in _STEMMED else fold(word)


def stems(text: str, language: str) -> list[str]:
    """The stems of a text's words in their order, to be indexed or searched beside `words(text)`."""
    return [stem(word, language) for word in _WRITTEN_WORD.findall(ELISION.sub(r"\1 ", text))]
