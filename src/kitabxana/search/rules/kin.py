"""The keys by which a word meets its relatives: other spellings, other scripts, other forms.

A key is one letter for its layer, then what the layer makes of the word. Index and query make them here, so both
sides always agree; only the weights of the layers are a matter of ranking (`LAYERS`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import Stemmer

from kitabxana.language import bridge, fold, lower, skeleton, stem, transliterate

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYERS: dict[str, float] = {
    "exact": 0.3,
    "folded": 1.0,
    "transliterated": 0.6,
    "bridged": 0.4,
    "stemmed": 0.3,
    "skeleton": 0.1,
    "fuzzy": 0.1,
    "prior": 1.0,
}
"""How much a match weighs in each layer, beside 1 for the folded word; 0 leaves the layer out.

"exact" and "prior" (popularity) only raise what another layer has found. The folded word itself stands in the index's
own text fields; every other layer but "fuzzy" is one of `_LETTER`.
"""

_LETTER: Final = {"exact": "x", "transliterated": "t", "bridged": "b", "stemmed": "s", "skeleton": "k"}
_OTHER_SCRIPT: Final = "n"
"""Letter of the skeletons of words that are not in Arabic script: what a query in Arabic script looks for."""

_SNOWBALL: Final = {"rus": "russian", "eng": "english"}
_SHORTEST_SKELETON: Final = 3
_SHORTEST_STEMMED: Final = 3
WRITTEN_WORD: Final = re.compile(r"[^\W_]+(?:['’ʼʹ\u0300-\u036f\u064b-\u065f]+[^\W_]*)*")
_CYRILLIC: Final = re.compile("[Ѐ-ӿ]")
_ARABIC: Final = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")
YANALIF: Final = re.compile("[ƣƢƶƵƅƄɵƟꞑꞐ]|[a-zəşç]ь|ь[a-zəşç]")
"""Letters that only the Latin alphabet of 1922–1939 has; a soft sign among Latin letters is its ı."""

BAKU_1926: Final = "az-Latn-baku1926"
_DOTTED: Final = frozenset({"aze", "tur", "", BAKU_1926})


@cache
def _snowball(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)


def _stem_keys(word: str, folded: str, language: str) -> Iterator[str]:
    """The stems of a word of a record in `language` (MARC code). Azerbaijani and Turkish stems meet on one key."""
    if len(folded) < _SHORTEST_STEMMED or not folded.isalpha():
        return
    if language in _SNOWBALL:
        yield _snowball(_SNOWBALL[language]).stemWord(folded)
    else:
        yield bridge(stem(word, "tr" if language in ("tur", "ota") else "az"))


def _romanized(word: str, language: str) -> Iterator[str]:
    """How a word in another alphabet is typed in Latin letters."""
    if language == BAKU_1926:
        yield fold(transliterate(word, BAKU_1926, "az-Latn"))
    elif _CYRILLIC.search(word):
        if language != "rus":
            yield fold(transliterate(word, "az-Cyrl", "az-Latn"))
        yield fold(transliterate(word, "ru-Cyrl", "ru-Latn"))


@lru_cache(maxsize=1 << 17)
def index_keys(word: str, language: str) -> tuple[str, ...]:
    """The keys of a word of a title, name or subject in a record in `language`.

    `word` is as written; `language` a MARC code, "" where unknown, or BAKU_1926 for text in that alphabet.
    """
    folded = fold(word)
    keys = ["x" + lower(word, "az" if language in _DOTTED else "en"), "b" + bridge(folded)]
    keys += ["s" + key for key in _stem_keys(word, folded, language)]
    if not folded.isascii() or language == BAKU_1926:
        keys += ["t" + key for key in _romanized(word, language)]
    if language != "eng" and len(consonants := skeleton(folded)) >= _SHORTEST_SKELETON:
        keys.append(("k" if _ARABIC.search(word) else _OTHER_SCRIPT) + consonants)
    return tuple(keys)


@lru_cache(maxsize=1 << 12)
def query_keys(word: str, written: str = "") -> tuple[tuple[str, str], ...]:
    """(layer, key) pairs by which a query's folded `word`, typed as `written`, meets its relatives."""
    written = written or word
    found = [("bridged", "b" + bridge(written))]
    found += [("exact", "x" + form) for form in {lower(written, "az"), written.lower()}]
    cyrillic, arabic = bool(_CYRILLIC.search(written)), bool(_ARABIC.search(written))
    languages = ("aze", "rus") if cyrillic else () if arabic else ("aze", "tur", "eng")
    stems = {key for language in languages for key in _stem_keys(written, word, language)}
    found += [("stemmed", "s" + key) for key in sorted(stems)]
    found += [("transliterated", "t" + key) for key in sorted({word, *_romanized(written, "")})]
    consonants = skeleton(written)
    if len(consonants) >= _SHORTEST_SKELETON:
        found.append(("skeleton", (_OTHER_SCRIPT if arabic else "k") + consonants))
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def romanized_words(word: str, written: str = "") -> tuple[str, ...]:
    """The folded Latin words that a word typed in Cyrillic stands for; none for any other."""
    return tuple(dict.fromkeys(_romanized(written or word, "")))
