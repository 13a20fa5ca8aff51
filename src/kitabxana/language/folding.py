"""Language-blind folding for search: index and query pass the same door, so that all spellings of a word meet."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters without a Unicode decomposition, and those whose search form is ours to choose. Lower case only.
_LATIN: Final = {
    "ı": "i", "ə": "e", "ǝ": "e", "ɛ": "e", "æ": "ae", "œ": "oe", "ø": "o", "ɵ": "o", "đ": "d", "ð": "d", "ł": "l",
    "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n", "ƣ": "g", "ƶ": "z", "ƅ": "i", "ʙ": "b", "ꞑ": "n", "ɂ": "",
}  # fmt: skip
# Cyrillic meets what a Russian keyboard offers for it; й stays apart from и, pre-reform letters meet the modern ones.
_CYRILLIC: Final = {
    "ә": "е", "э": "е", "є": "е", "ѣ": "е", "ғ": "г", "ҝ": "г", "ґ": "г", "ҹ": "ч", "ҷ": "ч", "ө": "о", "ү": "у",
    "ұ": "у", "һ": "х", "ҳ": "х", "ј": "й", "й": "й", "і": "и", "ѵ": "и", "ѳ": "ф", "қ": "к", "ҡ": "к", "ң": "н",
    "ҥ": "н", "ҙ": "з", "ҫ": "с", "ъ": "",
}  # fmt: skip
# Arabic, Persian, Ottoman and Azerbaijani spellings meet on the Persian letters.
_ARABIC: Final = {
    "ي": "ی", "ى": "ی", "ئ": "ی", "ې": "ی", "ێ": "ی", "ۍ": "ی", "ے": "ی", "ك": "ک", "ڪ": "ک", "ڭ": "ک", "ݣ": "ک",
    "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و", "ۆ": "و", "ۇ": "و", "ۈ": "و", "ۋ": "و", "ۏ": "و", "ة": "ه",
    "ۀ": "ه", "ە": "ه", "ھ": "ه", "ہ": "ه", "ۂ": "ه", "ۃ": "ه", "ں": "ن", "ڤ": "ف", "ء": "", "ـ": "",
}  # fmt: skip
_APOSTROPHES: Final = "'`´ʹʺʻʼʽʾʿˈˊˋ‘’‛′‵＇ꞌʿʾ״׳"
_HYPHENS: Final = "‐‑‒–—―−⁃﹘﹣－־"
# Marks that are spelling, not letters, in the scripts where they may go; an Indic vowel or a Japanese voicing stays.
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711\u0730-\u074a\u08ca-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]",
)
_CHOSEN: Final = {**_LATIN, **_CYRILLIC, **_ARABIC, **dict.fromkeys(_APOSTROPHES, ""), **dict.fromkeys(_HYPHENS, "-")}


def _fold_character(character: str) -> str:
    """The search form of one character, at rest: every character of the answer folds to itself."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Cf" or _MARKS.match(character):
        return ""
    lowered = character.casefold()
    if lowered in _CHOSEN:
        return _CHOSEN[lowered]
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", lowered)) if not "가" <= character <= "힣" else lowered
    # Only marks that may go are taken off: what else came apart (a Japanese voicing mark) is put together again.
    plain = unicodedata.normalize("NFKC", plain)
    return plain if plain == character else "".join(_fold_character(part) for part in plain)


class _Table(dict[int, str]):
    """A translation table that works out each character once, at its first sight."""

    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = _fold_character(chr(codepoint))
        return folded


_TABLE: Final = _Table()
_NO_APOSTROPHES: Final = {ord("'"): "", ord("`"): ""}

# A word in two alphabets is a typist's look-alike: Latin ə, h, j in Cyrillic words, Cyrillic ь for ı in 1929 Latin.
_MIXED: Final = re.compile("(?:[a-z][а-я]|[а-я][a-z])")
_RUN: Final = re.compile("[a-zа-я]+")
_TO_CYRILLIC: Final = str.maketrans("abceghijkmnoprstuxy", "авсегхийкмноррстуху")
_TO_LATIN: Final = str.maketrans("авегикмнопрстухйь", "abegikmhonpctyxji")


def _one_alphabet(run: re.Match[str]) -> str:
    word = run[0]
    latin = sum(letter <= "z" for letter in word)
    if not 0 < latin < len(word):
        return word
    return word.translate(_TO_LATIN if latin * 2 > len(word) else _TO_CYRILLIC)


def fold(text: str) -> str:
    """The form in which `text` is searched: lower case, without marks, apostrophes and invisible characters.

    İ, I, ı, i meet, as do ə/e, ğ/g, ş/s, ç/c, ö/o, ü/u; every dash is "-" and every digit is ASCII. Scripts stay as
    they are (see `transliterate` and `bridge` for crossing them). White space and punctuation stay. Idempotent.
    """
    if text.isascii():
        return text.lower().translate(_NO_APOSTROPHES) if "'" in text or "`" in text else text.lower()
    folded = unicodedata.normalize("NFKC", text).translate(_TABLE)
    if folded.isascii():
        return folded
    if _MIXED.search(folded):
        folded = _RUN.sub(_one_alphabet, folded)
    # A character taken out may have brought together two that compose.
    return folded if unicodedata.is_normalized("NFKC", folded) else fold(folded)


# Indic and Thai vowel signs are marks, not letters, to `\w`; they belong to the word.
_TOKEN: Final = re.compile(r"[\w\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd]+")
# "L'Étranger", "d'Artagnan": one consonant before the apostrophe is a word of its own; "O'Henry", "Bakı'nın" are one.
ELISION: Final = re.compile(r"\b([b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z])['’ʼ](?=\w)")


def words(text: str) -> list[str]:
    """The folded words of a text in their order, as index and query both use them.

    A word is a run of letters and digits. An apostrophe does not split ("Bakı'nın" and "Bakının" are one word,
    "bakinin"); a hyphen does. Parts come as they are: an ISBN with hyphens is five words.
    """
    if "'" in text or "’" in text or "ʼ" in text:
        text = ELISION.sub(r"\1 ", text)
    folded = fold(text)
    return _TOKEN.findall(folded.replace("_", " ") if "_" in folded else folded)
