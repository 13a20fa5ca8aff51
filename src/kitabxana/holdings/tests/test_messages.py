"""Every refusal of copies has its sentence, and no sentence is left over."""

from __future__ import annotations

import re
from pathlib import Path

from kitabxana.holdings.messages import REFUSALS

ROOT = Path(__file__).resolve().parents[4]


def test_codes_and_sentences_are_the_same() -> None:
    page = (ROOT / "docs" / "developer" / "refusals.md").read_text()
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    told = {
        code for codes, feature, *_ in rows if feature.strip() == "holdings" for code in re.findall(r"`(\w+)`", codes)
    }
    assert told == set(REFUSALS)
