from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean, luhn

from kitabxana.kernel.numbering import Numbering, RunOut, next_numbers, numbering_problem

if TYPE_CHECKING:
    from collections.abc import Collection


def a_run(*, prefix: str = "", digits: int = 0, last: int = 0, check: str = "") -> Numbering:
    return Numbering(1, "GNC", "barcode", prefix, digits, last, check)


def nothing(_texts: list[str]) -> Collection[str]:
    return ()


def test_a_number_is_prefix_count_and_check_digit() -> None:
    assert a_run(prefix="GN-", digits=5).text(42) == "GN-00042"
    assert a_run(digits=10, check="luhn").text(7992739871) == "79927398713"
    assert a_run(prefix="400638", digits=6, check="ean").text(133393) == "4006381333931"
    assert a_run(prefix="MƏK", digits=4, check="luhn").text(18) == "MƏK00182"


@given(st.integers(0, 10**9), st.integers(0, 18))
def test_a_check_digit_is_right_to_who_checks(number: int, digits: int) -> None:
    assert luhn.is_valid(a_run(digits=digits, check="luhn").text(number))
    assert ean.is_valid(a_run(prefix="200", digits=9, check="ean").text(number % 10**9))


def test_what_is_taken_is_passed_over_however_much() -> None:
    asked: list[int] = []

    def taken(texts: list[str]) -> Collection[str]:
        asked.append(len(texts))
        return [text for text in texts if int(text) <= 10_000 or text == "10002"]

    assert next_numbers(a_run(), 3, taken=taken) == [10_001, 10_003, 10_004]
    assert len(asked) < 10


def test_a_form_that_is_full_gives_no_more() -> None:
    run = a_run(prefix="20000000001", digits=1, last=7, check="ean")
    assert next_numbers(run, 2, taken=nothing) == [8, 9]
    with pytest.raises(RunOut):
        next_numbers(run, 3, taken=nothing)
    with pytest.raises(RunOut):
        next_numbers(run, 2, taken=lambda texts: texts[:1])


@pytest.mark.parametrize(
    ("prefix", "digits", "last", "check", "problem"),
    [
        ("GN-", 5, 0, "", None),
        ("x" * 21, 5, 0, "", "bad_prefix"),
        (" a", 5, 0, "", "bad_prefix"),
        ("a\0", 5, 0, "", "bad_prefix"),
        ("", 19, 0, "", "bad_count"),
        ("", 5, -1, "", "bad_count"),
        ("", 5, 10**18, "", "bad_count"),
        ("", 5, 0, "mod11", "bad_check"),
        ("200", 9, 0, "ean", None),
        ("200", 8, 0, "ean", "not_an_ean"),
        ("GN0", 9, 0, "ean", "not_an_ean"),
        ("20000000000", 1, 9, "ean", "not_an_ean"),
        ("²00", 9, 0, "ean", "not_an_ean"),
    ],
)
def test_what_can_be_a_run(prefix: str, digits: int, last: int, check: str, problem: str | None) -> None:
    assert numbering_problem(prefix=prefix, digits=digits, last=last, check=check) == problem
