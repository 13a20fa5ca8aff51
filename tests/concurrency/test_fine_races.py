"""The nightly reckoning and the desk at one loan, on real transactions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Source
from kitabxana.charges.operations import set_accruing
from kitabxana.charges.queries import account, debits_of
from kitabxana.charges.tests.builders import faults
from kitabxana.circulation.operations import accrue_fines, check_in, check_out, renew
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import merge
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import NOW, at_once

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)
LATE = NOW + timedelta(days=25)
ROUNDS = 6


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    set_policy(name="fine_amount", value=20, by=SYSTEM)
    set_policy(name="renewals_allowed", value=50, by=SYSTEM)
    yield
    assert_all_true()
    assert faults() == {}


def night() -> object:
    return accrue_fines(by=SYSTEM, now=LATE)


def lent(item: int, patron: int) -> int:
    return check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW).id


def test_who_reckoned_before_the_return_and_wrote_after_it_would_charge_for_a_book_that_came_in_time() -> None:
    """That the race is there: the ledger alone can't know that a loan without any fine is over."""
    item, patron = a_copy(a_record()), a_reader()
    loan = lent(item, patron)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
    set_accruing(patron_id=patron, source=Source("loan", loan), amount_minor=60, unit="GNC-M", by=SYSTEM, now=LATE)
    assert account(patron).balances["AZN"].owed_minor == 60


def test_a_night_racing_a_return_of_another_day_leaves_no_fine() -> None:
    item, patron = a_copy(a_record()), a_reader()
    on_time = NOW + timedelta(days=1)
    for _ in range(ROUNDS):
        lent(item, patron)
        came = at_once(
            night,
            lambda: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=LATE, returned_at=on_time),
            night,
        )
        assert came == ["done"] * 3
        assert account(patron).balances == {}


def test_a_night_racing_a_renewal_charges_each_lateness_once() -> None:
    for number in range(ROUNDS):
        item, patron = a_copy(a_record(), barcode=f"N{number}"), a_reader(card=f"N{number}")
        loan = lent(item, patron)
        assert at_once(night, lambda: renew(loan_id=loan, by=SYSTEM, now=LATE), night) == ["done"] * 3  # noqa: B023
        first, second = debits_of(Source("loan", loan)), debits_of(Source("loan", loan, 1))
        assert [line.running for line in first] == [False]
        assert second == []


def test_a_night_racing_a_merge_leaves_one_account() -> None:
    keep = a_reader(card="KEEP")
    for number in range(ROUNDS):
        item, gone = a_copy(a_record(), barcode=f"M{number}"), a_reader(card=f"M{number}")
        loan = lent(item, gone)
        came = at_once(night, lambda: merge(keep=keep, gone=gone, by=SYSTEM, now=LATE))  # noqa: B023
        assert came[1] == "done"
        night()
        assert {line.patron_id for line in debits_of(Source("loan", loan))} == {keep}
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=LATE)
