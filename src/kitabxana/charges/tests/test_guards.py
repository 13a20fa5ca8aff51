"""What the database itself refuses, whoever asks; and that each check finds what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.models import Allocation, Credit, Debit, Receipt
from kitabxana.charges.operations import cash_up, pay
from kitabxana.charges.queries import CHECKS
from kitabxana.charges.tests.builders import LOAN, NOW, a_library_in_turkiye, a_till, faults, owes
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid() -> int:
    """A debit of 100, paid in cash through a register that was then counted; returns the reader."""
    a_nation()
    a_library_in_turkiye()
    reader, till = a_reader(), a_till()
    owes(reader, 100)
    pay(patron_id=reader, amount_minor=100, till=till, by=SYSTEM, now=NOW)
    cash_up(register_id=till.register_id or 0, counted_minor=100, by=SYSTEM, now=NOW)
    return reader


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE charges_debit SET amount_minor = 90",
        "UPDATE charges_debit SET currency = 'TRY'",
        "UPDATE charges_debit SET kind = 'fine'",
        "UPDATE charges_debit SET running = true, settled_at = NULL, outstanding_minor = amount_minor",
        "UPDATE charges_debit SET charged_at = now()",
        "UPDATE charges_debit SET source_id = 4",
        "UPDATE charges_debit SET note = 'başqa'",
        "DELETE FROM charges_allocation",
        "DELETE FROM charges_receipt",
        "UPDATE charges_credit SET amount_minor = 90",
        "UPDATE charges_credit SET method = 'card'",
        "UPDATE charges_allocation SET amount_minor = 90",
        "UPDATE charges_receipt SET number = 2",
        "UPDATE charges_shift SET counted_minor = 90",
        "DELETE FROM charges_shift",
        "UPDATE charges_debit SET outstanding_minor = -1",
        "UPDATE charges_debit SET outstanding_minor = 101",
        "UPDATE charges_debit SET outstanding_minor = 50",
        "UPDATE charges_credit SET remaining_minor = -1",
    ],
)
def test_what_stands_is_not_changed(paid: int, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["charges_debit", "charges_credit"])
def test_a_line_is_never_deleted(paid: int, table: str) -> None:
    if table == "charges_debit":
        owes(paid, 10)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - one of two names above


def test_a_reader_may_be_forgotten(paid: int) -> None:
    """Anonymising empties who it was and what was noted, and leaves the sums."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("debit", "credit"):
            cursor.execute(f"UPDATE charges_{table} SET patron_id = NULL, note = ''")  # noqa: S608
        cursor.execute("UPDATE charges_receipt SET patron_id = NULL")
    assert faults() == {}


def test_a_credit_settles_debits_of_its_own_reader_and_currency_only(paid: int) -> None:
    credit = Credit.objects.get().pk
    running = Debit.objects.create(**bare(paid, running=True))
    for debit in (owes(paid, 5, unit="ANK"), owes(a_reader(card="R2"), 5), running.pk):
        with pytest.raises(DatabaseError, match="not of one account"), transaction.atomic():
            Allocation.objects.create(debit_id=debit, credit_id=credit, amount_minor=1, made_at=NOW)


def test_a_receipt_number_is_given_once(paid: int) -> None:
    slip = Receipt.objects.get()
    other = pay_by_card(paid)
    with pytest.raises(IntegrityError, match="receipt_number_once"), transaction.atomic():
        Receipt.objects.create(register_id=slip.register_id, shift_id=slip.shift_id, number=1, amount_minor=7,
                               method="card", credit_id=other, at=NOW, by="")  # fmt: skip


def pay_by_card(patron: int) -> int:
    return Credit.objects.create(patron_id=patron, unit_id=Debit.objects.all()[0].unit_id, kind="payment",
                                 amount_minor=7, remaining_minor=7, currency="AZN", method="card", credited_at=NOW,
                                 credited_by="").pk  # fmt: skip


def bare(patron: int, **values: object) -> dict[str, object]:
    plain = {
        "patron_id": patron, "unit_id": Debit.objects.all()[0].unit_id, "kind": "fine", "amount_minor": 9,
        "outstanding_minor": 9, "currency": "AZN", "source_kind": LOAN.kind, "source_id": LOAN.id, "charged_at": NOW,
        "charged_by": "",
    }  # fmt: skip
    return plain | values


def _wrong_debit(paid: int) -> None:
    Debit.objects.create(**bare(paid, outstanding_minor=4))


def _wrong_credit(paid: int) -> None:
    Credit.objects.filter(pk=pay_by_card(paid)).update(remaining_minor=3)


def _taken_back_twice(paid: int) -> None:
    debit, credit = owes(paid, 5), Credit.objects.get().pk
    Allocation.objects.create(debit_id=debit, credit_id=credit, amount_minor=-1, made_at=NOW)


def _across(paid: int) -> None:
    Credit.objects.update(patron_id=a_reader(card="R2"))


def _open_of_nothing(paid: int) -> None:
    Debit.objects.create(**bare(paid, amount_minor=0, outstanding_minor=0))


def _waiver_left(paid: int) -> None:
    Credit.objects.create(patron_id=paid, unit_id=Debit.objects.all()[0].unit_id, kind="waiver", amount_minor=7,
                          remaining_minor=7, currency="AZN", credited_at=NOW, credited_by="")  # fmt: skip


def _receipt(paid: int, **values: object) -> None:
    slip = Receipt.objects.get()
    plain = {"register_id": slip.register_id, "shift_id": slip.shift_id, "number": 2, "amount_minor": 7,
             "method": "card", "credit_id": pay_by_card(paid), "at": NOW, "by": ""}  # fmt: skip
    Receipt.objects.create(**(plain | values))


def _cash_without(paid: int) -> None:
    unit = Debit.objects.all()[0].unit_id
    Credit.objects.create(patron_id=paid, unit_id=unit, kind="payment", amount_minor=7, remaining_minor=7,
                          currency="AZN", method="cash", credited_at=NOW, credited_by="")  # fmt: skip


def _late(paid: int) -> None:
    from datetime import timedelta

    _receipt(paid, at=NOW + timedelta(days=1))


BROKEN: dict[str, Callable[[int], None]] = {
    "debit_sum_wrong": _wrong_debit,
    "credit_sum_wrong": _wrong_credit,
    "allocation_taken_back_twice": _taken_back_twice,
    "allocation_across_accounts": _across,
    "debit_open_without_debt": _open_of_nothing,
    "credit_left_of_what_is_no_money": _waiver_left,
    "receipt_number_missing": lambda paid: _receipt(paid, number=3),
    "receipt_of_another_amount": lambda paid: _receipt(paid, amount_minor=8),
    "cash_without_receipt": _cash_without,
    "shift_sum_wrong": lambda paid: _receipt(paid, method="cash"),
    "receipt_in_closed_shift": _late,
}


def test_every_check_is_tried() -> None:
    assert set(BROKEN) == set(CHECKS)


@pytest.mark.parametrize("code", BROKEN)
def test_each_check_finds_what_it_is_for(paid: int, code: str) -> None:
    assert faults() == {}
    BROKEN[code](paid)
    assert code in faults()
