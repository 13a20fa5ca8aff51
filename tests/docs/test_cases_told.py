"""The page of cases names every test of a case, and no test that is gone."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST = re.compile(r"^def (test_(?:case_)?(\d\d)_\w+)\(", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def existing() -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for folder in ("src", "tests"):
        for path in (ROOT / folder).rglob("test_*.py"):
            for name, number in TEST.findall(path.read_text(encoding="utf-8")):
                found[int(number)].add(name)
    return dict(found)


def told() -> dict[int, set[str]]:
    page = (ROOT / "docs" / "developer" / "cases.md").read_text(encoding="utf-8")
    return {int(number): set(re.findall(r"`(test_\w+)`", names)) for number, names in ROW.findall(page)}


def test_every_test_of_a_case_stands_in_its_row() -> None:
    found = existing()
    assert min(found) == 1
    assert max(found) == 40
    assert told() == found
