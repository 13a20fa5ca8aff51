from __future__ import annotations

import random

import pytest

from kitabxana.language.shelving import shelf_key

# Each list is a shelf, read from left to right.
SHELVES = {
    "udc": [
        # The standard's vertical order of signs on one number, then longer numbers.
        "82", "821+94", "821+94(479.24)", "821/822", "821", "821 A12", "821 N72", "821 N8", "821:94", "821[94]",
        "821=512.162", "821(038)", "821(479.24)", '821(479.24)"19"', "821(=512.162)", '821"19"', "821*3", "821Nizami",
        "821-055.2", "821-1", "821-31", "821.01", "821'42", "821.1", "821.111", "821.161.1", "821.512.161",
        "821.512.162", "821.512.162 Ə12", "821.512.162 X12", "821.512.162-1", "821.512.162-31", "821.512.162.09",
        "821.512.163", "94(4)", "94(479)", "94(479.24)", '94(479.24)"18"', '94(479.24)"1918/1920"', "94(5)",
    ],
    "ddc": [
        "030", "813", "813 A12", "813.5", "813/.54 A12", "813.54 R79", "813.54 R79h", "813.54 R79h 1997 v.2",
        "813.54 R79h 1997 v.10", "813.54 R8", "894.36", "894.3611 N72", "J 030", "J 813", "R 030",
    ],
    "lc": [
        "P 101", "PL31", "PL248 .N38", "PL314 .N59", "PL314 .N59 A17 1981", "PL314 .N59 A17 1981b",
        "PL314 .N59 A17 1990", "PL314 .N59 A2", "PL314 .N6", "PL314.5 .A1", "PL1000", "QA9", "QA76.73.P98 L88 2011",
        "QA76.73.P98 L88 2011 v.2", "QA76.73.P98 L88 2011 v.10", "QA76.9.D3", "QA100", "Z678.9 .K6",
    ],
    "cutter": ["A12", "E 12", "Ə34", "H7", "X12", "N 72", "N723", "N8", "S55", "Ş55"],
    "local": ["A-2", "A-10", "Ar 2/1999", "Ar 10/1998", "Ə-1", "K-125", "Q-1"],
}  # fmt: skip


@pytest.mark.parametrize("scheme", SHELVES)
def test_books_stand_in_shelf_order(scheme: str) -> None:
    shelf = SHELVES[scheme]
    shuffled = random.Random(3).sample(shelf, len(shelf))
    assert sorted(shuffled, key=lambda number: shelf_key(number, scheme)) == shelf
    assert len({shelf_key(number, scheme) for number in shelf}) == len(shelf)


@pytest.mark.parametrize(
    ("scheme", "first", "second"),
    [
        ("udc", "821.512.162", "821.512162"),
        ("udc", '94(479.24)"1918"', "94(479.24)“1918”"),
        ("udc", "  821 : 94", "821:94"),
        ("ddc", "813/.54", "813.54"),
        ("ddc", "813'.54", "813.54"),
        ("ddc", "30", "030"),
        ("lc", "PL 314 .N59", "PL314.N59"),
        ("lcc", "pl314 .N59", "PL314 .N59"),
        ("cutter", "N72", "n 72"),
        ("local", "Ar. 2 / 1999", "ar 2/1999"),
    ],
)
def test_spellings_of_one_number_stand_together(scheme: str, first: str, second: str) -> None:
    assert shelf_key(first, scheme) == shelf_key(second, scheme)


@pytest.mark.parametrize("scheme", [*SHELVES, "bbk", ""])
@pytest.mark.parametrize("number", ["", "?", "()", "№ 5", "84(5Азе)6", "Əlyazma 3", "((((", "1" * 40, "-", "ab\n12"])
def test_what_does_not_fit_still_gets_a_key(scheme: str, number: str) -> None:
    key = shelf_key(number, scheme)
    assert isinstance(key, str)
    assert "\0" not in key


def test_an_unknown_scheme_is_local() -> None:
    assert shelf_key("K-12", "nlm") == shelf_key("K-12", "local")
