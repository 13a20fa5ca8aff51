"""Claims taken back, copies found at home, and loans called back for another reader."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.queries import account
from kitabxana.circulation.operations import (
    claim_returned,
    declare_found,
    declare_lost,
    note_claim,
    place_hold,
    recall,
    renew,
    settle_claim,
    take_claim_back,
)
from kitabxana.circulation.queries import claim, claims_of, loan
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, told
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_closure
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def due(loan_id: int) -> datetime:
    found = loan(loan_id)
    assert found is not None
    return found.due_at


def wait_for(item: int, card: str = "W1") -> None:
    record = items_by_id([item])[item].record_id
    place_hold(record_id=record, patron_id=a_reader(card=card), pickup_unit="GNC-M", by=SYSTEM, now=NOW)


def test_case_37_a_claim_noted_by_mistake_goes_and_the_loan_is_late_again() -> None:
    patron = a_reader()
    made = lend(a_copy(a_record()), patron)
    claimed = claim_returned(loan_id=made.id, by=SYSTEM, now=NOW, note="kitab qutusu")
    note_claim(claim_id=claimed, note="qutuya qoydum", by=SYSTEM, now=NOW)
    seen = claim(claimed)
    assert seen is not None
    assert (seen.note, seen.outcome) == ("qutuya qoydum", "")
    assert refused(take_claim_back, claim_id=claimed, by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
    take_claim_back(claim_id=claimed, by=SYSTEM, now=NOW)
    after = loan(made.id)
    assert after is not None
    assert after.claimed_at is None
    assert claims_of(patron) == []
    assert refused(take_claim_back, claim_id=claimed, by=SYSTEM, now=NOW) == ["not_claimed"]


def test_case_37_an_outcome_stays_and_can_t_be_rewritten() -> None:
    made = lend(a_copy(a_record()), a_reader())
    claimed = claim_returned(loan_id=made.id, by=SYSTEM, now=NOW)
    settle_claim(claim_id=claimed, outcome="reader_had_it", by=SYSTEM, now=NOW)
    assert refused(note_claim, claim_id=claimed, note="x", by=SYSTEM, now=NOW) == ["not_claimed"]
    assert refused(take_claim_back, claim_id=claimed, by=SYSTEM, now=NOW) == ["not_claimed"]
    seen = claim(claimed)
    assert seen is not None
    assert seen.outcome == "reader_had_it"


def test_case_36_a_copy_found_at_home_is_owed_no_more_and_stays_on_loan() -> None:
    item, patron = a_copy(a_record(), price_minor=1200), a_reader()
    made = lend(item, patron)
    assert refused(declare_found, loan_id=made.id, by=SYSTEM, now=NOW) == ["not_lost"]
    declare_lost(loan_id=made.id, by=SYSTEM, now=NOW)
    assert account(patron).balances["AZN"].owed_minor == 1200
    declare_found(loan_id=made.id, by=SYSTEM, now=NOW + timedelta(days=1))
    assert account(patron).debits == ()
    assert items_by_id([item])[item].lost == ""
    assert loan(made.id) == made
    assert [entry["treatment"] for entry in told("item.found")] == ["refund_unpaid"]


def test_a_loan_is_called_back_no_further_than_is_guaranteed() -> None:
    policy(recall_days=3, recall_keeps=7)
    item = a_copy(a_record())
    made = lend(item, a_reader())
    wait_for(item)
    recall(loan_id=made.id, by=SYSTEM, now=NOW + timedelta(days=1))
    assert due(made.id).date() == (NOW + timedelta(days=7)).date()  # seven days are guaranteed, three would be fewer
    assert refused(recall, loan_id=made.id, by=SYSTEM, now=NOW + timedelta(days=2)) == ["due_soon_enough"]
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW + timedelta(days=2)) == ["renewal_needed_by_hold"]
    assert [entry["loan"] for entry in told("loan.recalled")] == [made.id]


def test_a_recalled_loan_is_due_on_an_open_day() -> None:
    policy(recall_days=3, recall_keeps=0)
    item = a_copy(a_record())
    made = lend(item, a_reader())
    wait_for(item)
    day = (NOW + timedelta(days=3)).date()
    add_closure(unit="GNC-M", first_day=day, last_day=day, by=SYSTEM)
    recall(loan_id=made.id, by=SYSTEM, now=NOW)
    assert due(made.id).date() == day + timedelta(days=1)


def test_no_loan_is_called_back_for_nobody_or_where_another_copy_serves_or_policy_says_no() -> None:
    record, patron = a_record(), a_reader()
    item = a_copy(record)
    made = lend(item, patron)
    assert refused(recall, loan_id=made.id, by=SYSTEM, now=NOW) == ["not_recalled_here", "nobody_waits"]
    policy(recall_days=3)
    wait_for(item)
    a_copy(record, barcode="B2")  # on its shelf: the reader who waits gets that one
    assert refused(recall, loan_id=made.id, by=SYSTEM, now=NOW) == ["nobody_waits"]
    assert refused(recall, loan_id=made.id, by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
    assert due(made.id) == made.due_at
