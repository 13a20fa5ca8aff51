"""Coarse keys for low-weight matches: between Azerbaijani, Turkish and romanized spellings, and across scripts."""

from __future__ import annotations

import re
from typing import Final

from kitabxana.language.folding import fold, words

# Folded Cyrillic, Russian and Azerbaijani alike, in the letters of the key.
_CYRILLIC: Final = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхчшщы", "abvgdeziiklmnoprstufhcssi", strict=True)),
        "ж": "j", "ц": "ts", "ь": "", "ю": "iu", "я": "ia",
    },
)  # fmt: skip
# English and scholarly digraphs; Russian endings in ISO 9; џ in its Russian spelling дж.
_DIGRAPHS: Final = (
    (re.compile("shch|sc"), "s"),
    (re.compile("d?zh|dj"), "j"),
    (re.compile("([kscg])h"), r"\1"),
    (re.compile("(?<=[iyo])j$"), "i"),
    (re.compile("(?<=[aeiou])ye"), "e"),
    (re.compile("ts"), "s"),
)
_KEY: Final = str.maketrans(
    {"e": "a", "q": "k", "g": "k", "x": "h", "w": "v", "j": "c", "y": "i"},
)
_DOUBLED: Final = re.compile(r"([bcdfhklmnprstvzi])\1+")
# Voiced before voiced in Azerbaijani is voiceless in Turkish, before d and at the end: kitabdır, kitaptır; Əhməd, Ahmet.
_CLUSTER: Final = re.compile("b(?=[dt])|b$")
_DENTAL: Final = re.compile("(?<=[pkshfct])d|d$")


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
    key = _DOUBLED.sub(r"\1", key.translate(_KEY))
    return _DENTAL.sub("t", _CLUSTER.sub("p", key))
