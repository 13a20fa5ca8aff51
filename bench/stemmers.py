"""Our stemmers and their rivals on UniMorph: how many inflected forms meet their lemma, how many lemmas collide.

A form meets its lemma when the stems of the lemma's words are all among the stems of the form's words (Turkish
question forms carry a particle of their own). A lemma collides when its stem is another lemma's. Lemmas are halved by
a checksum: `tune` is what the suffix tables were mended on, `held_out` was only measured. Rivals are measured when
they can be imported. Prints one JSON object.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.language import fold, lower, stem

LANG = ROOT.parent / "shared" / "data" / "lang"
Stemmer = Callable[[str], str]
Pair = tuple[str, str, str]
TURKISH_LETTERS = str.maketrans("əqx", "ekh")
INFINITIVE = re.compile(r"ma[kq]$|mek$")


def pairs(language: str) -> list[Pair]:
    """(part of speech, lemma, form) of a language's table; three az lemmas without a label are the nouns they are."""
    if language == "az":
        rows = [
            line.split("\t") for line in (LANG / "unimorph_aze.tsv").read_text("utf-8").splitlines() if line.strip()
        ]
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
    """Whether one is the other's root with a derivational suffix ("almak", "aldırtmak"): no false friends, these.

    A lone vowel is no such suffix: "dolmak" and "dolamak" are two verbs.
    """
    short, long = sorted((INFINITIVE.sub("", word.lower()) for word in (first, second)), key=len)
    rest = long.removeprefix(short)
    return long.startswith(short) and (not rest or not set(rest) <= set("aeıioöuüə"))


def collisions(lemmas: Iterable[str], stemmer: Stemmer) -> dict[str, object]:
    """Shares of lemmas whose stem is another lemma's: of any, and of an unrelated one; and these groups."""
    groups: dict[str, set[str]] = defaultdict(set)
    distinct = set(lemmas)
    for lemma in distinct:
        groups[" ".join(stems(lemma, stemmer))].add(lemma)
    sharing = [sorted(group) for group in groups.values() if len(group) > 1]
    strangers = [
        [word for word in group if any(other != word and not related(word, other) for other in group)]
        for group in sharing
    ]
    return {
        "any": round(sum(map(len, sharing)) / len(distinct), 4),
        "unrelated": round(sum(map(len, strangers)) / len(distinct), 4),
        "groups": sorted("/".join(group) for group in sharing),
    }


def rivals(language: str) -> dict[str, Stemmer]:
    """The other stemmers of a language that are installed here; the issue's Turkish one is tried on both languages."""
    found: dict[str, Stemmer] = {}
    with contextlib.suppress(ImportError):
        snowball = importlib.import_module("snowballstemmer").stemmer("turkish")
        # It knows no ə, q, x: Azerbaijani is spelled for it as Turkish would.
        found["snowball (tr)"] = lambda word: str(snowball.stemWord(lower(word, language).translate(TURKISH_LETTERS)))
    if language == "tr":
        with contextlib.suppress(ImportError):
            turkish = importlib.import_module("TurkishStemmer").TurkishStemmer()
            found["TurkishStemmer"] = lambda word: str(turkish.stem(lower(word, "tr")))
    else:
        with contextlib.suppress(ImportError):
            azerbaijani = importlib.import_module("azstemmer").AzStemmer(keyboard="az")
            found["azstemmer"] = lambda word: str(azerbaijani.stem(lower(word, "az")))
    return found


def measure(language: str, stemmer: Stemmer) -> dict[str, object]:
    table = pairs(language)
    start = time.perf_counter()
    met = recall(table, stemmer)
    seconds = time.perf_counter() - start
    return {
        "recall": met,
        "collisions": collisions((lemma for _, lemma, _ in table), stemmer),
        "microseconds_per_word": round(seconds / len(table) / 2 * 1e6, 1),
    }


def ours(language: str) -> Stemmer:
    return lambda word: stem(word, language)


def ours_typed_plainly(language: str) -> Stemmer:
    """As a reader types who has no ə, ğ, ı, ö, ş, ü on the keyboard."""
    return lambda word: stem(fold(word), language)


def main() -> None:
    result: dict[str, object] = {"bench": "stemmers"}
    for language in ("az", "tr"):
        stemmers = {"kitabxana": ours(language), **rivals(language)}
        result[language] = {name: measure(language, stemmer) for name, stemmer in stemmers.items()}
        result[f"{language} typed without diacritics"] = {
            "kitabxana": recall(pairs(language), ours_typed_plainly(language)),
        }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
