"""Every real record against the format: microseconds of processor time a record, and how many findings of each kind.

.venv/bin/python bench/validation.py [FILE …]     files of the shared data, by default all of MARC 21
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from kitabxana.catalogue.rules.validation import LEVELS, validate
from kitabxana.formats.marc import iter_records

DATA = ROOT.parent / "shared" / "data" / "marc"
FILES = (
    "bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "bib.marcxml.xml.gz", "auth.utf8.mrc.gz", "auth.marcxml.xml.gz",
)  # fmt: skip


def main(names: list[str]) -> None:
    for name in names or FILES:
        records = [parsed.marc for parsed in iter_records(DATA / name) if parsed.marc is not None]
        begun = time.process_time()
        found = [validate(record) for record in records]
        each = (time.process_time() - begun) / len(records) * 1e6
        levels = {level: sum(any(one.level == level for one in told) for told in found) for level in LEVELS.values()}
        clean = sum(not told for told in found)
        print(f"\n{name}: {len(records)} records, {each:.0f} µs each; {clean} without a finding, {levels}")
        counts = Counter(one.code for told in found for one in told)
        for code, count in counts.most_common():
            print(f"  {LEVELS[code]:8} {code:20} {count:6}")


if __name__ == "__main__":
    main(sys.argv[1:])
