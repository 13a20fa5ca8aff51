"""Cases of returns: late, dated back, from the drop box, lost, claimed. Each under its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.models import PastLoan, ReturnClaim, Transfer
from kitabxana.circulation.operations import age_to_lost, claim_returned, declare_lost, renew, settle_claim
from kitabxana.circulation.queries import loan
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take, told
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_closure, set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE
from kitabxana.patrons.queries import patrons_by_id
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def test_case_22_after_its_return_a_copy_goes_as_policy_says() -> None:
    item = a_copy(a_record(), unit="GNC-2")
    set_policy(name="return_policy", value="float", unit="GNC-2", by=SYSTEM)
    assert take(item).instruction == "to_shelf"
    set_policy(name="return_policy", value="holding", unit="GNC-2", by=SYSTEM)
    sent = take(item, unit="SAK-M")
    assert (sent.instruction, sent.to_unit) == ("transfer", "GNC-M")


def test_case_22_where_staff_must_send_it_the_copy_stays_until_then() -> None:
    set_policy(name="auto_transfer", value=False, unit="GNC", by=SYSTEM)
    item = a_copy(a_record(), unit="GNC-2")
    told_to = take(item)
    assert (told_to.instruction, told_to.to_unit) == ("transfer", "GNC-2")
    assert not Transfer.objects.exists()
    assert (items_by_id([item])[item].place, items_by_id([item])[item].holding_unit) == ("shelf", "GNC-M")


def test_case_22_a_copy_comes_back_only_where_it_may() -> None:
    set_policy(name="return_to", value="home", unit="GNC-2", by=SYSTEM)
    item = a_copy(a_record(), unit="GNC-2")
    made = lend(item, a_reader(), unit="GNC-2")
    assert refused(take, item) == ["return_elsewhere"]
    assert loan(made.id) == made
    back = take(item, unit="GNC-2").loan
    assert back == made


def test_case_34_a_late_return_tells_its_cost_without_the_closed_days() -> None:
    policy(fine_amount=20, grace=1)
    add_closure(unit="AZ", first_day=date(2026, 12, 10), last_day=date(2026, 12, 12), by=SYSTEM)
    item = a_copy(a_record())
    lend(item, a_reader())  # due 8 December
    back = take(item, days=22)  # 15 December, seven days late, three of them closed
    assert (back.fine_minor, "was_overdue" in back.notes) == (20 * (4 - 1), True)
    assert told("loan.closed")[0]["fine"] == 60


def test_case_35_a_return_dated_back_costs_what_it_would_have_cost_then() -> None:
    policy(fine_amount=20, suspension_days=2)
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    came = made.due_at + timedelta(days=1)
    back = take(item, days=40, returned_at=came)
    assert (back.fine_minor, back.suspended_until) == (20, date(2026, 12, 11))
    past = PastLoan.objects.get()
    assert (past.returned_at, past.checked_in_at) == (came, NOW + timedelta(days=40))
    assert patrons_by_id([patron])[patron].restrictions == ()  # it was over long before the book was scanned


@pytest.mark.parametrize(
    ("days", "returned", "codes"),
    [(5, 6.0, ["return_in_future"]), (5, -1.0, ["return_before_loan"])],
)
def test_case_35_a_moment_that_can_t_be_is_refused(days: float, returned: float, codes: list[str]) -> None:
    item = a_copy(a_record())
    made = lend(item, a_reader())
    assert refused(take, item, days=days, returned_at=NOW + timedelta(days=returned)) == codes
    assert loan(made.id) == made


def test_case_35_another_moment_than_now_needs_its_permission() -> None:
    item = a_copy(a_record())
    lend(item, a_reader())
    grants = {name: where for name, where in LIBRARIAN_HERE.grants.items() if name != "circulation.backdate"}
    by = replace(LIBRARIAN_HERE, grants=grants)
    assert refused(take, item, days=3, by=by, returned_at=NOW + timedelta(days=2)) == ["not_permitted"]
    assert take(item, days=3, by=LIBRARIAN_HERE, returned_at=NOW + timedelta(days=2)).loan is not None


def test_case_35_the_drop_box_was_last_filled_when_the_library_was_last_open() -> None:
    policy(fine_amount=20)
    add_closure(unit="AZ", first_day=date(2026, 12, 9), last_day=date(2026, 12, 10), by=SYSTEM)
    item = a_copy(a_record())
    made = lend(item, a_reader())  # due 8 December, the last open day before the 11th
    back = take(item, days=18, drop_box=True)
    assert (back.fine_minor, "was_overdue" in back.notes) == (0, False)
    assert PastLoan.objects.get(id=made.id).returned_at == made.due_at
    fresh = lend(item, a_reader(card="R2"), now=NOW + timedelta(days=18))
    take(item, days=18.1, drop_box=True)  # lent this morning: it can't have lain there yesterday
    assert PastLoan.objects.get(id=fresh.id).returned_at == fresh.lent_at


def test_case_35_one_who_was_late_may_not_borrow_for_a_while() -> None:
    policy(suspension_days=2, suspension_max=5)
    item, patron = a_copy(a_record()), a_reader()
    lend(item, patron)
    back = take(item, days=25)  # ten days late: twenty days, cut to five
    assert back.suspended_until == date(2026, 12, 23)
    assert refused(lend, item, patron, now=NOW + timedelta(days=25)) == ["patron_restricted"]
    assert refused(lend, item, patron, now=NOW + timedelta(days=29)) == ["patron_restricted"]
    assert lend(item, patron, now=NOW + timedelta(days=30)).patron_id == patron


@pytest.mark.parametrize("treatment", ["refund_unpaid", "refund", "keep", "refund_and_fine"])
def test_case_36_a_lost_copy_that_comes_back_follows_policy(treatment: str) -> None:
    policy(lost_return=treatment, lost_processing_fee=150)
    item = a_copy(a_record(), price_minor=1200)
    made = lend(item, a_reader())
    declare_lost(loan_id=made.id, by=LIBRARIAN_HERE, now=NOW + timedelta(days=2))
    lost = told("item.lost")[0]
    assert (lost["price"], lost["processing"], lost["kind"]) == (1200, 150, "lost")
    assert items_by_id([item])[item].lost == "lost"
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW) == ["item_lost"]
    back = take(item, days=9)
    assert "was_lost" in back.notes
    assert [(one["treatment"], one["loan"]) for one in told("item.found")] == [(treatment, made.id)]
    assert items_by_id([item])[item].lost == ""


def test_case_36_a_return_that_policy_denies_changes_nothing() -> None:
    policy(return_lost="deny", return_withdrawn="deny")
    item = a_copy(a_record())
    made = lend(item, a_reader())
    declare_lost(loan_id=made.id, by=SYSTEM, now=NOW)
    assert refused(take, item, by=LIBRARIAN_HERE, lift=frozenset({"item_lost"})) == ["item_lost"]
    assert loan(made.id) == made
    assert take(item, lift=frozenset({"item_lost"})).loan == made


def test_case_36_overdue_copies_grow_lost_with_time_and_claimed_ones_do_not() -> None:
    policy(lost_after=30)
    record = a_record()
    items = [a_copy(record, barcode=f"B{n}") for n in range(3)]
    made = [lend(item, a_reader(card=f"R{n}")) for n, item in enumerate(items)]
    claim_returned(loan_id=made[1].id, by=SYSTEM, now=made[1].due_at)
    renew(loan_id=made[2].id, by=SYSTEM, now=NOW)
    assert age_to_lost(by=SYSTEM, now=made[0].due_at + timedelta(days=30)) == 0
    for _night in range(2):
        age_to_lost(by=SYSTEM, now=made[0].due_at + timedelta(days=30, hours=1))
    assert [items_by_id([item])[item].lost for item in items] == ["long_overdue", "", ""]
    assert [one["kind"] for one in told("item.lost")] == ["long_overdue"]


def test_case_37_a_claim_stops_the_fine_counts_for_the_reader_and_keeps_its_own_end() -> None:
    policy(fine_amount=20, claims_allowed=1)
    record, patron = a_record(), a_reader()
    first, second = a_copy(record), a_copy(record, barcode="B2")
    made, other = lend(first, patron), lend(second, patron)
    claim = claim_returned(loan_id=made.id, by=LIBRARIAN_HERE, now=made.due_at + timedelta(days=2), note="dedi ki")
    assert refused(claim_returned, loan_id=made.id, by=SYSTEM, now=NOW) == ["already_claimed"]
    assert refused(claim_returned, loan_id=other.id, by=LIBRARIAN_HERE, now=NOW) == ["too_many_claims"]
    assert refused(claim_returned, loan_id=other.id, by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
    lifted = claim_returned(loan_id=other.id, by=SYSTEM, now=NOW, lift=frozenset({"too_many_claims"}))
    settle_claim(claim_id=lifted, outcome="reader_had_it", by=SYSTEM, now=NOW)
    back = take(first, days=60)
    assert (back.fine_minor, "was_claimed" in back.notes) == (40, True)
    ends = dict(ReturnClaim.objects.values_list("pk", "outcome"))
    assert ends == {claim: "found", lifted: "reader_had_it"}
    assert refused(settle_claim, claim_id=claim, outcome="lost", by=SYSTEM, now=NOW) == ["not_claimed"]
    still = loan(other.id)
    assert still is not None
    assert still.claimed_at is None


def test_case_37_found_on_a_shelf_the_loan_ends_with_the_day_of_the_claim() -> None:
    item = a_copy(a_record())
    made = lend(item, a_reader())
    claimed = NOW + timedelta(days=3)
    claim = claim_returned(loan_id=made.id, by=SYSTEM, now=claimed)
    assert refused(settle_claim, claim_id=claim, outcome="eaten", by=SYSTEM, now=NOW) == ["unknown_outcome"]
    settle_claim(claim_id=claim, outcome="found", by=SYSTEM, now=NOW + timedelta(days=20))
    assert loan(made.id) is None
    assert PastLoan.objects.get().returned_at == claimed
    assert items_by_id([item])[item].place == "shelf"
    assert (
        list(AuditEntry.objects.filter(action="loan.claim").values_list("object_id", flat=True)) == [str(made.id)] * 2
    )


def test_case_37_lost_after_all() -> None:
    item = a_copy(a_record(), price_minor=700)
    made = lend(item, a_reader())
    claim = claim_returned(loan_id=made.id, by=SYSTEM, now=NOW)
    settle_claim(claim_id=claim, outcome="lost", by=SYSTEM, now=NOW + timedelta(days=1))
    assert told("item.lost")[0]["price"] == 700
    assert loan(made.id) is not None


def test_case_38_use_in_the_library_is_counted_where_policy_says() -> None:
    item = a_copy(a_record())
    assert "used_here" not in take(item).notes
    set_policy(name="count_local_use", value=True, unit="GNC", by=SYSTEM)
    assert "used_here" in take(item, days=2).notes
    assert items_by_id([item])[item].last_seen_at == datetime(2026, 11, 25, 10, tzinfo=UTC)
