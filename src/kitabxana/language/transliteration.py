"""Writing one script's text in another: Azerbaijani between its alphabets, Russian in Latin letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kitabxana.language.casing import title, upper

_AZ_CYRILLIC: Final = "абвгғдеәжзиыјкҝлмноөпрстуүфхһчҹш"
_AZ_LATIN: Final = "abvqğdeəjziıykglmnoöprstuüfxhçcş"
# Letters of the Cyrillic orthographies before 1958, and of Russian words within Azerbaijani text.
_AZ_CYRILLIC_OLD: Final = {
    "й": "y", "э": "e", "ю": "yu", "я": "ya", "ё": "yo", "ц": "s", "щ": "ş", "ь": "", "ъ": "",
}  # fmt: skip
# The Latin alphabet of 1922-1939 ("baku1926" is its BCP 47 variant): c and ç, j and y meant other sounds than today.
_YANALIF: Final = {
    "c": "ç", "ç": "c", "j": "y", "y": "ü", "ƶ": "j", "ƣ": "ğ", "ɵ": "ö", "ь": "ı", "ƅ": "ı", "ꞑ": "n", "ʙ": "b",
    "i": "i",
}  # fmt: skip
_RU_CYRILLIC: Final = "абвгдезиклмнопрстуфы"
_RU_LATIN: Final = "abvgdeziklmnoprstufy"
# ALA-LC 1997 (ties over i͡u, i͡a, t͡s as in its tables) and ISO 9:1995; pre-reform letters included.
_ALA_LC: Final = {
    "ё": "ë", "ж": "zh", "й": "ĭ", "х": "kh", "ц": "t͡s", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ʺ", "ь": "ʹ",
    "э": "ė", "ю": "i͡u", "я": "i͡a", "і": "ī", "ѣ": "i͡e", "ѳ": "ḟ", "ѵ": "ẏ",
}  # fmt: skip
_ISO_9: Final = {
    "ё": "ë", "ж": "ž", "й": "j", "х": "h", "ц": "c", "ч": "č", "ш": "š", "щ": "ŝ", "ъ": "ʺ", "ь": "ʹ", "э": "è",
    "ю": "û", "я": "â", "і": "ì", "ѣ": "ě", "ѳ": "f̀", "ѵ": "ỳ",
}  # fmt: skip
_TIE: Final = "\u0361"
_NOT_TYPED: Final = re.compile("[\u0300-\u036fʹʺ]")


def _as_typed(romanized: str) -> str:
    """What is left of a romanization on a plain keyboard: no ties, marks or primes."""
    return unicodedata.normalize("NFC", _NOT_TYPED.sub("", unicodedata.normalize("NFD", romanized)))


_RU_BASE: Final = dict(zip(_RU_CYRILLIC, _RU_LATIN, strict=True))
# (source, target) -> small letter -> its spelling, and the language whose capitals the target has.
_TABLES: Final[dict[tuple[str, str], tuple[dict[str, str], str]]] = {
    ("az-Cyrl", "az-Latn"): (dict(zip(_AZ_CYRILLIC, _AZ_LATIN, strict=True)) | _AZ_CYRILLIC_OLD, "az"),
    ("az-Latn", "az-Cyrl"): (dict(zip(_AZ_LATIN, _AZ_CYRILLIC, strict=True)) | {"w": "в"}, "az"),
    ("az-Latn-baku1926", "az-Latn"): (_YANALIF, "az"),
    ("ru-Cyrl", "ru-Latn"): (_RU_BASE | {letter: _as_typed(spelling) for letter, spelling in _ALA_LC.items()}, "ru"),
    ("ru-Cyrl", "ru-Latn-alalc97"): (_RU_BASE | _ALA_LC, "ru"),
    ("ru-Cyrl", "ru-Latn-iso9"): (_RU_BASE | _ISO_9, "ru"),
}
_CASED_SOURCES: Final = {"az-Latn": "az", "az-Latn-baku1926": ""}


def _with_capitals(letters: dict[str, str], source: str, target_language: str) -> dict[int, str]:
    """The table with capitals; a capital that becomes several letters is written as at the head of a word (Ya)."""
    dotted = _CASED_SOURCES.get(source, "")
    table = {ord(letter): spelling for letter, spelling in letters.items()}
    for letter, spelling in letters.items():
        capital = upper(letter, dotted) if dotted else letter.upper()
        # ALA-LC ties capitals too: I͡U, T͡S.
        table[ord(capital)] = spelling.upper() if _TIE in spelling else title(spelling, target_language)
    return table


_FULL_TABLES: Final = {
    pair: _with_capitals(letters, pair[0], language) for pair, (letters, language) in _TABLES.items()
}
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def transliterate(text: str, source: str, target: str) -> str:
    """`text`, written in `source`, in the letters of `target`; what is not in the source's alphabet stays as it is.

    Pairs: az-Cyrl -> az-Latn and back; az-Latn-baku1926 (the 1920s alphabet) -> az-Latn; ru-Cyrl -> ru-Latn (ALA-LC as
    it is typed), ru-Latn-alalc97 (with its marks), ru-Latn-iso9 (ISO 9:1995). ValueError for any other pair.
    """
    table = _FULL_TABLES.get((source, target))
    if table is None:
        raise ValueError(f"no transliteration from {source} to {target}")
    language = _TABLES[source, target][1]

    def rewritten(word: re.Match[str]) -> str:
        written = word[0].translate(table)
        return upper(written, language) if len(word[0]) > 1 and word[0].isupper() else written

    return _LETTERS.sub(rewritten, unicodedata.normalize("NFC", text))
