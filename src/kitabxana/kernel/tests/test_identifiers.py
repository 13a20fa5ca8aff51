from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn as oracle

from kitabxana.kernel.identifiers import control_number, isbn13, issn8


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("978-9952-8-0000-5", "9789952800005"),
        ("5-17-018777-7 : 100 р.", "9785170187775"),
        ("080442957X (pbk.)", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("ISBN 9789952800005", "9789952800005"),
        ("978\u20139952\u20138\u20130000\u20135", "9789952800005"),
        ("9789952800006", None),
        ("5-17-018777-8", None),
        ("9771234567003", None),  # an EAN that is no book's
        ("080442957", None),
        ("", None),
        ("müxtəlif", None),
    ],
)
def test_isbn_as_records_write_it(text: str, number: str | None) -> None:
    assert isbn13(text) == number


@given(st.text(alphabet="0123456789Xx- ", min_size=9, max_size=18))
def test_isbn_agrees_with_the_standard_s_own_library(text: str) -> None:
    found = isbn13(text)
    if found is not None:
        assert oracle.is_valid(found)
    compact = text.replace("-", "").replace(" ", "")
    if text[:1].isdigit() and text[-1:] in "0123456789Xx" and len(compact) in (10, 13) and oracle.is_valid(compact):
        assert found == oracle.to_isbn13(oracle.compact(compact))


@given(st.integers(0, 10**9 - 1))
def test_an_isbn_of_ten_has_one_check_digit_only(number: int) -> None:
    valid = [one for last in "0123456789X" if (one := isbn13(f"{number:09d}{last}"))]
    assert len(valid) == 1
    assert valid[0][3:12] == f"{number:09d}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0317-8471", "03178471"),
        ("0378-5955 (print)", "03785955"),
        ("03178471", "03178471"),
        ("0317-8472", None),
        ("", None),
    ],
)
def test_issn(text: str, number: str | None) -> None:
    assert issn8(text) == number


@given(st.text())
def test_no_text_breaks_a_number(text: str) -> None:
    isbn13(text)
    issn8(text)
    assert not any(letter.isspace() for letter in control_number(text))


def test_white_space_does_not_tell_two_control_numbers_apart() -> None:
    assert control_number("  az 001\t") == control_number("az001") == "az001"
