"""Folding, case, collation, transliteration and stemming for Azerbaijani, Turkish and Russian. Pure Python."""

from __future__ import annotations

from kitabxana.language.bridging import bridge, skeleton
from kitabxana.language.casing import lower, title, upper
from kitabxana.language.collation import letter_key, sort_key
from kitabxana.language.folding import fold, words
from kitabxana.language.keyboards import retyped
from kitabxana.language.scripts import is_rtl
from kitabxana.language.shelving import shelf_key
from kitabxana.language.stemming import stem, stems
from kitabxana.language.transliteration import transliterate

__all__ = [
    "bridge",
    "fold",
    "is_rtl",
    "letter_key",
    "lower",
    "retyped",
    "shelf_key",
    "skeleton",
    "sort_key",
    "stem",
    "stems",
    "title",
    "transliterate",
    "upper",
    "words",
]
