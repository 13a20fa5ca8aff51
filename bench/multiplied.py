"""A large catalogue for benches: the open records over and over, with other words drawn from their own frequency.

Each record is a real one in which about half of the words of titles, names and subjects are replaced by words drawn
from the same place of the whole corpus as often as they stand there; one word in two hundred is new, so that the
vocabulary grows with the catalogue as it does in life.
"""

from __future__ import annotations

import random
import sys
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.formats.marc import iter_records

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPORA = (
    ROOT / "src" / "kitabxana" / "cli" / "demo" / "records.mrc.zst",
    ROOT.parent / "shared" / "data" / "marc" / "bib.utf8.mrc.gz",
    ROOT.parent / "shared" / "data" / "marc" / "bib.nonutf8.mrc.gz",
)
LONGEST = 4000
REPLACED = 0.5
NEW = 0.005
PLACES = {
    **dict.fromkeys(("245", "246", "240", "490", "830"), "title"),
    **dict.fromkeys(("100", "700", "600"), "name"),
    **dict.fromkeys(("650", "651", "653", "655"), "subject"),
}
SYLLABLES = (
    "ba",
    "da",
    "qə",
    "ri",
    "lu",
    "mən",
    "sar",
    "tö",
    "xə",
    "yil",
    "zır",
    "nov",
    "ked",
    "gül",
    "ço",
    "fir",
    "həs",
    "ış",
)


class Words:
    """The words of a place with their frequencies, drawn by chance."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def add(self, text: str) -> None:
        for word in text.split():
            self.counts[word] = self.counts.get(word, 0) + 1

    def close(self) -> None:
        self.words = list(self.counts)
        self.weights = list(accumulate(self.counts.values()))

    def draw(self, chance: random.Random) -> str:
        if chance.random() < NEW:
            return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))
        return chance.choices(self.words, cum_weights=self.weights)[0]


def corpus() -> list[dict[str, Any]]:
    """The real bibliographic records of moderate length."""
    found = [
        parsed.marc
        for path in CORPORA
        for parsed in iter_records(path)
        if parsed.marc and len(parsed.data) < LONGEST and parsed.marc["leader"][6:7] != "z"
    ]
    return [marc for marc in found if any("245" in entry for entry in marc["fields"])]


def multiplied(wanted: int, *, seed: int = 1, sources: list[dict[str, Any]] | None = None) -> Iterator[dict[str, Any]]:
    """`wanted` records as MARC-in-JSON, the same ones for the same seed; control numbers are left out."""
    sources = sources or corpus()
    places = {name: Words() for name in ("title", "name", "subject")}
    for marc in sources:
        for tag, text in _texts(marc):
            places[PLACES[tag]].add(text)
    for words in places.values():
        words.close()
    chance = random.Random(seed)
    for _ in range(wanted):
        yield _varied(chance.choice(sources), places, chance)


def _texts(marc: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in marc["fields"]:
        for tag, field in entry.items():
            if tag in PLACES:
                yield from ((tag, text) for pair in field["subfields"] for code, text in pair.items() if code in "abt")


def _varied(marc: dict[str, Any], places: dict[str, Words], chance: random.Random) -> dict[str, Any]:
    fields: list[dict[str, Any]] = []
    for entry in marc["fields"]:
        tag, content = next(iter(entry.items()))
        if tag in ("001", "003"):
            continue
        if tag in PLACES:
            pairs = [
                {code: _replaced(text, places[PLACES[tag]], chance) if code in "abt" else text}
                for pair in content["subfields"]
                for code, text in pair.items()
            ]
            fields.append({tag: {**content, "subfields": pairs}})
        else:
            fields.append(entry)
    return {"leader": marc["leader"], "fields": fields}


def _replaced(text: str, words: Words, chance: random.Random) -> str:
    return " ".join(word if chance.random() > REPLACED else words.draw(chance) for word in text.split())
