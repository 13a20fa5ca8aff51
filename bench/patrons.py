"""Finding one reader among many, by everything a desk is given; against reading that reader by primary key.

Usage: bench/patrons.py [READERS] [SEARCHES]   (default 100,000 and 200 of each kind; needs ../shared/data)
Names are drawn as often as they occur among the authors and persons of the data; Azerbaijani surnames are formed from
given names, and every tenth surname is a rare one. Prints one JSON object; times are milliseconds of `patrons_page`,
from the text typed to the ten readers shown, with their cards and restrictions.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.formats.marc import iter_records
from kitabxana.language import transliterate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = ROOT.parent / "shared" / "data"
SYSTEMS, LIBRARIES = 60, 10
BATCH = 5000
Reader = tuple[str, str, str]


def authors() -> tuple[Counter[str], Counter[str]]:
    """(family names, given names) of the persons in MARC records, counted."""
    family: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for parsed in iter_records(DATA / "marc" / "bib.utf8.mrc.gz"):
        for field in parsed.marc["fields"] if parsed.marc else ():
            for tag, content in field.items():
                if tag not in ("100", "600", "700") or isinstance(content, str) or content["ind1"] != "1":
                    continue
                name = next((pair["a"] for pair in content["subfields"] if "a" in pair), "")
                last, _, rest = name.partition(",")
                first = rest.strip(" ,.").split(" ")[0]
                if len(first) > 2:
                    family[last.strip()[:40]] += 1
                    given[first[:40]] += 1
    return family, given


def persons() -> Counter[str]:
    """Proper names of the Turkish treebank, counted."""
    found: Counter[str] = Counter()
    with gzip.open(DATA / "lang" / "tr_imst-ud-train.conllu.gz", "rt", encoding="utf-8") as file:
        for line in file:
            cells = line.split("\t")
            if len(cells) > 3 and cells[3] == "PROPN" and cells[2].isalpha():
                found[cells[2]] += 1
    return found


def rare() -> list[str]:
    """Surnames that few bear: Azerbaijani words with a surname's ending."""
    words = (DATA / "lang" / "hunspell_az" / "az.dic").read_text(encoding="utf-8").split("\n")
    plain = [word.split("/")[0] for word in words]
    return [
        f"{word.capitalize()}{end}" for word in plain if 4 < len(word) < 10 for end in ("lı", "zadə") if word.isalpha()
    ]


def names(chance: random.Random) -> Iterator[Reader]:
    from kitabxana.cli.demo.nation import MEN, SURNAMES, WOMEN

    family, given = authors()
    people = persons()
    firsts = Counter(dict.fromkeys((*MEN, *WOMEN), 400)) + given + people
    lasts = Counter(dict.fromkeys(SURNAMES, 400)) + family + people
    for name in (*MEN, *people):
        lasts.update({name + end: 40 for end in ("ov", "yev", "zadə", "lı")})
    tail = rare()
    columns = [(list(counted), list(counted.values())) for counted in (lasts, firsts, Counter(MEN))]
    while True:
        drawn = [chance.choices(*column, k=BATCH) for column in columns]
        for last, first, father in zip(*drawn, strict=True):
            woman = chance.random() < 0.5
            surname = chance.choice(tail) if chance.random() < 0.1 else last
            surname += "a" if woman and surname.endswith(("ov", "yev")) else ""
            yield surname[:60], first, f"{father} {'qızı' if woman else 'oğlu'}"


def fill(wanted: int, chance: random.Random) -> tuple[list[Reader], float]:
    """Store the readers; returns them by number, and how many a second were made findable."""
    from django.db import connection, transaction

    from kitabxana.base.bulk import copy_rows
    from kitabxana.organisation.queries import tree
    from kitabxana.patrons.operations.names import index_names
    from kitabxana.patrons.rules import search_key

    libraries = [unit.id for unit in tree().libraries()]
    today, ends = date(2026, 11, 23), datetime.now(UTC).date() + timedelta(days=365)
    made: list[Reader] = []
    source = names(chance)
    indexing = 0.0
    columns = ("id", "home_unit_id", "category_id", "surname", "firstname", "middle_name", "search_key", "birth_date",
               "email", "phone", "phone_key", "address", "city", "postcode", "language", "contact_by", "history",
               "staff_note", "public_note", "enrolled_on", "expires_on", "created_at", "changed_at")  # fmt: skip
    for start in range(0, wanted, BATCH):
        ids = range(start + 1, min(start + BATCH, wanted) + 1)
        people = [next(source) for _ in ids]
        made += people
        born = [date(1940, 1, 1) + timedelta(days=chance.randrange(29_000)) for _ in ids]
        with transaction.atomic():
            copy_rows("patrons_patron", columns, (
                (number, libraries[number % len(libraries)], "ADULT", *name, search_key(*name), day,
                 f"oxucu{number}@example.az", f"+994 50 {number:07d}", f"50{number:07d}", "", "", "", "az", "[]",
                 "default", "", "", today, ends, "2026-11-23T00:00Z", "2026-11-23T00:00Z")
                for number, name, day in zip(ids, people, born, strict=True)
            ))  # fmt: skip
            copy_rows("patrons_card", ("number", "patron_id", "state", "issued_at"),
                      ((f"B{number:08d}", number, "valid", "2026-11-23T00:00Z") for number in ids))  # fmt: skip
            began = time.perf_counter()
            index_names(ids)
            indexing += time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return made, wanted / indexing


def slip(text: str, chance: random.Random) -> str:
    """One letter of the surname left out, doubled, exchanged or swapped with its neighbour."""
    at = chance.randrange(1, max(2, len(text.split(maxsplit=1)[0]) - 1))
    way = chance.randrange(4)
    if way == 0:
        return text[:at] + text[at + 1 :]
    if way == 1:
        return text[:at] + text[at] + text[at:]
    if way == 2:
        return text[:at] + chance.choice("abdeiklmnrstu") + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def kinds(chance: random.Random) -> dict[str, Callable[[int, Reader], str]]:
    return {
        "name as written": lambda _, name: f"{name[0]} {name[1]}",
        "whole name": lambda _, name: " ".join(name),
        "plain keyboard": lambda _, name: f"{name[0]} {name[1]}".translate(
            str.maketrans("əğıöüçşƏİ", "egioucsEI")
        ).lower(),
        "other script": lambda _, name: transliterate(f"{name[0]} {name[1]}", "az-Latn", "az-Cyrl"),
        "a slip": lambda _, name: slip(f"{name[0]} {name[1]}", chance),
        "surname alone": lambda _, name: name[0],
        "first name alone": lambda _, name: name[1],
        "surname and initial": lambda _, name: f"{name[0]} {name[1][0]}",
        "beginnings": lambda _, name: f"{name[0][:4]} {name[1][:3]}",
        "card": lambda number, _: f"B{number:08d}",
        "telephone": lambda number, _: f"050 {number:07d}",
        "e-mail": lambda number, _: f"oxucu{number}@example.az",
    }


def measure(readers: list[Reader], searches: int, chance: random.Random) -> dict[str, Any]:
    from kitabxana.organisation.queries import tree
    from kitabxana.patrons.queries import patrons_by_id, patrons_page
    from kitabxana.patrons.queries.finding import find, units_in

    by_library = list(tree().libraries())
    found: dict[str, Any] = {}
    every: list[float] = []
    for scope in ("nation", "system"):
        for kind, typed in kinds(chance).items():
            times, met, first_ten = [], 0, 0
            for number in chance.sample(range(1, len(readers) + 1), searches):
                scopes = ("",) if scope == "nation" else (by_library[number % len(by_library)].path,)
                text = typed(number, readers[number - 1])
                began = time.perf_counter()
                _, page = patrons_page(scopes=scopes, offset=0, limit=10, text=text)
                times.append((time.perf_counter() - began) * 1000)
                first_ten += number in {facts.id for facts in page}
                met += number in find(text, units=units_in(scopes))
            every += times
            found[f"{scope}: {kind}"] = {
                "p50": round(statistics.median(times), 1),
                "p95": round(statistics.quantiles(times, n=20)[18], 1),
                "most": round(max(times), 1),
                "found": round(met / searches, 3),
                "in_first_ten": round(first_ten / searches, 3),
            }
    plain = []
    for number in chance.sample(range(1, len(readers) + 1), 500):
        began = time.perf_counter()
        patrons_by_id([number])
        plain.append((time.perf_counter() - began) * 1000)
    p95, yardstick = statistics.quantiles(every, n=20)[18], statistics.median(plain)
    return {
        "p50_ms": round(statistics.median(every), 1),
        "p95_ms": round(p95, 1),
        "read_by_key_p50_ms": round(yardstick, 2),
        "ratio_p95_to_read_by_key": round(p95 / yardstick, 1),
        "kinds": found,
    }


def sizes() -> dict[str, int]:
    from django.db import connection

    tables = ("patrons_patron", "patrons_card", "patrons_nameword", "patrons_nametrace", "patrons_namelink")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(name::regclass) / 1048576 FROM unnest(%s::text[]) AS name",
            [list(tables)],
        )
        megabytes = {f"{name}_mb": int(size) for name, size in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM patrons_nameword")
        return megabytes | {"words": cursor.fetchone()[0]}


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    searches = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        os.environ["KITABXANA_DATA_DIR"] = home
        from kitabxana.cli.environment import connect

        connect()
        from kitabxana.base.actor import SYSTEM
        from kitabxana.cli.install import install
        from kitabxana.organisation.operations import add_unit

        install()
        for system in range(SYSTEMS):
            add_unit(code=f"M{system}", kind="system", parent="AZ", names={}, by=SYSTEM)
            for library in range(LIBRARIES):
                add_unit(code=f"M{system}-{library}", kind="library", parent=f"M{system}", names={}, by=SYSTEM)
        readers, rate = fill(wanted, chance)
        figures = {"bench": "patrons", "readers": wanted, "searches_of_each_kind": searches}
        figures |= {"made_findable_a_second": round(rate)} | sizes() | measure(readers, searches, chance)
        print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
