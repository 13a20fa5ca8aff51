"""Is this the same book? Pure: records as traits, keys on which they meet, a score that explains itself."""

from __future__ import annotations

from kitabxana.catalogue.matching.comparing import HOUSE, compare, differs
from kitabxana.catalogue.matching.facts import Candidate, Match, Point, Traits, Weights
from kitabxana.catalogue.matching.keys import asked_keys, match_keys
from kitabxana.catalogue.matching.packing import packed, unpacked
from kitabxana.catalogue.matching.reading import traits_of

__all__ = [
    "HOUSE",
    "Candidate",
    "Match",
    "Point",
    "Traits",
    "Weights",
    "asked_keys",
    "compare",
    "differs",
    "match_keys",
    "packed",
    "traits_of",
    "unpacked",
]
