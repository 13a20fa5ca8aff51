"""A large catalogue for benches: the open records over and over, with other words drawn from their own frequency.

Each record is a real one in which about half of the words of titles, names and subjects are replaced by words drawn
from the same place of the whole corpus as often as they stand there; one word in two hundred is new, so that the
vocabulary grows with the catalogue as it does in life.
"""

from __future__ import annotations

import functools
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


def multiplied_documents(wanted: int, *, seed: int = 1, first: int = 1) -> Iterator[str]:
    """`wanted` index documents as JSON, ids from `first` on: as `multiplied`, the words put into finished documents.

    Quicker than by way of MARC, for indexes of many millions; what is in no title, name or subject stays as it is.
    """
    from kitabxana.catalogue.rules import derive
    from kitabxana.search.facts import Held
    from kitabxana.search.rules import document, encoded_head

    sources = corpus()
    bases = []
    places = {name: Words() for name in ("title", "name", "subject")}
    for marc in sources:
        made = document(record_id=0, marc=marc, derived=derive(marc), held=Held())
        bases.append(_Base(marc, dict(made.values)))
        for tag, text in _texts(marc):
            places[PLACES[tag]].add(text)
    for words in places.values():
        words.close()
    chance = random.Random(seed)
    systems = [f"M{number:02d}" for number in range(75)]
    for record_id in range(first, first + wanted):
        copies = min(40, 1 + int(chance.expovariate(0.4)))
        units = dict.fromkeys(
            code
            for system in (chance.choice(systems) for _ in range(copies))
            for code in (f"{system}-{chance.randrange(38)}", system, "AZ")
        )
        held = Held(tuple(units), (f"821.{chance.randrange(1000)}",), f"821.{chance.randrange(1000)}",
                    min(9, copies.bit_length()), 20_200_101 + chance.randrange(28))  # fmt: skip
        yield encoded_head(record_id, held) + chance.choice(bases).varied(places, chance)


class _Base:
    """A finished document whose titles, names and subjects are put in anew."""

    def __init__(self, marc: dict[str, Any], values: dict[str, Any]) -> None:
        self.values = values
        self.language = next(iter(values["language"]), "")
        self.texts: dict[str, list[str]] = {"title": [], "name": [], "subject": []}
        for tag, text in _texts(marc):
            self.texts[PLACES[tag]].append(text)
        heads = {word for name in ("title", "author", "subject") for word in values.get(name, "").split()}
        self.rest = " ".join(word for word in values.get("all", "").split() if word not in heads)
        self.marc = " ".join(token for token in values["marc"].split() if token[:3] not in PLACES)

    def varied(self, places: dict[str, Words], chance: random.Random) -> str:
        import orjson

        from kitabxana.search.rules.documents import few_of

        values = dict(self.values)
        found = {name: [_replaced(text, places[name], chance) for text in self.texts[name]] for name in self.texts}
        whole = [self.rest]
        marc = [self.marc]
        for name, field, tag in (
            ("title", "title", "245a="),
            ("name", "author", "100a="),
            ("subject", "subject", "650a="),
        ):
            written = " ".join(found[name]).split()
            known = [_keys(word, self.language) for word in written]
            values[field] = " ".join([plain for plain, _ in known])
            values[f"{field}_kin"] = " ".join({key for _, keys in known for key in keys})
            whole.append(values[field])
            marc.append(tag + f" {tag}".join([plain for plain, _ in known]))
        values["all"], values["marc"] = " ".join(whole), " ".join(marc)
        values["author_facet"] = [text[:120] for text in found["name"][:3]]
        values["subject_facet"] = [text[:120] for text in found["subject"][:6]]
        title = (found["title"] or [""])[0][:100]
        values["title_key"] = title.lower()[:40]
        values["suggest"] = [
            " ".join(_keys(word, "")[0] for word in text.split()) + f"\x1f{kind}{text}"
            for kind, texts in (("t", [title]), ("a", values["author_facet"]), ("s", values["subject_facet"]))
            for text in texts
            if text.strip()
        ]
        values["suggest_few"] = few_of(values)
        return "," + orjson.dumps(values).decode()[1:]


@functools.lru_cache(maxsize=1 << 18)
def _keys(word: str, language: str) -> tuple[str, tuple[str, ...]]:
    from kitabxana.language import words
    from kitabxana.search.rules.kin import WRITTEN_WORD, index_keys

    keys = tuple(key for part in WRITTEN_WORD.findall(word) for key in index_keys(part, language))
    return " ".join(words(word)), keys
