from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from kitabxana.labels.facts import WHAT, Label, Sheet
from kitabxana.labels.messages import SHEETS
from kitabxana.labels.messages import WHAT as WHAT_NAMES
from kitabxana.labels.rules import (
    FIRST_CHOICE,
    LONGEST_PART,
    MOST_LINES,
    STANDARD,
    boxes,
    pages,
    sheet_problem,
    spine_font,
    spine_lines,
    stylesheet,
    takes_cards,
)

OWN = Sheet("", 21_000, 29_700, 3, 8, 6400, 3390, 720, 1290, 6600, 3390, "Bizim vərəq")


def test_standard_sheets_lie_on_their_pages_and_have_names() -> None:
    assert {code: sheet_problem(replace(sheet, name="x")) for code, sheet in STANDARD.items()} == dict.fromkeys(
        STANDARD
    )
    assert set(SHEETS) == set(STANDARD)
    assert set(WHAT_NAMES) == set(FIRST_CHOICE) == set(WHAT)
    assert [code for code, sheet in STANDARD.items() if takes_cards(sheet)] == ["a4-cards", "cr80"]
    assert STANDARD["a4-65"].spot(65) == (475 + 4 * 4060, 1070 + 12 * 2120)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, None),
        ({"name": " "}, "bad_sheet_name"),
        ({"name": "x" * 81}, "bad_sheet_name"),
        ({"columns": 0}, "bad_sheet"),
        ({"width": 900}, "bad_sheet"),
        ({"left": -1}, "bad_sheet"),
        ({"page_height": 42_001}, "bad_sheet"),
        ({"columns": 4, "across": 6400}, "off_the_page"),
        ({"rows": 100}, "bad_sheet"),
        ({"across": 6399}, "labels_overlap"),
        ({"down": 3389}, "labels_overlap"),
        ({"left": 1401}, "off_the_page"),
        ({"top": 2581}, "off_the_page"),
        ({"top": 2580}, None),
    ],
)
def test_a_sheet_that_can_be(changes: dict[str, int | str], problem: str | None) -> None:
    assert sheet_problem(replace(OWN, **changes)) == problem  # type: ignore[arg-type]


def test_a_used_sheet_is_begun_at_its_first_free_place() -> None:
    labels = [Label(str(number)) for number in range(1, 31)]
    found = list(pages(labels, OWN, start=20))
    assert [[place for place, _ in page] for page in found] == [list(range(20, 25)), list(range(1, 25)), [1]]
    assert [label.code for page in found for _, label in page] == [str(number) for number in range(1, 31)]
    assert [len(page) for page in pages(labels[:24], OWN)] == [24]
    assert [place for page in pages(labels[:1], OWN, start=99) for place, _ in page] == [24]


@pytest.mark.parametrize(
    ("call_number", "volume", "lines"),
    [
        ("894.361-3 Ş53", "", ("894.361-3", "Ş53")),
        ("821.512.162-31 Ə18 2024", "2-ci cild", ("821.512.", "162-31", "Ə18", "2024", "2-ci cild")),
        ("QA76.73.P98 B45", "", ("QA76.73.", "P98", "B45")),
        ("", "", ()),
        ("a b c d e f g h i j", "", ("a", "b", "c", "d", "e", "f", "g", "h i j")),
    ],
)
def test_a_call_number_on_a_spine(call_number: str, volume: str, lines: tuple[str, ...]) -> None:
    assert spine_lines(call_number, volume) == lines


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("square", [False, True])
def test_no_part_of_a_label_lies_over_another_or_beside_the_label(what: str, square: bool) -> None:  # noqa: FBT001 - parametrized
    for sheet in STANDARD.values():
        if what == "card" and not takes_cards(sheet):
            continue
        parts = boxes(sheet, what, square=square)  # type: ignore[arg-type]
        for name, box in parts.items():
            assert min(box.left, box.top, box.width, box.height) > 0, (sheet.code, name)
            assert box.left + box.width <= sheet.width, (sheet.code, name)
            assert box.top + box.height <= sheet.height, (sheet.code, name)
        for (one, a), (other, b) in combinations(parts.items(), 2):
            beside = a.left + a.width <= b.left or b.left + b.width <= a.left
            under = a.top + a.height <= b.top or b.top + b.height <= a.top
            assert beside or under, (sheet.code, one, other)


def test_all_lines_of_a_spine_stand_on_it() -> None:
    for sheet in STANDARD.values():
        box = boxes(sheet, "spine", square=False)["spine"]
        for lines in range(1, MOST_LINES + 1):
            font = spine_font(box, lines)
            assert font * lines * 1.15 <= box.height
            assert font * LONGEST_PART * 0.62 <= box.width


def test_the_sheet_as_a_stylesheet() -> None:
    css = stylesheet(STANDARD["a4-21"], "both", square=False)
    assert ".k-sheet { width: 210mm; height: 297mm }" in css
    assert ".k-at-5 { left: 73.25mm; top: 53.25mm }" in css
    assert css.count(".k-at-") == 21
    assert css.count(".k-lines-") == MOST_LINES
