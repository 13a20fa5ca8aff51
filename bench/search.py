"""Searching: building the index, simple queries, six facets, suggestions, memory.

Usage: bench/search.py [RECORDS]               imports that many multiplied records (default 100,000) and indexes them
       bench/search.py --documents RECORDS DIR builds only an index in DIR (for many millions; some minutes a million)
       bench/search.py --index DIR             measures an index that is there
Prints one JSON object. The queries are those of the relevance set (bench/relevance/queries.tsv), the suggestions all
beginnings of two to twelve letters of them. Milliseconds; the yardstick is raw pymarc parsing in the same run.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pymarc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))

from multiplied import multiplied, multiplied_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("KITABXANA_")}
COMMAND = [str(Path(sys.executable).parent / "kitabxana")]
QUERIES = ROOT / "bench" / "relevance" / "queries.tsv"
BATCH = 500
WRITERS = 2
MEMORY = 400 * 2**20


def make_file(target: Path, wanted: int) -> None:
    """Multiplied records with a control number and one copy each, in ISO 2709."""
    from kitabxana.formats.marc import Unwritable, to_iso2709

    with target.open("wb") as file:
        for number, marc in enumerate(multiplied(wanted)):
            item = {"a": f"L{number % 500}", "b": f"L{number % 500}", "p": f"B{number:09d}", "y": "BK", "o": "821 NIZ"}
            copy = {"952": {"ind1": " ", "ind2": " ", "subfields": [{code: text} for code, text in item.items()]}}
            kept = [field for field in marc["fields"] if "952" not in field]
            whole = [{"001": f"M{number:09d}"}, {"003": "AZ-BENCH"}, *kept, copy]
            try:
                file.write(to_iso2709({**marc, "fields": whole}))
            except Unwritable:
                continue


def pymarc_rate(path: Path, most: int = 20_000) -> float:
    started, read = time.perf_counter(), 0
    with path.open("rb") as file:
        for _ in pymarc.MARCReader(file):
            read += 1
            if read == most:
                break
    return read / (time.perf_counter() - started)


def run(*arguments: str, environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run([*COMMAND, *arguments, "--json"], env=environment, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _put(queue: Any, seed: int, count: int, first: int) -> None:
    waiting: list[str] = []
    for text in multiplied_documents(count, seed=seed, first=first):
        waiting.append(text)
        if len(waiting) == BATCH:
            queue.put(waiting)
            waiting = []
    queue.put(waiting)
    queue.put(None)


def build_documents(wanted: int, directory: Path) -> dict[str, Any]:
    """An index of multiplied documents, made by two processes and written by this one."""
    django()
    from kitabxana.search.models import TantivyEngine

    shutil.rmtree(directory, ignore_errors=True)
    writer = TantivyEngine(directory).writer(memory_bytes=MEMORY)
    queue: Any = multiprocessing.Queue(20)
    share = wanted // WRITERS
    makers = [
        multiprocessing.Process(target=_put, args=(queue, 100 + number, share, 1 + number * share), daemon=True)
        for number in range(WRITERS)
    ]
    started = time.perf_counter()
    for maker in makers:
        maker.start()
    done = ended = 0
    told = started
    while ended < WRITERS:
        batch = queue.get()
        if batch is None:
            ended += 1
            continue
        for text in batch:
            writer.put_encoded(text)
        done += len(batch)
        if time.perf_counter() - told > 60:
            told = time.perf_counter()
            print(f"{done} documents, {done / (told - started):.0f}/s", file=sys.stderr, flush=True)
    writer.commit()
    writer.close()
    seconds = time.perf_counter() - started
    return {"documents": done, "documents_per_second_with_making_them": round(done / seconds)}


def django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitabxana.settings")
    os.environ.setdefault("KITABXANA_DATA_DIR", tempfile.mkdtemp(prefix="kitabxana-bench-"))
    import django as framework

    framework.setup()


def milliseconds(work: Callable[[str], object], given: Iterable[str]) -> dict[str, float]:
    taken = []
    for text in given:
        started = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {
        name: round(taken[int(len(taken) * part)], 2) for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }


def measure(directory: Path) -> dict[str, Any]:
    """What one process that only searches takes; run in a process of its own."""
    django()
    from datetime import date

    from kitabxana.language import words
    from kitabxana.search.facts import FACETS, SearchRequest
    from kitabxana.search.languages import box
    from kitabxana.search.models import TantivyEngine

    engine = TantivyEngine(directory)
    texts = [line.split("\t")[4] for line in QUERIES.read_text("utf-8").splitlines()[1:]]
    nodes = {text: box.parse(text, today=date(2026, 1, 1)).node for text in texts}

    def simple(text: str) -> int:
        return engine.search(SearchRequest(nodes[text])).total

    def with_facets(text: str) -> None:
        request = SearchRequest(nodes[text], facets=FACETS)
        engine.facets(request, engine.search(request).total)

    plain = [" ".join(words(text)) for text in texts]
    beginnings = list(dict.fromkeys(text[:length] for text in plain for length in range(2, min(len(text), 12) + 1)))
    found = sorted(simple(text) for text in texts)  # and the first pass warms the files
    figures = {
        "records": engine.count(),
        "hits_p50": found[len(found) // 2],
        "hits_p95": found[int(len(found) * 0.95)],
        "simple_ms": milliseconds(simple, texts),
        "six_facets_ms": milliseconds(with_facets, texts),
        "suggestion_ms": milliseconds(lambda text: engine.suggestions(text, 40), beginnings),
        "sorted_by_title_ms": milliseconds(lambda text: engine.search(SearchRequest(nodes[text], sort="title")), texts),
    }
    memory = psutil.Process().memory_full_info()
    figures |= {"resident_mb": memory.rss >> 20, "private_mb": memory.uss >> 20}
    figures["index_mb"] = sum(entry.stat().st_size for entry in directory.rglob("*") if entry.is_file()) >> 20
    return figures


def measured(directory: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--index", str(directory)]
    done = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def whole(wanted: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        file = Path(home) / "bench.mrc"
        make_file(file, wanted)
        environment = {**ENVIRONMENT, "KITABXANA_DATA_DIR": f"{home}/data"}
        run("init", environment=environment)
        yardstick = pymarc_rate(file)
        imported = run("import", "marc", str(file), environment=environment)
        rebuilt = run("index", "rebuild", environment=environment)
        rate = rebuilt["indexed"] / rebuilt["seconds"]
        current = Path(home, "data", "index", Path(home, "data", "index", "current").read_text().strip())
        figures = measured(current)
        return {
            **figures,
            "imported_per_second": round(imported["read"] / imported["seconds"]),
            "indexed_per_second": round(rate),
            "indexed_ratio_to_pymarc": round(rate / yardstick, 3),
            "pymarc_records_per_second": round(yardstick),
            "simple_p95_in_pymarc_records": round(figures["simple_ms"]["p95"] / 1000 * yardstick, 1),
        }


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--index"]:
        figures = measure(Path(arguments[1]))
    elif arguments[:1] == ["--documents"]:
        figures = build_documents(int(arguments[1]), Path(arguments[2])) | measured(Path(arguments[2]))
    else:
        figures = whole(int(arguments[0]) if arguments else 100_000)
    print(json.dumps({"bench": "search", **figures}))


if __name__ == "__main__":
    main()
