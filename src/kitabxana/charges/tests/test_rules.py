"""The ledger's arithmetic without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.charges.facts import PaymentFacts, Settlement
from kitabxana.charges.messages import CREDITS, DEBITS, METHODS, REFUSALS
from kitabxana.charges.rules import (
    CREDIT_KINDS,
    DEBIT_KINDS,
    MOST_MINOR,
    PAY,
    REFUSAL_CODES,
    amount_problem,
    expected_in_drawer,
    is_settled,
    reduction,
    spread,
)
from kitabxana.charges.rules import METHODS as WAYS
from kitabxana.kernel.decisions import refusals

amounts = st.integers(0, 10_000)


def paid(credit: int, amount: int, kind: str = "payment") -> Settlement:
    return Settlement(1, credit, kind, amount)


@given(amounts, st.lists(amounts))
def test_spreading_loses_and_makes_nothing(amount: int, owed: list[int]) -> None:
    parts, rest = spread(amount, list(enumerate(owed)))
    assert sum(part for _, part in parts) + rest == amount
    assert all(0 < part <= owed[debit] for debit, part in parts)
    assert rest == max(0, amount - sum(owed))


def test_the_first_is_paid_whole_before_the_next_gets_anything() -> None:
    assert spread(70, [(1, 50), (2, 0), (3, 50)]) == ([(1, 50), (3, 20)], 0)


@given(amounts, amounts, st.lists(st.tuples(st.sampled_from(CREDIT_KINDS), amounts), max_size=5))
def test_a_reduction_never_turns_a_write_off_into_money(by: int, open_: int, used: list[tuple[str, int]]) -> None:
    settled = [paid(number, amount, kind) for number, (kind, amount) in enumerate(used)]
    plan = reduction(by, outstanding=open_, settlements=settled)
    money = sum(amount for kind, amount in used if kind == "payment")
    assert plan.total_minor == min(by, open_ + money)
    assert plan.open_minor == min(by, open_)
    assert all(used[credit][0] == "payment" and 0 < part <= used[credit][1] for credit, part in plan.released)


def test_the_newest_payment_is_given_back_first() -> None:
    plan = reduction(60, outstanding=10, settlements=[paid(1, 40), paid(2, 30), paid(3, 5, "waiver")])
    assert (plan.open_minor, plan.released) == (10, ((2, 30), (1, 20)))


@pytest.mark.parametrize(
    ("kind", "left", "touched", "settled"),
    [
        ("fine", 0, False, True),  # a fee of nothing is settled at birth
        ("fine", 1, True, False),
        ("lost", 0, False, False),  # a book is owed, not money
        ("lost", 0, True, True),
    ],
)
def test_when_nothing_more_is_owed(kind: str, left: int, *, touched: bool, settled: bool) -> None:
    assert is_settled(kind, outstanding=left, touched=touched) is settled


def test_what_can_be_an_amount() -> None:
    assert [amount_problem(minor) for minor in (0, MOST_MINOR, -1, MOST_MINOR + 1)] == [None, None, *["bad_amount"] * 2]


def a_payment(**values: object) -> PaymentFacts:
    plain = {
        "amount_minor": 100, "owed_minor": 100, "currencies": frozenset({"AZN"}), "currency": "AZN", "method": "cash",
        "keep_rest": False, "register_named": True, "register_open": True,
    }  # fmt: skip
    return PaymentFacts(**(plain | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"amount_minor": 101}, ["over_payment"]),
        ({"amount_minor": 101, "keep_rest": True}, []),
        ({"amount_minor": 0}, ["bad_amount"]),
        ({"amount_minor": -5}, ["bad_amount"]),
        ({"method": "shells"}, ["unknown_method"]),
        ({"register_named": False, "register_open": False}, ["cash_needs_register"]),
        ({"register_named": False, "register_open": False, "method": "card"}, []),
        ({"register_open": False, "amount_minor": 200}, ["register_closed", "over_payment"]),
        ({"currencies": frozenset({"AZN", "TRY"})}, ["currency_differs"]),
    ],
)
def test_a_payment_hears_everything_that_stands_against_it(values: dict[str, object], codes: list[str]) -> None:
    assert [one.code for one in refusals(PAY, a_payment(**values))] == codes


@given(amounts, st.lists(st.tuples(st.sampled_from(WAYS), st.integers(-500, 500))))
def test_only_cash_is_in_the_drawer(float_minor: int, moved: list[tuple[str, int]]) -> None:
    expected = expected_in_drawer(float_minor, moved)
    assert expected - float_minor == sum(amount for way, amount in moved if way == "cash")


def test_every_code_has_its_words_and_no_words_are_left_over() -> None:
    assert set(REFUSALS) == REFUSAL_CODES
    assert set(DEBITS) == set(DEBIT_KINDS)
    assert set(CREDITS) == set(CREDIT_KINDS)
    assert set(METHODS) == set(WAYS)
