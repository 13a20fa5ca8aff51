"""Folding, case, collation, transliteration and stemming for Azerbaijani, Turkish and Russian. Pure Python."""

from __future__ import annotations

from kitabxana.language.casing import lower, title, upper
from kitabxana.language.collation import sort_key
from kitabxana.language.folding import fold, words
from kitabxana.language.scripts import is_rtl
from kitabxana.language.shelving import shelf_key
from kitabxana.language.stemming import stem

__all__ = ["fold", "is_rtl", "lower", "shelf_key", "sort_key", "stem", "title", "upper", "words"]
