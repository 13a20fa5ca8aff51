"""The rules alone: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.circulation.facts import HoldFacts
from kitabxana.circulation.facts.terms import FineTerms, LoanTerms, SuspensionTerms
from kitabxana.circulation.messages import NOTES, REFUSALS, refusal_text
from kitabxana.circulation.rules import (
    CHECK_OUT,
    PLACE_HOLD,
    REFUSAL_CODES,
    RENEW,
    RETURN_CODES,
    Cell,
    fine,
    next_hold,
    renewed_due_at,
    standing,
    suspended_until,
    suspension_days,
    terms,
)
from kitabxana.circulation.tests.oracle.world import a_tree, an_item
from kitabxana.kernel.decisions import Refusal
from kitabxana.kernel.periods import Calendar
from kitabxana.organisation.rules import PERMISSIONS

if TYPE_CHECKING:
    from kitabxana.kernel.periods import DayMode

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEEK = Calendar(zone=ZoneInfo("Asia/Baku"), weekly=dict.fromkeys(range(1, 6), (time(9), time(18))))
NOWHERE = a_tree({"GNC-M"}, {})
HERE = Cell("GNC-M", "ADULT", "BK")
LENGTH = terms(LoanTerms, NOWHERE, HERE)
SEVEN = an_item(
    {"id": 7, "record": 1, "barcode": "B7", "home_branch": "GNC-M", "holding_branch": "GNC-M", "item_type": "BK",
     "price": None, "lost": 0, "damaged": 0, "withdrawn": 0, "not_for_loan": 0, "restricted": None},
    place="shelf", type_stays=False,
)  # fmt: skip
EASY, HARD = Refusal("easy", {}, "may.lift.easy"), Refusal("hard")


@pytest.mark.parametrize(
    ("lift", "able", "left"),
    [
        ((), ("may.lift.easy",), (EASY, HARD)),
        (("easy",), (), (EASY, HARD)),
        (("easy",), ("may.lift.easy",), (HARD,)),
        (("easy", "hard"), ("may.lift.easy", "hard"), (HARD,)),
        (("other",), ("may.lift.easy",), (EASY, HARD)),
    ],
)
def test_a_refusal_falls_only_when_asked_by_one_who_may(
    lift: tuple[str, ...], able: tuple[str, ...], left: tuple[Refusal, ...]
) -> None:
    assert standing((EASY, HARD), lift=frozenset(lift), liftable=frozenset(able)) == left


@given(
    due=st.integers(-2000, 2000),
    days=st.integers(1, 60),
    mode=st.sampled_from(["keep", "previous_open", "next_open", "same_weekday", "skip_closed"]),
    base=st.sampled_from(["due_date", "today"]),
)
def test_a_renewal_never_shortens_a_loan_and_always_reaches_beyond_today(
    due: int, days: int, mode: DayMode, base: str
) -> None:
    was = NOW + timedelta(hours=due)
    said = replace(LENGTH, renewal_length=days, closed_days=mode, renew_from=base)
    now_due = renewed_due_at(due=was, now=NOW, terms=said, calendar=WEEK)
    assert now_due >= was
    assert now_due > NOW
    if due < 0 or base == "today":
        assert now_due == max(was, renewed_due_at(due=NOW, now=NOW, terms=said, calendar=WEEK))


def a_hold(number: int, *, item: int | None = None, allocated: int | None = None) -> HoldFacts:
    return HoldFacts(number, 1, item, number, "GNC-M", NOW, allocated)


@pytest.mark.parametrize(
    ("queue", "chosen"),
    [
        ([], None),
        ([a_hold(1), a_hold(2)], 1),
        ([a_hold(1, allocated=8), a_hold(2)], 2),
        ([a_hold(1, item=8), a_hold(2)], 2),
        ([a_hold(1, item=7), a_hold(2)], 1),
        ([a_hold(1, item=8), a_hold(2, allocated=9)], None),
    ],
)
def test_the_next_reader_for_copy_seven(queue: list[HoldFacts], chosen: int | None) -> None:
    found = next_hold(queue, SEVEN, NOWHERE)
    assert (found.id if found else None) == chosen


def test_every_permission_that_lifts_is_held_by_some_role_and_none_lifts_nothing() -> None:
    overrides = [
        *(rule.override for rule in CHECK_OUT),
        *(rule.override for rule in RENEW),
        *(rule.override for rule in PLACE_HOLD),
    ]
    held = {name for name in PERMISSIONS if name.startswith("circulation.override.")}
    assert held == {*filter(None, overrides), "circulation.override.too_many_claims"} - {"circulation.renew"}


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    assert set(REFUSALS) == REFUSAL_CODES
    assert not set(NOTES) & set(REFUSALS)
    assert RETURN_CODES < REFUSAL_CODES


PARAMS: dict[str, str | int | bool | None] = {
    "date": date(2026, 11, 22).isoformat(), "reason": "borc", "open": 5, "limit": 5, "waiting": 2, "renewals": 1,
    "age": 18, "claims": 3, "outcome": "eaten", "overdues": 2, "loans": 1, "holds": 1,
    "permission": "circulation.check_out", "barcode": "B1", "card": "R1", "unit": "GNC-M", "kind": "missing",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REFUSAL_CODES))
def test_every_sentence_can_be_said(code: str) -> None:
    text = refusal_text(Refusal(code, PARAMS))
    assert text
    assert "%" not in text


LATE = terms(FineTerms, NOWHERE, HERE)
DUE = datetime(2026, 11, 2, 19, 59, 59, tzinfo=UTC)  # the end of a Monday in Baku


@pytest.mark.parametrize(
    ("said", "days", "minor"),
    [
        ({}, 10, 0),
        ({"fine_amount": 20}, 0, 0),
        ({"fine_amount": 20}, 4, 80),
        ({"fine_amount": 20}, 14, 200),  # ten of them open days
        ({"fine_amount": 20, "fine_closed_days": True}, 14, 280),
        ({"fine_amount": 20, "grace": 3}, 3, 0),
        ({"fine_amount": 20, "grace": 3}, 4, 20),
        ({"fine_amount": 20, "grace": 3, "grace_is_fined": True}, 4, 80),
        ({"fine_amount": 100, "fine_every": 3}, 4, 100),
        ({"fine_amount": 100, "fine_every": 3, "fine_charged_at": "start"}, 4, 200),
        ({"fine_amount": 20, "fine_cap": 50}, 4, 50),
        ({"fine_amount": 20, "fine_cap": 0}, 4, 0),
        ({"fine_amount": 20, "fine_cap_at_price": True}, 4, 60),
        ({"fine_amount": 20, "fine_cap_at_price": True, "default_price": 10}, 4, 60),
    ],
)
def test_case_34_a_fine_by_its_parts(said: dict[str, object], days: int, minor: int) -> None:
    back = DUE + timedelta(days=days)
    cost = fine(due=DUE, returned=back, terms=replace(LATE, **said), calendar=WEEK, price=60)  # type: ignore[arg-type]
    assert cost.minor == minor


def test_case_34_an_unknown_price_is_the_type_s_and_a_price_of_nothing_is_one() -> None:
    said = replace(LATE, fine_amount=20, fine_cap_at_price=True, default_price=30)
    back = DUE + timedelta(days=4)
    costs = [fine(due=DUE, returned=back, terms=said, calendar=WEEK, price=price).minor for price in (None, 0, 500)]
    assert costs == [30, 0, 80]


@given(st.integers(0, 300), st.integers(0, 300))
def test_case_33_a_fine_only_grows_with_time_and_the_same_moment_gives_the_same_sum(first: int, more: int) -> None:
    said = replace(LATE, fine_amount=20, grace=2, fine_every=3, fine_cap=400)
    early, late = (
        fine(due=DUE, returned=DUE + timedelta(hours=hours), terms=said, calendar=WEEK, price=None)
        for hours in (first, first + more)
    )
    assert early.minor <= late.minor <= 400


@pytest.mark.parametrize(
    ("said", "late_days", "running", "until"),
    [
        ({"suspension_days": 2}, 4, None, date(2026, 11, 18)),  # eight open days from Friday the 6th
        ({"suspension_days": 2, "fine_closed_days": True}, 4, None, date(2026, 11, 14)),
        ({"suspension_days": 1, "grace": 4}, 4, None, None),
        ({"suspension_days": 1, "suspension_every": 3, "fine_closed_days": True}, 4, None, date(2026, 11, 7)),
        ({"suspension_days": 9, "suspension_max": 5, "fine_closed_days": True}, 4, None, date(2026, 11, 11)),
        ({"suspension_days": 1, "fine_closed_days": True}, 4, date(2026, 12, 1), date(2026, 12, 1)),
        (
            {"suspension_days": 1, "fine_closed_days": True, "suspension_adds_up": True},
            4, date(2026, 12, 1), date(2026, 12, 5),
        ),
    ],
)  # fmt: skip
def test_case_35_a_suspension_by_its_parts(
    said: dict[str, object], late_days: int, running: date | None, until: date | None
) -> None:
    rules = replace(terms(SuspensionTerms, NOWHERE, HERE), **said)  # type: ignore[arg-type]
    back = DUE + timedelta(days=late_days)
    days = suspension_days(due=DUE, returned=back, terms=rules, calendar=WEEK)
    found = suspended_until(days=days, returned=WEEK.local_day(back), terms=rules, calendar=WEEK, running_until=running)
    assert found == until
