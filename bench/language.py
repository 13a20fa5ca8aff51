"""How long a typical record takes in the language engine, in microseconds of processor time, cold and warm.

"warm" is one record's title, author, imprint and subject again and again; "cold" are records of as many words, drawn
from a word list so that no word comes twice, which no catalogue does. Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.language import bridge, fold, skeleton, sort_key, stems, transliterate, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LANG = ROOT.parent / "shared" / "data" / "lang"
RECORD = (
    "Xəmsə : seçilmiş əsərləri / Nizami Gəncəvi ; tərcümə edən Səməd Vurğun. Bakı : Azərnəşr, 1981. "
    "Azərbaycan ədəbiyyatı tarixi. Poeziyası."
)
RECORDS = 450
ROUNDS = 5


def microseconds(work: Callable[[str], object], records: list[str]) -> float:
    start = time.process_time()
    for record in records:
        work(record)
    return round((time.process_time() - start) / len(records) * 1e6, 1)


def invented() -> Iterator[list[str]]:
    """Lists of records, each list of words of its own."""
    vocabulary = [line.strip() for line in (LANG / "azelexicon_words.txt").read_text("utf-8").splitlines()]
    vocabulary = [word for word in vocabulary if word.isalpha()]
    random.Random(1981).shuffle(vocabulary)
    size = len(words(RECORD))
    records = [" ".join(vocabulary[start : start + size]) for start in range(0, len(vocabulary), size)]
    for start in range(0, len(records), RECORDS):
        yield records[start : start + RECORDS]


def main() -> None:
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
    for work in works.values():
        work(RECORD)  # tables are built at first use
    cold = zip(works.items(), invented(), strict=False)
    result["cold_us"] = {name: microseconds(work, records) for (name, work), records in cold}
    result["warm_us"] = {name: min(microseconds(work, warm) for _ in range(ROUNDS)) for name, work in works.items()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
