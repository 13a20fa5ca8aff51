"""Our stemmers and their rivals on UniMorph: how many inflected forms meet their lemma, how many lemmas collide.

A form meets its lemma when the stems of the lemma's words are all among the stems of the form's words (Turkish question
forms carry a particle of their own). A lemma collides when its stem is another, unrelated lemma's; lemmas are related
when one root begins the other ("gelmek", "gelinmek"). Lemmas are halved by a checksum: `tune` is what the suffix tables
were mended on, `held_out` was only measured. Rivals are measured when they can be imported. Prints one JSON object.
"""

from __future__ import annotations

import gzip
import importlib
import json
import random
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.language import fold, stem  # noqa: E402

LANG = ROOT.parent / "shared" / "data" / "lang"
Stemmer = Callable[[str], str]
Pair = tuple[str, str, str]


def pairs(language: str) -> list[Pair]:
    """(part of speech, lemma, form) of a language's table; the three mislabelled az lemmas count as the nouns they are."""
    if language == "az":
        rows = [line.split("\t") for line in (LANG / "unimorph_aze.tsv").read_text("utf-8").splitlines() if line.strip()]
        return [("V" if tags.startswith("V") else "N", lemma, form) for lemma, form, tags in rows]
    name = "unimorph_tur_sigmorphon2023.tsv"
    rows = [line.split("\t") for line in (LANG / name).read_text("utf-8").splitlines() if line.strip()]
    return [(tags[0], lemma, form) for lemma, tags, form in rows]


def half(lemma: str) -> str:
    return "tune" if zlib.crc32(lemma.encode()) % 2 else "held_out"


def stems(text: str, stemmer: Stemmer) -> list[str]:
    return [stemmer(word) for word in text.replace("-", " ").split()]


def recall(table: Iterable[Pair], stemmer: Stemmer) -> dict[str, float]:
    met: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part, lemma, form in table:
        hit = set(stems(lemma, stemmer)) <= set(stems(form, stemmer))
        for key in (part, f"{part} {half(lemma)}"):
            met[key][0] += hit
            met[key][1] += 1
    return {key: round(hits / total, 4) for key, (hits, total) in sorted(met.items())}


def related(first: str, second: str) -> bool:
    """Whether one root begins the other: derivations of one word ("almak", "aldırtmak") are no false friends."""
    first, second = (fold(word).removesuffix("mak").removesuffix("mek").removesuffix("maq") for word in (first, second))
    return first.startswith(second) or second.startswith(first)


def collisions(lemmas: Iterable[str], stemmer: Stemmer) -> tuple[float, list[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    total = 0
    for lemma in set(lemmas):
        groups[" ".join(stems(lemma, stemmer))].add(lemma)
        total += 1
    clashing = [
        sorted(word for word in group if any(other != word and not related(word, other) for other in group))
        for group in groups.values()
    ]
    return round(sum(map(len, clashing)) / total, 4), sorted("/".join(group) for group in clashing if group)
