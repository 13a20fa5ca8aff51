"""What an operation costs the database: the exact number of statements, the outer SAVEPOINT and RELEASE counted."""

from __future__ import annotations

from typing import Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Till
from kitabxana.charges.operations import cancel, charge, pay, refund, set_accruing, settle_accruing, waive
from kitabxana.charges.queries import account, balances_of, history_page
from kitabxana.charges.tests.builders import LOAN, NOW, a_till, owes
from kitabxana.organisation.queries import tree

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"unit": "GNC-M", "by": SYSTEM, "now": NOW}


@pytest.mark.parametrize("debts", [1, 12])
def test_paying_costs_the_same_for_one_debt_and_for_many(
    reader: int, debts: int, django_assert_num_queries: Any
) -> None:
    till = a_till()
    for _ in range(debts):
        owes(reader, 10)
    tree()
    with django_assert_num_queries(16):
        paid = pay(patron_id=reader, amount_minor=10 * debts, till=till, by=SYSTEM, now=NOW)
    assert paid.remaining.minor == 0
    with django_assert_num_queries(3):
        assert account(reader).balances == {}
    with django_assert_num_queries(6):
        assert len(history_page(reader)[1]) == debts + 1


def test_a_fine_that_grows_every_night(reader: int, django_assert_num_queries: Any) -> None:
    tree()
    with django_assert_num_queries(9):
        set_accruing(patron_id=reader, source=LOAN, amount_minor=20, **HERE)
    with django_assert_num_queries(7):
        set_accruing(patron_id=reader, source=LOAN, amount_minor=40, **HERE)
    with django_assert_num_queries(6):
        set_accruing(patron_id=reader, source=LOAN, amount_minor=40, **HERE)
    with django_assert_num_queries(10):
        settle_accruing(patron_id=reader, source=LOAN, amount_minor=60, **HERE)


def test_a_loan_without_a_fine_costs_next_to_nothing(reader: int, django_assert_num_queries: Any) -> None:
    tree()
    with django_assert_num_queries(7):
        assert settle_accruing(patron_id=reader, source=LOAN, amount_minor=0, **HERE) == []


def test_charging_waiving_cancelling_and_paying_out(reader: int, django_assert_num_queries: Any) -> None:
    tree()
    with django_assert_num_queries(9):
        debit = charge(patron_id=reader, kind="rental", amount_minor=100, source=LOAN, **HERE)
    with django_assert_num_queries(13):
        waive(debit_id=debit.id, amount_minor=10, **HERE)
    credit = pay(patron_id=reader, amount_minor=50, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW)
    with django_assert_num_queries(15):
        cancel(debit_id=debit.id, **HERE)
    with django_assert_num_queries(14):
        refund(credit_id=credit.id, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW)
    with django_assert_num_queries(1):
        assert balances_of(range(reader, reader + 100)) == {}
