"""Import of ISO 2709 records with one copy each, from file to findable, against raw pymarc parsing of the same file.

Usage: bench/import.py [RECORDS] [--matching points]   (default 50,000; needs ../shared/data)
Prints one JSON object: records a second, the ratio to pymarc, peak memory of the processes, bytes on disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pymarc

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "data" / "marc" / "bib.utf8.mrc.gz"
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("KITABXANA_")}


def make_file(target: Path, wanted: int) -> None:
    """Real records over and over, each with a control number and a barcode of its own."""
    from kitabxana.formats.marc import Unwritable, iter_records, to_iso2709

    sources = [parsed.marc for parsed in iter_records(CORPUS) if parsed.marc and len(parsed.data) < 4000]
    with target.open("wb") as file:
        made = 0
        while made < wanted:
            for marc in sources:
                item = {"a": "MAIN", "b": "MAIN", "p": f"B{made:09d}", "y": "BK", "o": "821.512.162 NIZ"}
                copy = {"952": {"ind1": " ", "ind2": " ", "subfields": [{code: text} for code, text in item.items()]}}
                kept = [field for field in marc["fields"] if not field.keys() & {"001", "003", "952"}]
                whole = [{"001": f"BENCH{made:09d}"}, {"003": "AZ-BENCH"}, *kept, copy]
                try:
                    file.write(to_iso2709({**marc, "fields": whole}))
                except Unwritable:
                    continue
                made += 1
                if made == wanted:
                    return


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
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        file = Path(home) / "bench.mrc"
        make_file(file, wanted)
        environment = {**ENVIRONMENT, "KITABXANA_DATA_DIR": f"{home}/data"}
        command = [str(Path(sys.executable).parent / "kitabxana")]
        subprocess.run([*command, "init", "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
        yardstick = pymarc_rate(file, wanted)
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "import", "marc", str(file), "--json", *sys.argv[2:]], env=environment, stdout=subprocess.PIPE
        )
        peak = Peak(process)
        peak.start()
        answer = json.loads(process.communicate()[0])
        whole = time.perf_counter() - started
        status = subprocess.run(
            [*command, "index", "status", "--json"], env=environment, check=True, stdout=subprocess.PIPE
        )
        assert json.loads(status.stdout)["indexed"] == answer["created"], (answer, status.stdout)
        rate = answer["read"] / answer["seconds"]
        index_bytes = sum(entry.stat().st_size for entry in Path(home, "data", "index").rglob("*") if entry.is_file())
        figures = {
            "bench": "import",
            "options": sys.argv[2:],
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
