"""How long a typical record takes in the language engine, in microseconds: cold (words never seen) and warm.

Records are the text of title, author, subject and publisher fields, drawn word by word from the open word lists with
the length of a real record; "cold" records share no words with those before. Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.language import bridge, fold, skeleton, sort_key, stems, transliterate, words

LANG = ROOT.parent / "shared" / "data" / "lang"
RECORD = (
    "Xəmsə : seçilmiş əsərləri / Nizami Gəncəvi ; tərcümə edən Səməd Vurğun. Bakı : Azərnəşr, 1981. "
    "Azərbaycan ədəbiyyatı tarixi. Poeziyası."
)
RECORDS = 2_000
ROUNDS = 5


def microseconds(work: Callable[[str], object], records: list[str]) -> float:
    start = time.perf_counter()
    for record in records:
        work(record)
    return round((time.perf_counter() - start) / len(records) * 1e6, 1)


def invented(count: int) -> list[str]:
    """Records as long as RECORD, their words drawn by a fixed seed: rare ones and common ones alike."""
    vocabulary = [line.strip() for line in (LANG / "azelexicon_words.txt").read_text("utf-8").splitlines()]
    vocabulary = [word for word in vocabulary if word.isalpha()]
    chance = random.Random(1981)
    return [" ".join(chance.choices(vocabulary, k=len(words(RECORD)))) for _ in range(count)]


def main() -> None:
    cold = invented(RECORDS)
    warm = [RECORD] * RECORDS
    works: dict[str, Callable[[str], object]] = {
        "fold": fold,
        "words": words,
        "stems": lambda text: stems(text, "az"),
        "fold_and_stems": lambda text: (fold(text), stems(text, "az")),
        "bridge": lambda text: [bridge(word) for word in words(text)],
        "skeleton": skeleton,
        "sort_key": lambda text: sort_key(text, "az"),
        "to_cyrillic": lambda text: transliterate(text, "az-Latn", "az-Cyrl"),
    }
    result: dict[str, object] = {"bench": "language", "record_characters": len(RECORD), "words": len(words(RECORD))}
    # Every third of the invented records is left to one work, so that each meets its words for the first time.
    result["cold_us"] = {name: microseconds(work, invented(RECORDS)) for name, work in works.items()} and {
        name: microseconds(work, cold) for name, work in works.items()
    }
    result["warm_us"] = {name: min(microseconds(work, warm) for _ in range(ROUNDS)) for name, work in works.items()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
