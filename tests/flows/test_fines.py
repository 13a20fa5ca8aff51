"""Loans and the ledger together: fines that grow, fees, losses, what is found again, and limits of debt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Balance, Till
from kitabxana.charges.operations import pay
from kitabxana.charges.queries import account, history_page
from kitabxana.charges.tests.builders import faults
from kitabxana.circulation.operations import (
    accrue_fines,
    age_to_lost,
    check_in,
    check_out,
    check_out_refusals,
    claim_returned,
    close_suddenly,
    declare_found,
    declare_lost,
    end_false_fines,
    place_hold,
    renew,
    settle_claim,
)
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take, told
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import erase, merge
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 12, 8, 19, 59, 59, tzinfo=UTC)  # the end of 8 December in Baku: 15 days after NOW
CARD = Till("GNC-M", "card")


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert faults() == {}


def night(number: int) -> int:
    """What the worker does on the n-th day after the due date, at noon in Baku; how many fines changed."""
    now = DUE + timedelta(days=number, hours=-12)
    return end_false_fines(by=SYSTEM, now=now) + accrue_fines(by=SYSTEM, now=now)


def lines(patron: int) -> list[tuple[str, int, int]]:
    """(kind, amount, open) of all that was ever charged, oldest first."""
    found = history_page(patron)[1]
    return [
        (one.kind, one.amount.minor, one.outstanding.minor) for one in reversed(found) if hasattr(one, "outstanding")
    ]


def balance(patron: int) -> Balance:
    return account(patron).balances.get("AZN", Balance())


def days_late(number: float) -> datetime:
    return DUE + timedelta(days=number)


def test_an_overdue_loan_grows_every_night_is_paid_returned_and_told_again_changes_nothing() -> None:
    policy(fine_amount=20)
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    assert made.due_at.replace(microsecond=0) == DUE
    assert night(0) == 0
    assert [night(3), night(3), night(5)] == [1, 0, 1]
    first = balance(patron).owed_minor
    assert first > 0
    assert lines(patron) == [("fine", first, first)]
    pay(patron_id=patron, amount_minor=first, till=CARD, by=SYSTEM, now=days_late(5))
    assert night(5) == 0
    assert night(9) == 1
    more = balance(patron).owed_minor
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(9))
    assert back.fine_minor == sum(amount for _kind, amount, _open in lines(patron)) >= first + more
    before = lines(patron)
    assert night(10) == night(40) == 0
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(10))
    assert lines(patron) == before
    owed = balance(patron).owed_minor
    assert refused(erase, patron_id=patron, by=SYSTEM, now=days_late(10)) == ["open_debts"]
    pay(patron_id=patron, amount_minor=owed, till=CARD, by=SYSTEM, now=days_late(10))
    erase(patron_id=patron, by=SYSTEM, now=days_late(10))


def test_a_return_dated_back_gives_back_what_was_paid_too_much() -> None:
    policy(fine_amount=20)
    item, patron = a_copy(a_record()), a_reader()
    lend(item, patron)
    night(8)
    owed = balance(patron).owed_minor
    pay(patron_id=patron, amount_minor=owed, till=CARD, by=SYSTEM, now=days_late(8))
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(8), returned_at=days_late(2))
    assert 0 < back.fine_minor < owed
    assert balance(patron) == Balance(0, owed - back.fine_minor, 0)
    other = a_copy(a_record(), barcode="B2")
    lend(other, patron)
    night(3)
    assert balance(patron).owed_minor > 0
    on_time = check_in(item_id=other, unit="GNC-M", by=SYSTEM, now=days_late(8), drop_box=False, returned_at=DUE)
    assert (on_time.fine_minor, balance(patron).owed_minor) == (0, 0)


def test_a_renewal_ends_one_fine_and_the_next_lateness_begins_another() -> None:
    policy(fine_amount=20)
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    night(4)
    first = balance(patron).owed_minor
    longer = renew(loan_id=made.id, by=SYSTEM, now=days_late(3.5))
    assert lines(patron) == [("fine", first, first)]
    assert night(4) == 0
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=longer.due_at + timedelta(days=3))
    assert len(lines(patron)) == 2
    assert balance(patron).owed_minor > first


@pytest.mark.parametrize(("treatment", "after"), [("refund", (0, 1200)), ("refund_unpaid", (0, 0)), ("keep", (200, 0))])
def test_lost_charged_partly_paid_found_and_credited_as_policy_says(treatment: str, after: tuple[int, int]) -> None:
    policy(lost_return=treatment, lost_processing_fee=150)
    item, patron = a_copy(a_record(), price_minor=1400), a_reader()
    made = lend(item, patron)
    for _twice in range(2):
        declare_lost(loan_id=made.id, by=SYSTEM, now=NOW)
    assert sorted(lines(patron)) == [("lost", 1400, 1400), ("processing", 150, 150)]
    fee = next(one.id for one in account(patron).debits if one.kind == "processing")
    loss = next(one.id for one in account(patron).debits if one.kind == "lost")
    pay(patron_id=patron, amount_minor=150, till=CARD, by=SYSTEM, now=NOW, debit_ids=[fee])
    pay(patron_id=patron, amount_minor=1200, till=CARD, by=SYSTEM, now=NOW, debit_ids=[loss])
    take(item, days=3)
    found = balance(patron)
    assert (found.owed_minor, found.credit_minor) == after
    take(item, days=4)
    assert balance(patron) == found


def test_money_for_a_lost_copy_is_given_back_only_so_long() -> None:
    policy(lost_return="refund", lost_refund_days=30)
    for number, (days, owed) in enumerate([(29, 0), (31, 500)]):
        item, patron = a_copy(a_record(), barcode=f"L{number}", price_minor=500), a_reader(card=f"L{number}")
        declare_lost(loan_id=lend(item, patron).id, by=SYSTEM, now=NOW)
        take(item, days=days)
        assert balance(patron).owed_minor == owed


def test_the_fine_of_a_lost_copy_stands_still_unless_all_lateness_is_charged() -> None:
    policy(fine_amount=20, lost_after=10)
    record = a_record()
    for treatment in ("refund", "refund_and_fine"):
        policy(lost_return=treatment)
        item, patron = a_copy(record, barcode=treatment, price_minor=900), a_reader(card=treatment[-6:])
        lend(item, patron)
        night(10)
        age_to_lost(by=SYSTEM, now=days_late(11))
        at_loss = next(one.amount.minor for one in account(patron).debits if one.kind == "fine")
        assert balance(patron).owed_minor == 900 + at_loss
        assert night(20) == 0
        back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(20))
        assert balance(patron).owed_minor == back.fine_minor
        assert (back.fine_minor == at_loss) == (treatment == "refund")


FOUND = {
    "refund": (0, 900, 40),
    "refund_unpaid": (0, 0, 40),
    "keep": (0, 0, 40),
    "refund_and_fine": (0, 900, 120),
}
"""`lost_return` → (owed of the loss, what the reader has to the good of 900 paid for it, fine): 2 days late when lost,
6 when found."""


@pytest.mark.parametrize("treatment", FOUND)
@pytest.mark.parametrize("way", ["check_in", "taken_back", "claim_found"])
def test_each_policy_of_lost_copies_does_what_its_name_says_however_they_come_back(treatment: str, way: str) -> None:
    policy(fine_amount=20, fine_closed_days=True, lost_return=treatment)
    item, patron, other = a_copy(a_record(), price_minor=900), a_reader(), a_reader(card="R2")
    made = lend(item, patron)
    declare_lost(loan_id=made.id, by=SYSTEM, now=days_late(2))
    loss = next(one for one in account(patron).debits if one.kind == "lost")
    pay(patron_id=patron, amount_minor=900, till=CARD, by=SYSTEM, now=days_late(3), debit_ids=[loss.id])
    claim = claim_returned(loan_id=made.id, by=SYSTEM, now=days_late(6)) if way == "claim_found" else 0
    if way == "check_in":
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(6))
    elif way == "taken_back":
        lend(item, other, now=days_late(6), lift="on_loan item_lost")
    else:
        settle_claim(claim_id=claim, outcome="found", by=SYSTEM, now=days_late(7))
    left, credit, fine = FOUND[treatment]
    assert balance(patron) == Balance(left + fine, credit, 1 if fine == 40 else 2)
    assert [closed["fine"] for closed in told("loan.closed")] == [fine]
    assert balance(other) == Balance()


def test_a_lost_copy_found_at_the_readers_is_late_again_night_by_night() -> None:
    policy(fine_amount=20, fine_closed_days=True)
    item, patron = a_copy(a_record(), price_minor=900), a_reader()
    made = lend(item, patron)
    declare_lost(loan_id=made.id, by=SYSTEM, now=days_late(2))
    assert night(5) == 0
    declare_found(loan_id=made.id, by=SYSTEM, now=days_late(4.2))
    assert [night(6), night(6), balance(patron).owed_minor] == [1, 0, 120]
    declare_lost(loan_id=made.id, by=SYSTEM, now=days_late(7))
    assert sorted(lines(patron)) == [("fine", 40, 40), ("fine", 100, 100), ("lost", 900, 0), ("lost", 900, 900)]
    assert night(9) == 0
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(9))
    assert (balance(patron).owed_minor, night(12)) == (140, 0)


def test_a_book_without_a_price_is_owed_itself() -> None:
    item, patron = a_copy(a_record()), a_reader()
    declare_lost(loan_id=lend(item, patron).id, by=SYSTEM, now=NOW)
    assert balance(patron) == Balance(0, 0, 1)
    take(item, days=2)
    assert balance(patron) == Balance()
    policy(lost_price_charged=False)
    declare_lost(loan_id=lend(item, patron, now=NOW + timedelta(days=3)).id, by=SYSTEM, now=NOW + timedelta(days=3))
    assert balance(patron) == Balance()


def test_a_claim_stops_the_fine_and_found_on_the_shelf_it_ends_with_the_claim() -> None:
    policy(fine_amount=20)
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    claim = claim_returned(loan_id=made.id, by=SYSTEM, now=days_late(4))
    night(10)
    owed = balance(patron).owed_minor
    assert night(30) == 0
    settle_claim(claim_id=claim, outcome="found", by=SYSTEM, now=days_late(31))
    assert balance(patron).owed_minor == owed > 0
    assert night(40) == 0


def test_a_sudden_closing_that_moves_the_due_date_ends_the_fine() -> None:
    policy(fine_amount=20)
    item, patron = a_copy(a_record()), a_reader()
    lend(item, patron)
    night(2)
    assert balance(patron).owed_minor > 0
    close_suddenly(
        unit="GNC", first_day=DUE.date(), last_day=DUE.date() + timedelta(days=20), by=SYSTEM, now=days_late(1.8)
    )
    assert night(2) == 1
    assert balance(patron).owed_minor == 0
    assert night(3) == 0


def test_a_copy_grown_lost_that_stood_on_the_shelf_all_the_time_costs_nothing() -> None:
    policy(lost_after=10, fine_amount=20)
    item, patron = a_copy(a_record(), price_minor=900), a_reader()
    made = lend(item, patron)
    night(8)
    age_to_lost(by=SYSTEM, now=days_late(11))
    assert balance(patron).owed_minor > 900
    claim = claim_returned(loan_id=made.id, by=SYSTEM, now=days_late(12))
    settle_claim(claim_id=claim, outcome="found", by=SYSTEM, now=days_late(13))
    assert [(one.kind, one.running) for one in account(patron).debits] == [("fine", False)]
    assert items_by_id([item])[item].lost == ""
    back = take(item, days=30)
    assert (back.loan, "was_lost" in back.notes) == (None, False)


def test_a_lost_copy_that_another_reader_brings_to_borrow_is_found_first() -> None:
    policy(fine_amount=20)
    item, patron, other = a_copy(a_record(), price_minor=900), a_reader(), a_reader(card="R2")
    made = lend(item, patron)
    declare_lost(loan_id=made.id, by=SYSTEM, now=days_late(4))
    fine = balance(patron).owed_minor - 900
    lent = lend(item, other, now=days_late(9), lift="on_loan item_lost")
    assert (lent.patron_id, items_by_id([item])[item].lost) == (other, "")
    assert balance(patron) == Balance(fine, 0, 1)
    assert fine > 0
    assert balance(other) == Balance()


def test_fees_for_lending_and_for_waiting_are_charged_once_and_not_for_use_in_the_library() -> None:
    policy(rental_fee=50, hold_fee=30)
    record = a_record()
    item, patron, other = a_copy(record), a_reader(), a_reader(card="R2")
    lend(item, patron, onsite=True)
    assert lines(patron) == []
    lend(item, patron)
    assert lines(patron) == [("rental", 50, 50)]
    place_hold(record_id=record, patron_id=other, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    assert lines(other) == [("hold", 30, 30)]


def test_who_owes_more_than_the_limit_neither_borrows_nor_renews_until_it_is_paid() -> None:
    policy(rental_fee=100, debt_limit=150, renewal_debt_limit=150)
    record = a_record()
    first, second, third = (a_copy(record, barcode=f"B{n}") for n in range(3))
    patron = a_reader()
    made = lend(first, patron)
    lend(second, patron)
    assert refused(lend, third, patron) == ["debt_too_high"]
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW) == ["debt_too_high"]
    pay(patron_id=patron, amount_minor=60, till=CARD, by=SYSTEM, now=NOW)
    renew(loan_id=made.id, by=SYSTEM, now=NOW)
    policy(debt_limit=None, any_debt_asks=True)
    asked = check_out_refusals(item_id=third, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    assert [(one.code, dict(one.params)) for one in asked] == [("has_debt", {"owed": 140})]


def test_two_rows_of_one_person_merged_while_fines_run() -> None:
    policy(fine_amount=20)
    keep, gone = a_reader(), a_reader(card="R2")
    item = a_copy(a_record())
    lend(item, gone)
    night(3)
    before = balance(gone).owed_minor
    merge(keep=keep, gone=gone, by=SYSTEM, now=days_late(3))
    assert night(3) == 0
    assert (balance(keep).owed_minor, balance(gone)) == (before, Balance())
    assert night(6) == 1
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(6))
    assert lines(keep) == [("fine", back.fine_minor, back.fine_minor)]


def test_without_fines_nothing_is_asked_of_the_ledger(django_assert_num_queries: Any) -> None:
    item, patron = a_copy(a_record()), a_reader()
    lend(item, patron)
    tree()
    with django_assert_num_queries(1):
        assert accrue_fines(by=SYSTEM, now=days_late(9)) == 0
    with django_assert_num_queries(12) as asked:
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=days_late(9))
    assert not any("charges_" in query["sql"] for query in asked.captured_queries)
    with django_assert_num_queries(10) as asked:
        check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=days_late(9))
    assert not any("charges_" in query["sql"] for query in asked.captured_queries)


def test_a_night_without_change_costs_five_statements_however_many_loans_are_late(
    django_assert_num_queries: Any,
) -> None:
    policy(fine_amount=20, max_loans=10)
    record, patron = a_record(), a_reader()
    for number in range(6):
        lend(a_copy(record, barcode=f"B{number}"), patron)
    now = days_late(3.5)
    assert [accrue_fines(by=SYSTEM, now=now) for _turn in range(2)] == [6, 0]
    with django_assert_num_queries(5):  # tree, running fines, their loans; late loans, what is booked
        assert night(4) == 0
