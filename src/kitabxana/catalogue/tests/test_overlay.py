"""One description over another, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from kitabxana.catalogue.facts import OverlayRule
from kitabxana.catalogue.rules.overlay import HOWS, overlaid, overlay_problem
from kitabxana.catalogue.tests.builders import field, marc

OURS = marc(field("500", a="ours"), field("650", " 4", a="a"), field("650", " 4", a="b"))
THEIRS = marc(field("504", a="theirs"), field("650", " 4", a="b"), field("650", " 4", a="c"))


def notes(whole: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(tag, content) for entry in whole["fields"] for tag, content in entry.items() if tag[0] in "56"]
    return [(tag, content["subfields"][0]["a"]) for tag, content in found]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("replace", [("504", "theirs"), ("650", "b"), ("650", "c")]),
        ("keep", [("500", "ours"), ("650", "a"), ("650", "b")]),
        ("update", [("500", "ours"), ("504", "theirs"), ("650", "b"), ("650", "c")]),
        ("add", [("500", "ours"), ("504", "theirs"), ("650", "a"), ("650", "b"), ("650", "c")]),
        ("add_new", [("500", "ours"), ("504", "theirs"), ("650", "a"), ("650", "b")]),
    ],
)
def test_how_fields_meet(how: str, wanted: list[tuple[str, str]]) -> None:
    assert notes(overlaid(OURS, THEIRS, [OverlayRule("*", how)])) == wanted


def test_without_a_rule_theirs_replace_ours() -> None:
    assert notes(overlaid(OURS, THEIRS, [])) == [("504", "theirs"), ("650", "b"), ("650", "c")]


def test_the_nearest_rule_counts() -> None:
    rules = [OverlayRule("*", "keep"), OverlayRule("6XX", "replace"), OverlayRule("650", "add")]
    assert notes(overlaid(OURS, THEIRS, rules))[-3:] == [("650", "a"), ("650", "b"), ("650", "c")]
    assert notes(overlaid(OURS, THEIRS, rules[:2]))[-2:] == [("650", "b"), ("650", "c")]
    assert notes(overlaid(OURS, THEIRS, rules[:1])) == notes(OURS)


def test_a_senior_cataloguer_s_rule_is_no_one_else_s() -> None:
    rules = [OverlayRule("650", "keep"), OverlayRule("650", "replace", "senior")]
    assert notes(overlaid(OURS, THEIRS, rules))[-2:] == [("650", "a"), ("650", "b")]
    assert notes(overlaid(OURS, THEIRS, rules, senior=True))[-2:] == [("650", "b"), ("650", "c")]


def test_where_nothing_changes_it_is_the_same_record() -> None:
    assert overlaid(OURS, THEIRS, [OverlayRule("*", "keep"), OverlayRule("LDR", "keep")]) is OURS
    for how in HOWS:
        assert overlaid(OURS, OURS, [OverlayRule("*", how)]) is OURS


def test_an_original_script_goes_with_its_field() -> None:
    ours = marc(field("880", "10", _6="245-01/(N", a="Дәли Күр"))
    theirs = marc(field("880", "10", _6="245-01/(N", a="Дели Кюр"), field("880", "1 ", _6="100-02/(N", a="Шыхлы"))
    merged = overlaid(ours, theirs, [OverlayRule("245", "keep")])
    scripts = [entry["880"]["subfields"] for entry in merged["fields"] if "880" in entry]
    assert [pairs[1]["a"] for pairs in scripts] == ["Шыхлы", "Дәли Күр"]
    assert [pairs[0]["6"] for pairs in scripts] == ["100-03/(N", "245-01/(N"]  # numbered on: no link meets another


@pytest.mark.parametrize("wrong", [("65", "add", ""), ("650", "mix", ""), ("650", "add", "boss"), ("X50", "add", "")])
def test_what_is_no_rule(wrong: tuple[str, str, str]) -> None:
    assert overlay_problem(OverlayRule(*wrong)) == "bad_overlay_rule"
    assert overlay_problem(OverlayRule("6XX", "add", "senior")) is None
