"""The rules alone: no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.circulation.facts import HoldFacts
from kitabxana.circulation.messages import NOTES, REFUSALS, refusal_text
from kitabxana.circulation.rules import (
    CHECK_OUT,
    PLACE_HOLD,
    REFUSAL_CODES,
    RENEW,
    next_hold,
    renewed_due_at,
    standing,
)
from kitabxana.kernel.decisions import Refusal
from kitabxana.kernel.periods import Calendar
from kitabxana.organisation.rules import PERMISSIONS

if TYPE_CHECKING:
    from kitabxana.kernel.periods import DaysMode

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEEK = Calendar(zone=ZoneInfo("Asia/Baku"), weekly=dict.fromkeys(range(1, 6), (time(9), time(18))))
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
    mode=st.sampled_from(["keep", "next_open", "skip_closed"]),
)
def test_a_renewal_never_shortens_a_loan_and_always_reaches_beyond_today(due: int, days: int, mode: DaysMode) -> None:
    was = NOW + timedelta(hours=due)
    now_due = renewed_due_at(due=was, now=NOW, days=days, mode=mode, calendar=WEEK)
    assert now_due >= was
    assert now_due > NOW
    if due < 0:
        assert now_due == renewed_due_at(due=NOW, now=NOW, days=days, mode=mode, calendar=WEEK)


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
    found = next_hold(queue, item_id=7)
    assert (found.id if found else None) == chosen


def test_every_permission_that_lifts_is_held_by_some_role_and_none_lifts_nothing() -> None:
    overrides = [
        *(rule.override for rule in CHECK_OUT),
        *(rule.override for rule in RENEW),
        *(rule.override for rule in PLACE_HOLD),
    ]
    held = {name for name in PERMISSIONS if name.startswith("circulation.override.")}
    assert held == {override for override in overrides if override}


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    assert set(REFUSALS) == REFUSAL_CODES
    assert not set(NOTES) & set(REFUSALS)


PARAMS: dict[str, str | int | bool | None] = {
    "date": date(2026, 11, 22).isoformat(), "reason": "borc", "open": 5, "limit": 5, "waiting": 2, "renewals": 1,
    "permission": "circulation.check_out", "barcode": "B1", "card": "R1", "unit": "GNC-M", "kind": "missing",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REFUSAL_CODES))
def test_every_sentence_can_be_said(code: str) -> None:
    text = refusal_text(Refusal(code, PARAMS))
    assert text
    assert "%" not in text
