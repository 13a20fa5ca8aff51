"""How good the first page is: nDCG@10, success@1 and @10 and MRR of judged queries, asked as readers' pages ask them.

Usage: bench/relevance.py [--set demo|tul] [--part dev|held-out] [--ablate] [--misses]
Prints one JSON object. "demo" is bench/relevance/queries.tsv over the demonstration's records (see the README there);
"tul" are a library's own judgements over its own records, and needs ../shared/data. A gain is 2^grade-1, discounted by
log2(rank+1); success and MRR look for a record of the best grade that the query has, MRR on the first page of 20.
`--ablate` measures again with each layer of the ranking switched off in turn; `--misses` tells the queries whose best
record is not among the first 10.
"""

from __future__ import annotations

import argparse
import atexit
import csv
import importlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
QUERIES = ROOT / "bench" / "relevance" / "queries.tsv"
DEMO = ROOT / "src" / "kitabxana" / "cli" / "demo" / "records.mrc.zst"
TUL = ROOT.parent / "shared" / "data" / "ir" / "tul_relevance"
GRADES = {"wanted": 3, "right": 2, "near": 1}
LAYERS = "kitabxana.search.rules.kin"
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Query:
    """`judged` maps a record's key to its grade, 3 wanted, 2 right, 1 near; what is not in it is 0."""

    id: str
    part: str
    kind: str
    language: str
    text: str
    judged: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    query: Query
    keys: Sequence[str]
    titles: Sequence[str]
    milliseconds: float


def read_queries(path: Path = QUERIES) -> list[Query]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Query(
                id=row["id"],
                part=row["part"],
                kind=row["kind"],
                language=row["language"],
                text=row["text"],
                judged={key: grade for name, grade in GRADES.items() for key in row[name].split()},
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def read_tul(path: Path = TUL / "judgments.jsonl") -> list[Query]:
    """Those with a judged record in the collection; the judges gave no grades, so all are wanted."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Query(f"t{number:02d}", "all", "tul", "en", line["query"], dict.fromkeys(line["relevant_available"], 3))
        for number, line in enumerate(lines, 1)
        if line["relevant_available"]
    ]


def key_of(marc: dict[str, Any]) -> str:
    """003 and 001, by which the query file names records; a record without 003 begins with the colon."""
    from kitabxana.formats.marc import control

    return f"{control(marc, '003')}:{control(marc, '001')}"


def number_of(marc: dict[str, Any]) -> str:
    from kitabxana.formats.marc import control

    return control(marc, "001")


def gain(grades: Iterable[int]) -> float:
    """Discounted cumulative gain of the first ten."""
    first = zip(range(1, DEPTH + 1), grades, strict=False)
    return sum(((1 << grade) - 1) / math.log2(rank + 1) for rank, grade in first)


def ndcg(keys: Sequence[str], judged: Mapping[str, int]) -> float:
    return gain(judged.get(key, 0) for key in keys) / gain(sorted(judged.values(), reverse=True))


def first_best(keys: Sequence[str], judged: Mapping[str, int]) -> int:
    """The rank of the first record of the query's best grade, 0 when there is none."""
    best = max(judged.values())
    return next((rank for rank, key in enumerate(keys, 1) if judged.get(key) == best), 0)


def measures(results: Sequence[Result]) -> dict[str, float]:
    ranks = [first_best(result.keys, result.query.judged) for result in results]
    values = {
        "ndcg_at_10": sum(ndcg(result.keys, result.query.judged) for result in results),
        "success_at_1": sum(rank == 1 for rank in ranks),
        "success_at_10": sum(0 < rank <= DEPTH for rank in ranks),
        "mrr": sum(1 / rank for rank in ranks if rank),
    }
    return {"queries": len(results), **{name: round(value / len(results), 4) for name, value in values.items()}}


def grouped(results: Sequence[Result], name: Callable[[Query], str]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[name(result.query)].append(result)
    return {group: measures(members) for group, members in groups.items()}


def report(results: Sequence[Result]) -> dict[str, Any]:
    times = sorted(result.milliseconds for result in results)
    return {
        "whole": measures(results),
        "by_part": grouped(results, lambda query: query.part),
        "by_kind": grouped(results, lambda query: query.kind),
        "by_kind_and_part": grouped(results, lambda query: f"{query.kind} {query.part}"),
        "by_language": grouped(results, lambda query: query.language),
        "p50_ms": round(times[len(times) // 2], 2),
        "p95_ms": round(times[len(times) * 95 // 100], 2),
    }


def a_home() -> Path:
    """A directory that goes at this process's end: after the database in it, for what is registered first goes last."""
    home = tempfile.TemporaryDirectory(prefix="kitabxana-bench-")
    atexit.register(home.cleanup)
    return Path(home.name)


def build(records: Path, home: Path) -> None:
    """A catalogue of these records alone, by the commands an operator uses; joined by this process."""
    sys.path.insert(0, str(ROOT / "src"))
    for name in [name for name in os.environ if name.startswith(("KITABXANA_", "DJANGO_"))]:
        del os.environ[name]  # no configured database may be filled with these records
    os.environ.update(KITABXANA_DATA_DIR=str(home / "data"), PYTHONPATH=str(ROOT / "src"))
    run = [sys.executable, "-c", "from kitabxana.cli import main\nif __name__ == '__main__':\n    main()"]
    for command in (["init"], ["import", "marc", str(records)]):
        subprocess.run([*run, *command, "--json"], check=True, stdout=subprocess.DEVNULL)
    from kitabxana.cli.environment import prepare

    prepare()
    from kitabxana.search.queries import status

    assert status().in_step, status()


def catalogue(key: Callable[[dict[str, Any]], str]) -> dict[int, tuple[str, str]]:
    """(key, title) of every record by its id."""
    from kitabxana.catalogue.queries import each_record

    return {
        record.id: (key(record.marc), record.brief.get("title", ""))
        for batch in each_record(batch=1000)
        for record in batch
    }


def ask(queries: Sequence[Query], known: Mapping[int, tuple[str, str]]) -> list[Result]:
    from kitabxana.fronts.opac.asked import Asked
    from kitabxana.search.queries import find

    results = []
    for query in queries:
        started = time.perf_counter()
        hits = find(Asked(text=query.text).request()).hits
        spent = (time.perf_counter() - started) * 1000
        found = [known[hit.record_id] for hit in hits]
        results.append(Result(query, [key for key, _ in found], [title for _, title in found], spent))
    return results


def layers() -> MutableMapping[str, float]:
    """The ranking's layers and their weights, the very mapping it weighs with; empty where it has none."""
    try:
        found: MutableMapping[str, float] = importlib.import_module(LAYERS).LAYERS
    except ModuleNotFoundError as missing:
        if missing.name != LAYERS:
            raise
        return {}
    return found


@contextmanager
def without(layer: str, weights: MutableMapping[str, float]) -> Iterator[None]:
    """While it lasts the layer weighs nothing."""
    kept = weights[layer]
    weights[layer] = 0
    try:
        yield
    finally:
        weights[layer] = kept


def ablated(queries: Sequence[Query], known: Mapping[int, tuple[str, str]]) -> dict[str, Any]:
    weights, found = layers(), {}
    for layer in list(weights):
        with without(layer, weights):
            results = ask(queries, known)
        kinds = {kind: values["ndcg_at_10"] for kind, values in grouped(results, lambda query: query.kind).items()}
        found[layer] = {"whole": measures(results), "ndcg_at_10_by_kind": kinds}
    return found


def misses(results: Iterable[Result]) -> list[dict[str, Any]]:
    return [
        {"id": result.query.id, "kind": result.query.kind, "text": result.query.text, "first": list(result.titles[:3])}
        for result in results
        if not 0 < first_best(result.keys, result.query.judged) <= DEPTH
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("demo", "tul"), default="demo")
    parser.add_argument("--part", choices=("dev", "held-out"))
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    tul = options.set == "tul"
    if tul and not TUL.is_dir():
        parser.error(f"there is no {TUL}")
    queries = read_tul() if tul else read_queries()
    queries = [query for query in queries if options.part in (None, query.part)]
    if not queries:
        parser.error(f"the set {options.set} has no part {options.part}")
    build(TUL / "collection.marcxml.xml.gz" if tul else DEMO, a_home())
    known = catalogue(number_of if tul else key_of)
    ask(queries, known)  # the index is opened and its tables are built at first use
    results = ask(queries, known)
    answer = {"bench": "relevance", "set": options.set, "records": len(known), **report(results)}
    if options.ablate:
        answer["without"] = ablated(queries, known)
    if options.misses:
        answer["misses"] = misses(results)
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main()
