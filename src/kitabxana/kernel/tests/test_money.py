from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.kernel.money import Money, parse_minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.50", 1250),
        ("12,5 AZN", 1250),
        ("12.50 man.", 1250),
        ("$12.50 (2 v.)", 1250),
        ("1.250,00", 125_000),
        ("1,250.00", 125_000),
        ("1 250,5", 125_050),
        ("1\u00a0250 man.", 125_000),
        ("1.250", 125_000),
        ("0,40", 40),
        ("40 qəp.", 4000),
        ("TL 1.234.567", 123_456_700),
        ("7.", 700),
        ("21474836.47", 2**31 - 1),
        ("21474836.48", None),
        ("", None),
        ("pulsuz", None),
        (".,", None),
        ("²", None),
    ],
)
def test_amounts_as_catalogues_write_them(text: str, minor: int | None) -> None:
    assert parse_minor(text) == minor


@given(st.text())
def test_any_text_gives_an_amount_the_database_can_hold_or_none(text: str) -> None:
    minor = parse_minor(text)
    assert minor is None or 0 <= minor < 2**31


@given(st.integers(0, 2**31 - 1))
def test_what_is_written_as_decimal_is_read_back(minor: int) -> None:
    assert parse_minor(str(Money(minor, "AZN").decimal())) == minor


def test_money_is_exact() -> None:
    assert Money(1999, "TRY").decimal() == Decimal("19.99")
