"""Coarse keys for low-weight matches: between Azerbaijani, Turkish and romanized spellings, and across scripts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kitabxana.language.folding import fold, words

# Folded Cyrillic, Russian and Azerbaijani alike, in the letters of the key.
_CYRILLIC: Final = str.maketrans(
    {
        **dict(zip("абвгдежзийклмнопрстуфхцчшщы", "abvgdejziyklmnoprstufhscssi", strict=True)),
        "ь": "", "ю": "yu", "я": "ya",
    },
)  # fmt: skip
# English and scholarly digraphs; Russian endings in ISO 9; џ in its Russian spelling дж.
_DIGRAPHS: Final = (
    (re.compile("shch|sc"), "s"),
    (re.compile("d?zh|dj"), "j"),
    (re.compile("kh"), "x"),
    (re.compile("([scg])h"), r"\1"),
    (re.compile("llah$"), "lla"),
    (re.compile("(?<=[iyo])j$"), "i"),
    (re.compile("(?<=[aeiou])ye"), "e"),
    (re.compile("ts"), "s"),
)
_KEY: Final = str.maketrans({"e": "a", "q": "k", "g": "k", "x": "h", "w": "v", "j": "c", "y": "i"})
# x is h at the head of a Turkish word (xan, han) but k or h within it (axşam, akşam; tarix, tarih).
_INNER_H: Final = re.compile("(?<=.)h")
_DOUBLED: Final = re.compile(r"([bcdfhklmnprstvzi])\1+")
# What Azerbaijani writes voiced before d and at the end, Turkish writes voiceless: kitabdır, kitaptır; Əhməd, Ahmet.
_CLUSTER: Final = re.compile("b(?=[dt])|b$")
_DENTAL: Final = re.compile("(?<=[pkshfct])d|d$")


@lru_cache(maxsize=1 << 15)
def bridge(word: str) -> str:
    """The key on which one word's Azerbaijani, Turkish, Russian and romanized spellings meet, however approximate.

    Qarabağ, Karabağ and Гарабағ; Xəzər and Hazar; Xəmsə, Хәмсә, Hamse and hemse; Достоевский and Dostoyevski. Works on
    one word, folded or not; Arabic script is only folded (see `skeleton`). Strangers meet too: give it a low weight.
    """
    key = fold(word)
    if not key.isascii():
        key = key.translate(_CYRILLIC)
    for spelling, plain in _DIGRAPHS:
        key = spelling.sub(plain, key)
    key = _DOUBLED.sub(r"\1", _INNER_H.sub("k", key.translate(_KEY)))
    return _DENTAL.sub("t", _CLUSTER.sub("p", key))


# Both scripts by the classes of consonants that they share. Long vowels, ayn and hamza leave nothing; v and y stay only
# at the head of a word, since within it Arabic script does not tell them from vowels.
_CLASSES: Final = {
    "b": "bpبپ", "t": "dtتدط", "s": "sثسشص", "c": "cjجچژ", "x": "hxحخه", "z": "zذزضظ", "r": "rر", "k": "gkqغقکگ",
    "f": "fف", "l": "lل", "m": "mم", "n": "nن", "v": "vwو", "y": "yی", "": "aeiouاع",
}  # fmt: skip
_CONSONANTS: Final = str.maketrans({letter: kept for kept, letters in _CLASSES.items() for letter in letters})
_VOWEL_LIKE: Final = re.compile("(?<=.)[vyوی]|(?<=.)[hxهحخ]$")
_LATIN_DOUBLED: Final = re.compile(r"([bcdfghjklmnpqrstvxyz])\1")
# The article's l, written but not said: نصرالدین is Nəsrəddin; and Allah's second one.
_SILENT: Final = re.compile("(?<=.)ال(?=دین|رحم)|(?<=ل)ل(?=ه)")


def skeleton(text: str) -> str:
    """The consonants of each word, by which Arabic script meets Latin and Cyrillic: نظامی and Nizami are "nzm".

    Words that leave no consonant are left out. Many strangers meet: give it the lowest weight.
    """
    return " ".join(filter(None, (_consonants(word) for word in words(text.replace("ڭ", "ن")))))


@lru_cache(maxsize=1 << 15)
def _consonants(word: str) -> str:
    if not word.isascii():
        word = word.translate(_CYRILLIC)
    for spelling, plain in _DIGRAPHS:
        word = spelling.sub(plain, word)
    word = _SILENT.sub("", _LATIN_DOUBLED.sub(r"\1", word))
    return _VOWEL_LIKE.sub("", word).translate(_CONSONANTS)
