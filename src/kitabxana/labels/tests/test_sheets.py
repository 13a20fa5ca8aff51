"""A library's own sheets, and that every code is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.decisions import Refused
from kitabxana.labels.messages import REFUSALS
from kitabxana.labels.operations import add_sheet, drop_sheet
from kitabxana.labels.queries import sheets_at
from kitabxana.labels.rules import STANDARD
from kitabxana.labels.tests.test_rules import OWN
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import PEOPLE

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def test_a_sheet_can_be_chosen_at_its_level_and_below() -> None:
    mine = add_sheet(unit="GNC-M", sheet=OWN, by=SYSTEM)
    ours = add_sheet(unit="GNC", sheet=replace(OWN, name="MKS"), by=SYSTEM)
    assert list(sheets_at("GNC-M")) == [mine, ours, *STANDARD]
    assert list(sheets_at("GNC-2")) == [ours, *STANDARD]
    assert list(sheets_at("SAK-M")) == list(STANDARD)
    assert sheets_at("GNC-M")[mine] == replace(OWN, code=mine, unit="GNC-M")
    drop_sheet(code=mine, by=SYSTEM)
    assert list(sheets_at("GNC-M")) == [ours, *STANDARD]


def test_what_can_t_be_kept() -> None:
    add_sheet(unit="GNC", sheet=OWN, by=SYSTEM)
    for unit, sheet, code in (
        ("GNC", OWN, "sheet_taken"), ("NO", OWN, "unknown_unit"), ("GNC", replace(OWN, across=1), "labels_overlap")
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            add_sheet(unit=unit, sheet=sheet, by=SYSTEM)
    for code in ("own-999999", "a4-24", "own-", "own-²"):
        with pytest.raises(Refused, match="unknown_sheet"):
            drop_sheet(code=code, by=SYSTEM)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_keeps_sheets(who: str) -> None:
    kept = add_sheet(unit="GNC-M", sheet=replace(OWN, name="there already"), by=SYSTEM)
    if who in ("administrator", "administrator here"):
        drop_sheet(code=add_sheet(unit="GNC-M", sheet=OWN, by=PEOPLE[who]), by=PEOPLE[who])
        return
    with pytest.raises(Refused, match="not_permitted"):
        add_sheet(unit="GNC-M", sheet=OWN, by=PEOPLE[who])
    with pytest.raises(Refused, match="not_permitted"):
        drop_sheet(code=kept, by=PEOPLE[who])


def test_codes_and_sentences_are_the_same() -> None:
    page = (ROOT / "docs" / "developer" / "refusals.md").read_text()
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    told = {code for codes, feature, *_ in rows if "labels" in feature for code in re.findall(r"`(\w+)`", codes)}
    assert told == set(REFUSALS)
