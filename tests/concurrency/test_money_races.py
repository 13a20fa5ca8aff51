"""Two desks and one account, on real transactions: first that the race is there, then that the lock holds it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source, Till
from kitabxana.charges.operations import cash_up, open_register, pay, refund, set_accruing, settle_accruing
from kitabxana.charges.operations.charge import write_debit
from kitabxana.charges.operations.entering import Entered
from kitabxana.charges.operations.writing import allocate, write_credit
from kitabxana.charges.queries import account, debits_of, history_page, register, shift_receipts
from kitabxana.charges.tests.builders import LOAN, NOW, a_register, faults, outstanding, owes
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.queries import patrons_by_id
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import at_once, looked_then_wrote

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


@pytest.fixture
def reader() -> int:
    a_nation()
    return a_reader()


def desk(patron: int, minor: int, till: Till) -> Callable[[], object]:
    return lambda: pay(patron_id=patron, amount_minor=minor, till=till, by=SYSTEM, now=NOW)


def unlocked(patron: int) -> Entered:
    """The account as an operation enters it, but for the lock."""
    organisation = tree()
    return Entered(organisation, organisation.units["GNC-M"], patrons_by_id([patron])[patron])


def test_without_the_reader_s_lock_two_desks_take_the_money_for_one_debit(reader: int) -> None:
    """Both look, both take; that the second can't put it on the debit is the database's last guard."""
    debit = owes(reader, 100)
    taken: list[int] = []

    def write() -> None:
        taken.append(100)
        credit = write_credit(
            unlocked(reader), kind="payment", amount=Money(100, "AZN"), by=SYSTEM, now=NOW, method="card"
        )
        allocate([(debit, credit.pk, 100)], now=NOW)

    careless = looked_then_wrote(lambda: outstanding(debit) == 100, write, threading.Barrier(2))
    assert sorted(at_once(careless, careless)) == ["IntegrityError", "done"]
    assert taken == [100, 100]
    assert faults() == {}


def test_two_desks_paying_one_debit_one_takes_the_money_and_the_other_is_told(reader: int) -> None:
    tills = [Till("GNC-M", "cash", a_register(name=f"Masa {number}")) for number in range(2)]
    for number in range(1, ROUNDS + 1):
        debit = owes(reader, 100)
        assert sorted(at_once(*(desk(reader, 100, till) for till in tills))) == ["done", "over_payment"]
        assert outstanding(debit) == 0
        drawers = [register(till.register_id or 0, scopes=("",)) for till in tills]
        assert sum(one.shift.expected_minor for one in drawers if one and one.shift) == 100 * number
    assert faults() == {}


def test_two_desks_paying_halves_both_do(reader: int) -> None:
    till = Till("GNC-M", "cash", a_register())
    for _ in range(ROUNDS):
        debit = owes(reader, 100)
        assert at_once(desk(reader, 50, till), desk(reader, 50, till)) == ["done", "done"]
        assert outstanding(debit) == 0
    assert faults() == {}


def test_one_register_gives_each_of_many_readers_a_number_of_their_own(reader: int) -> None:
    till = Till("GNC-M", "cash", a_register())
    readers = [reader, *(a_reader(card=f"R{number}") for number in range(2, 6))]
    for _ in range(3):
        for one in readers[1:]:
            owes(one, 10)
        came_of = at_once(desk(reader, 10, till), *(desk(one, 10, till) for one in readers[1:]))
        assert came_of == ["over_payment", "done", "done", "done", "done"]
    drawer = register(till.register_id or 0, scopes=("",))
    assert drawer is not None
    assert drawer.shift is not None
    assert [slip.number for slip in shift_receipts(drawer.shift.id)] == list(range(12, 0, -1))
    assert faults() == {}


def test_without_the_lock_the_nightly_job_charges_a_loan_twice(reader: int) -> None:
    careless = looked_then_wrote(
        lambda: not debits_of(LOAN),
        lambda: write_debit(unlocked(reader), kind="fine", amount_minor=60, by=SYSTEM, now=NOW, source=LOAN),
        threading.Barrier(2),
    )
    assert at_once(careless, careless) == ["done", "done"]
    assert account(reader).balances["AZN"].owed_minor == 120


def test_33_the_nightly_job_racing_a_return_leaves_one_line(reader: int) -> None:
    def fine(call: Callable[..., object], source: int, minor: int) -> Callable[[], object]:
        return lambda: call(
            patron_id=reader, source=Source("loan", source), amount_minor=minor, unit="GNC-M", by=SYSTEM, now=NOW
        )

    for number in range(ROUNDS):
        job = fine(set_accruing, number, 80)
        assert at_once(job, fine(settle_accruing, number, 60), job) == ["done"] * 3
        balance = account(reader).balances["AZN"]
        assert (balance.owed_minor, balance.debts) == (60 * (number + 1), number + 1)
    assert history_page(reader)[0] == ROUNDS
    assert faults() == {}


def test_a_credit_is_paid_out_once(reader: int) -> None:
    till = Till("GNC-M", "card", a_register())
    for _ in range(ROUNDS):
        paid = pay(patron_id=reader, amount_minor=70, till=till, by=SYSTEM, now=NOW, keep_rest=True)
        back = lambda: refund(credit_id=paid.id, till=till, by=SYSTEM, now=NOW, amount_minor=70)  # noqa: B023, E731
        assert sorted(at_once(back, back)) == ["credit_too_small", "done"]
    assert faults() == {}


def test_no_payment_slips_into_a_register_while_it_is_counted(reader: int) -> None:
    number = a_register()
    till = Till("GNC-M", "cash", number)
    for _ in range(ROUNDS):
        owes(reader, 100)
        counted = lambda: cash_up(register_id=number, counted_minor=0, by=SYSTEM, now=NOW + timedelta(days=1))  # noqa: E731
        paid, closed = at_once(desk(reader, 100, till), counted)
        assert closed == "done"
        assert paid in ("done", "register_closed")
        assert faults() == {}
        open_register(register_id=number, float_minor=0, by=SYSTEM, now=NOW)
