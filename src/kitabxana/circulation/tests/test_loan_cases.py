"""Cases of loans by policy: length, limits, renewals. Each under its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.models import Loan
from kitabxana.circulation.operations import (
    check_in,
    check_out_many,
    check_out_refusals,
    close_suddenly,
    place_hold,
    renew,
    renew_of_themselves,
)
from kitabxana.circulation.queries import holds_of, loan, loans_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take, told
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import NeverOpen
from kitabxana.organisation.operations import add_closure, open_on, set_hours, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.circulation.facts import LoanFacts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def due_day(made: LoanFacts) -> date:
    return (made.due_at + timedelta(hours=4)).date()


def test_case_02_an_hourly_loan_is_due_at_the_next_opening_and_the_mode_is_kept() -> None:
    policy(loan_unit="hours", loan_length=6, opening_offset=15)
    made = lend(a_copy(a_record()), a_reader())  # 14:00, closing at 18:00: 20:00 would be nobody's hour
    assert made.due_at == datetime(2026, 11, 24, 5, 15, tzinfo=UTC)
    assert Loan.objects.get().days_mode == "next_opening"
    policy(closed_hours="end_of_hours")
    made = lend(a_copy(a_record(), barcode="B2"), a_reader(card="R2"))
    assert made.due_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_case_03_a_calendar_without_an_open_day_is_refused_and_changes_nothing() -> None:
    set_hours(unit="GNC-M", weekly={1: (time(9), time(18))}, by=SYSTEM)
    for year in (2026, 2027, 2028, 2029):
        add_closure(unit="GNC", first_day=date(year, 11, 23), last_day=date(year + 1, 10, 31), by=SYSTEM)
    with pytest.raises(Refused, match="no_open_day"):
        add_closure(unit="AZ", first_day=date(2026, 11, 1), last_day=date(2026, 11, 30), yearly=True, by=SYSTEM)
    with pytest.raises(Refused, match="no_open_day"):
        set_hours(unit="GNC-M", weekly={}, by=SYSTEM)
    calendar = tree().calendar("GNC-M", since=date(2026, 11, 23))
    assert calendar.next_open(date(2026, 11, 23)) == date(2027, 11, 1)
    assert lend(a_copy(a_record()), a_reader()).due_at > NOW
    with pytest.raises(NeverOpen):
        replace(calendar, weekly={}).next_open(date(2026, 11, 23))


def test_case_04_a_hard_due_date_is_applied_after_the_calendar_and_rechecked() -> None:
    policy(fixed_due_date="2026-12-01", fixed_due_rule="no_later")
    assert due_day(lend(a_copy(a_record()), a_reader())) == date(2026, 12, 1)
    add_closure(unit="AZ", first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), by=SYSTEM)
    assert due_day(lend(a_copy(a_record(), barcode="B2"), a_reader(card="R2"))) == date(2026, 11, 30)
    policy(fixed_due_rule="exactly")
    assert due_day(lend(a_copy(a_record(), barcode="B3"), a_reader(card="R3"))) == date(2026, 12, 2)


def test_case_05_a_loan_ends_with_the_card_on_an_open_day_and_a_renewal_too() -> None:
    policy(end_with_card=True)
    add_closure(unit="AZ", first_day=date(2026, 11, 29), last_day=date(2026, 11, 30), by=SYSTEM)
    made = lend(a_copy(a_record()), a_reader(expires_on=date(2026, 11, 30)))
    assert due_day(made) == date(2026, 11, 28)
    again = renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert (due_day(again), again.renewals) == (date(2026, 11, 28), 1)


@pytest.mark.parametrize(("library", "days"), [("desk", 3), ("item_home", 5), ("item_holding", 5), ("patron_home", 7)])
def test_case_07_one_setting_says_which_library_governs(library: str, days: int) -> None:
    set_policy(name="rule_library", value=library, unit="AZ", by=SYSTEM)
    for unit, length in (("GNC-M", 3), ("GNC-2", 5), ("SAK-M", 7)):
        set_policy(name="loan_length", value=length, unit=unit, by=SYSTEM)
        set_policy(name="renewal_length", value=10 * length, unit=unit, by=SYSTEM)
        set_policy(name="fine_amount", value=100 * length, unit=unit, by=SYSTEM)
    item, patron = a_copy(a_record(), unit="GNC-2"), a_reader(home_unit="SAK-M")
    made = lend(item, patron)
    assert due_day(made) == date(2026, 11, 23) + timedelta(days=days)
    renewed = renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert due_day(renewed) == due_day(made) + timedelta(days=10 * days)
    late = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=renewed.due_at + timedelta(days=2))
    assert late.fine_minor == 2 * 100 * days
    with pytest.raises(Refused, match="nationwide_only"):
        set_policy(name="rule_library", value="desk", unit="GNC-M", by=SYSTEM)


def test_case_09_a_limit_counts_the_loans_that_fall_under_its_rule() -> None:
    set_policy(name="max_loans", value=2, by=SYSTEM)
    set_policy(name="max_loans", value=1, item_type="REF", by=SYSTEM)
    record, patron = a_record(), a_reader()
    lend(a_copy(record, barcode="V1", item_type="REF"), patron)
    assert refused(lend, a_copy(record, barcode="V2", item_type="REF"), patron) == ["too_many_loans"]
    lend(a_copy(record, barcode="B1"), patron)  # the periodical does not count here
    lend(a_copy(record, barcode="B2"), patron)
    assert refused(lend, a_copy(record, barcode="B3"), patron) == ["too_many_loans"]
    set_policy(name="patron_max_loans", value=3, unit="AZ", by=SYSTEM)
    set_policy(name="max_loans", value=10, by=SYSTEM)
    found = check_out_refusals(item_id=a_copy(record, barcode="B4"), patron_id=patron, unit="SAK-M", by=SYSTEM, now=NOW)
    assert [(one.code, one.params) for one in found] == [
        ("too_many_loans", {"open": 3, "limit": 3, "limit_of": "patron"})
    ]


def test_case_09_loans_for_use_in_the_library_stand_apart() -> None:
    policy(max_loans=1, max_onsite_loans=1)
    record, patron = a_record(), a_reader()
    lend(a_copy(record, barcode="B1"), patron, onsite=True)
    assert refused(lend, a_copy(record, barcode="B2"), patron, onsite=True) == ["too_many_loans"]
    lend(a_copy(record, barcode="B3"), patron)
    assert refused(lend, a_copy(record, barcode="B4"), patron) == ["too_many_loans"]
    policy(onsite_counts_as_loan=True)
    found = check_out_refusals(item_id=a_copy(record, barcode="B5"), patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    assert found[0].params["open"] == 2


def test_case_09_a_reference_copy_is_used_here_and_switched_to_take_home() -> None:
    item, patron = a_copy(a_record(), not_for_loan=True), a_reader()
    made = lend(item, patron, onsite=True)
    assert loans_of(patron)[0].onsite
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW) == ["onsite_loan"]
    assert refused(lend, item, patron) == ["item_not_for_loan"]
    home = lend(item, patron, lift="item_not_for_loan", now=NOW + timedelta(hours=1))
    assert (home.id, home.onsite, due_day(home)) == (made.id, False, date(2026, 12, 8))


def test_case_12_what_may_not_come_back_here_is_not_taken_from_another() -> None:
    policy(return_to="home")
    item = a_copy(a_record(), unit="GNC-2")
    lend(item, a_reader(), unit="GNC-2")
    assert refused(lend, item, a_reader(card="R2")) == ["on_loan_return_elsewhere"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("lend_damaged", "item_damaged"), ("lend_lost", "item_lost"), ("lend_withdrawn", "item_withdrawn"),
     ("lend_restricted", "item_restricted"), ("lend_not_for_loan", "item_not_for_loan")],
)  # fmt: skip
def test_case_16_each_state_is_denied_confirmed_or_allowed_by_its_own_policy(name: str, code: str) -> None:
    state: dict[str, Any] = {code.removeprefix("item_"): "missing" if code == "item_lost" else True}
    item, patron = a_copy(a_record(), **state), a_reader()
    policy(**{name: "deny"})
    assert refused(lend, item, patron, lift=code) == [code]
    policy(**{name: "allow"})
    assert lend(item, patron).patron_id == patron


def test_case_17_age_overdues_and_another_copy_are_told_with_the_rest() -> None:
    policy(minimum_age=18, overdues_block_loans="confirm", several_copies_of_record=False)
    record, patron = a_record(), a_reader(birth_date=date(2010, 11, 24))
    lend(a_copy(record), patron, lift="too_young")
    later = NOW + timedelta(days=30)
    item = a_copy(record, barcode="B2")
    assert refused(lend, item, patron, now=later) == ["has_overdues", "too_young", "has_another_copy"]
    policy(overdues_block_loans="deny")
    everything = "has_overdues too_young has_another_copy"
    assert refused(lend, item, patron, now=later, lift=everything) == ["has_overdues"]


def test_case_17_a_hard_due_date_that_has_passed_is_seen_before_it_is_lent() -> None:
    policy(fixed_due_date="2026-11-20", fixed_due_rule="exactly")
    item, patron = a_copy(a_record()), a_reader()
    assert refused(lend, item, patron) == ["due_in_past"]
    assert due_day(lend(item, patron, due=NOW + timedelta(days=9))) == date(2026, 12, 2)


def test_case_20_too_soon_count_and_unseen_are_limits_of_their_own() -> None:
    policy(no_renewal_before=3, renewals_allowed=3, unseen_renewals_allowed=1, renewal_length=10)
    made = lend(a_copy(a_record()), a_reader())  # due at the end of 8 December
    early = datetime(2026, 12, 4, 19, 59, tzinfo=UTC)
    assert refused(renew, loan_id=made.id, by=LIBRARIAN_ELSEWHERE, now=early) == ["not_permitted"]
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=early) == ["too_soon"]
    first = renew(loan_id=made.id, by=SYSTEM, now=early + timedelta(minutes=1), unseen=True)
    assert (first.unseen_renewals, due_day(first)) == (1, date(2026, 12, 18))
    soon = first.due_at
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=soon, unseen=True) == ["too_many_unseen_renewals"]
    assert renew(loan_id=made.id, by=SYSTEM, now=soon).unseen_renewals == 1
    policy(renewal_opens_at="exact_time", renew_from="today", renewal_length=1)
    third = renew(loan_id=made.id, by=SYSTEM, now=loan(made.id).due_at - timedelta(days=2))  # type: ignore[union-attr]
    assert due_day(third) == date(2026, 12, 28)  # never shorter than it was
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=third.due_at) == ["too_many_renewals"]


def test_case_20_of_itself_a_loan_has_its_own_window_and_count() -> None:
    policy(auto_renew=True, renewals_allowed=0, auto_renewals_allowed=2, auto_renew_before=1, renewal_length=5)
    made = lend(a_copy(a_record()), a_reader())
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=made.due_at) == ["too_many_renewals"]
    assert renew_of_themselves(by=SYSTEM, now=made.due_at - timedelta(days=2)) == (0, 0)
    assert renew_of_themselves(by=SYSTEM, now=made.due_at - timedelta(hours=12)) == (1, 0)
    now = loan(made.id)
    assert now is not None
    assert (now.auto_renewals, now.renewals, due_day(now)) == (1, 1, date(2026, 12, 13))


@pytest.mark.parametrize("why", ["hold", "restriction", "card", "stop"])
def test_case_21_of_itself_a_loan_stops_and_the_reader_is_told_why_once(why: str) -> None:
    policy(auto_renew=True, renewals_allowed=9)
    record, patron = a_record(), a_reader(expires_on=date(2026, 12, 1) if why == "card" else date(2030, 1, 1))
    made = lend(a_copy(record), patron)
    if why == "hold":
        place_hold(record_id=record, patron_id=a_reader(card="R2"), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    elif why == "restriction":
        restrict(patron_id=patron, reason="borc", by=SYSTEM)
    elif why == "stop":
        policy(auto_renew_stop_after=10)
    code = {"hold": "renewal_needed_by_hold", "restriction": "patron_restricted", "card": "card_expired",
            "stop": "too_late"}[why]  # fmt: skip
    for _night in range(2):
        renew_of_themselves(by=SYSTEM, now=made.due_at)
    assert [(one["loan"], one["codes"]) for one in told("loan.not_renewed")] == [(made.id, [code])]
    assert loan(made.id) == made


def test_case_21_a_loan_returned_meanwhile_is_passed_over() -> None:
    policy(auto_renew=True)
    record = a_record()
    items = [a_copy(record, barcode=f"B{n}") for n in range(3)]
    made = [lend(item, a_reader(card=f"R{n}")) for n, item in enumerate(items)]
    take(items[1], days=2)  # after the run had looked which loans there are
    ids = [one.id for one in made]
    assert renew_of_themselves(by=SYSTEM, now=made[0].due_at, loan_ids=ids) == (2, 0)
    assert [one.renewals for one in map(loan, (ids[0], ids[2])) if one] == [1, 1]
    assert told("loan.not_renewed") == []


def test_a_batch_lends_what_it_can_and_tells_the_rest() -> None:
    policy(max_loans=2)
    record, patron = a_record(), a_reader()
    for n in range(3):
        a_copy(record, barcode=f"B{n}", damaged=n == 0)
    tried = check_out_many(
        barcodes=["B0", "B1", "NONE", "B1", "B2", "B0"], patron_id=patron, unit="GNC-M", by=LIBRARIAN_HERE, now=NOW
    )
    assert [(one.barcode, one.loan is not None, [why.code for why in one.refusals]) for one in tried] == [
        ("B0", False, ["item_damaged"]), ("B1", True, []), ("NONE", False, ["unknown_item"]), ("B2", True, [])
    ]  # fmt: skip
    again = check_out_many(
        barcodes=["B0"], patron_id=patron, unit="GNC-M", by=LIBRARIAN_HERE, now=NOW, lift=frozenset({"item_damaged"})
    )
    assert [why.code for why in again[0].refusals] == ["too_many_loans"]
    assert len(loans_of(patron)) == 2


def test_a_sudden_closing_moves_due_dates_and_the_hold_shelf() -> None:
    policy(hold_shelf_days=3, fine_amount=10)
    record, waiting = a_record(), a_reader(card="R9")
    inside, outside = (a_copy(record, barcode=f"B{n}") for n in range(2))
    made = lend(inside, a_reader())  # due 8 December
    far = lend(outside, a_reader(card="R2"), unit="SAK-M")
    shelf = a_copy(record, barcode="B3")
    place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    take(shelf, days=13)  # waits until 9 December
    open_on(unit="GNC-M", day=date(2026, 12, 11), by=SYSTEM)
    done = close_suddenly(
        unit="GNC", first_day=date(2026, 12, 7), last_day=date(2026, 12, 14), by=SYSTEM, now=NOW, title="qar"
    )
    assert (done.loans, done.holds) == (1, 1)
    moved = loan(made.id)
    assert moved is not None
    assert due_day(moved) == date(2026, 12, 11)  # the one day opened in spite of it
    assert holds_of(waiting)[0].expires_on == date(2026, 12, 11)
    assert loan(far.id) == far
    assert told("loan.due_moved") == [{"loan": made.id}]
    assert told("library.closed") == [{"unit": "GNC", "first": "2026-12-07", "last": "2026-12-14"}]
    trail = AuditEntry.objects.get(action="unit.close_suddenly")
    assert trail.after is not None
    assert (trail.after["loans"], trail.after["holds"]) == (1, 1)
    # Four days of a week late were closed ones: they cost nothing.
    assert take(inside, days=24).fine_minor == 10 * 3
    args = {"unit": "GNC", "first_day": date(2026, 11, 2), "last_day": date(2026, 11, 3), "by": SYSTEM, "now": NOW}
    assert refused(close_suddenly, **args) == ["closing_in_past"]
