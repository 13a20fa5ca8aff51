"""Export of the live records to each format, against raw pymarc parsing of the same records.

Usage: bench/export.py [RECORDS] [FORMAT…]   (default 50,000 records, all formats; needs ../shared/data)
Prints one JSON object a format: records a second without the start of the command and with it, the ratio to pymarc,
peak memory of the process, bytes written.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS

importing = importlib.import_module("import")  # the bench beside this one: the same file of records


def export(command: list[str], home: str, name: str, environment: dict[str, str], *more: str) -> dict[str, object]:
    output = Path(home) / f"out.{name}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "export", "marc", "--output", str(output), "--format", name, "--json", *more],
        env=environment,
        stdout=subprocess.PIPE,
    )
    peak = importing.Peak(process)
    peak.start()
    answer = json.loads(process.communicate()[0])
    whole = time.perf_counter() - started
    assert answer["records"] > 0, answer
    assert output.stat().st_size == answer["bytes"], answer
    output.unlink()
    return {
        "bench": "export",
        "format": name,
        "options": " ".join(more),
        "records": answer["records"],
        "left_out": answer["left_out"],
        "records_per_second": round(answer["records"] / answer["seconds"]),
        "seconds": answer["seconds"],
        "seconds_with_start_of_command": round(whole, 2),
        "peak_memory_mb": round(peak.most / 2**20),
        "file_mb": round(answer["bytes"] / 2**20, 1),
    }


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    names = sys.argv[2:] or list(EXPORT_FORMATS)
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        file = Path(home) / "bench.mrc"
        importing.make_file(file, wanted)
        yardstick = importing.pymarc_rate(file, wanted)
        environment = {**importing.ENVIRONMENT, "KITABXANA_DATA_DIR": f"{home}/data"}
        command = [str(Path(sys.executable).parent / "kitabxana")]
        for words in (["init"], ["import", "marc", str(file)]):
            subprocess.run([*command, *words, "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
        for name in names:
            for more in ([], ["--items"]) if name == "iso2709" else ([],):
                figures = export(command, home, name, environment, *more)
                figures["pymarc_records_per_second"] = round(yardstick)
                figures["ratio_to_pymarc"] = round(int(str(figures["records_per_second"])) / yardstick, 3)
                print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
