"""Import of ISO 2709 records with one copy each, from file to findable, against raw pymarc parsing of the same file.

Usage: bench/import.py [RECORDS] [--stored N] [--matching points]   (default 50,000; needs ../shared/data)
With --stored, N records (bench/multiplied.py) are there already, and every other record imported is one of them in
another agency's description (bench/damage.py). Prints one JSON object: records a second, the ratio to pymarc, peak
memory of the processes, bytes on disk.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pymarc
from damage import damaged
from multiplied import multiplied

from kitabxana.formats.marc import Unwritable, iter_records, to_iso2709

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "data" / "marc" / "bib.utf8.mrc.gz"
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("KITABXANA_")}


def make_file(target: Path, wanted: int) -> None:
    """Real records over and over, each with a control number and a barcode of its own."""
    sources = [parsed.marc for parsed in iter_records(CORPUS) if parsed.marc and len(parsed.data) < 4000]
    with target.open("wb") as file:
        made = 0
        while made < wanted:
            for marc in sources:
                data = _numbered(marc, f"BENCH{made:09d}", "AZ-BENCH")
                if not data:
                    continue
                file.write(data)
                made += 1
                if made == wanted:
                    return


def make_files(base: Path, target: Path, *, stored: int, wanted: int) -> None:
    """`stored` records for the base; `wanted` to be imported over it, every other one known there."""
    chance, step = random.Random(3), max(1, 2 * stored // wanted)
    known: list[dict[str, Any]] = []
    with base.open("wb") as file:
        for at, marc in enumerate(multiplied(stored)):
            file.write(_numbered(marc, f"BASE{at:09d}", "AZ-BENCH"))
            if at % step == 0:
                known.append(marc)
    with target.open("wb") as file:
        for at, marc in enumerate(multiplied(wanted, seed=2)):
            other = damaged(known[at // 2], chance)[0] if at % 2 and at // 2 < len(known) else marc
            file.write(_numbered(other, f"NEW{at:09d}", "TR-BENCH"))


def _numbered(marc: dict[str, Any], number: str, agency: str) -> bytes:
    """The record with a control number and a copy of its own; nothing where ISO 2709 can't carry it."""
    item = {"a": "MAIN", "b": "MAIN", "p": number, "y": "BK", "o": "821.512.162 NIZ"}
    copy = {"952": {"ind1": " ", "ind2": " ", "subfields": [{code: text} for code, text in item.items()]}}
    kept = [field for field in marc["fields"] if not field.keys() & {"001", "003", "952"}]
    try:
        return to_iso2709({**marc, "fields": [{"001": number}, {"003": agency}, *kept, copy]})
    except Unwritable:
        return b""


def pymarc_rate(path: Path, records: int) -> float:
    started = time.perf_counter()
    with path.open("rb") as file:
        read = sum(1 for record in pymarc.MARCReader(file) if record is not None)
    assert read >= records * 0.99, read
    return read / (time.perf_counter() - started)


class Peak(threading.Thread):
    """The highest resident memory of a process and its children, the database's own left out, in MB."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.most_private = psutil.Process(process.pid), 0, 0

    def run(self) -> None:
        while self.process.is_running():
            try:
                family = [self.process, *self.process.children(recursive=True)]
                ours = [member for member in family if "postgres" not in member.name()]
                self.most = max(self.most, sum(member.memory_info().rss for member in ours))
                self.most_private = max(self.most_private, sum(member.memory_full_info().uss for member in ours))
            except psutil.Error:
                return
            time.sleep(0.1)


def main() -> None:
    options = sys.argv[1:]
    wanted = int(options.pop(0)) if options and options[0].isdecimal() else 50_000
    stored = int(options.pop(options.index("--stored") + 1)) if "--stored" in options else 0
    options = [option for option in options if option != "--stored"]
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        file = Path(home) / "bench.mrc"
        base = Path(home) / "base.mrc"
        if stored:
            make_files(base, file, stored=stored, wanted=wanted)
        else:
            make_file(file, wanted)
        environment = {**ENVIRONMENT, "KITABXANA_DATA_DIR": f"{home}/data"}
        command = [str(Path(sys.executable).parent / "kitabxana")]
        subprocess.run([*command, "init", "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
        if stored:
            load = [*command, "import", "marc", str(base), "--json"]
            subprocess.run(load, env=environment, check=True, stdout=subprocess.DEVNULL)
            print("stored", file=sys.stderr, flush=True)
        yardstick = pymarc_rate(file, wanted)
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "import", "marc", str(file), "--json", *options], env=environment, stdout=subprocess.PIPE
        )
        peak = Peak(process)
        peak.start()
        answer = json.loads(process.communicate()[0])
        whole = time.perf_counter() - started
        status = subprocess.run(
            [*command, "index", "status", "--json"], env=environment, check=True, stdout=subprocess.PIPE
        )
        indexed = json.loads(status.stdout)["indexed"]
        assert stored * 0.99 + answer["created"] <= indexed <= stored + answer["created"], (answer, status.stdout)
        rate = answer["read"] / answer["seconds"]
        index_bytes = sum(entry.stat().st_size for entry in Path(home, "data", "index").rglob("*") if entry.is_file())
        figures = {
            "bench": "import",
            "options": options,
            "stored": stored,
            "created": answer["created"],
            "records": answer["read"],
            "items": answer["items_created"],
            "records_per_second": round(rate),
            "seconds": answer["seconds"],
            "seconds_with_start_of_command": round(whole, 2),
            "pymarc_records_per_second": round(yardstick),
            "ratio_to_pymarc": round(rate / yardstick, 3),
            "peak_memory_mb": round(peak.most / 2**20),
            "peak_private_memory_mb": round(peak.most_private / 2**20),
            "file_mb": round(file.stat().st_size / 2**20, 1),
            "index_mb": round(index_bytes / 2**20, 1),
        }
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
