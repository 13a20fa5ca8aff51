"""Registers, their shifts and receipts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Till
from kitabxana.charges.operations import add_register, cash_up, open_register, pay, refund, void_payment
from kitabxana.charges.queries import credit, receipt, receipts_of, register, registers_at, shift_receipts, shifts_of
from kitabxana.charges.tests.builders import NOW, a_library_in_turkiye, a_register, a_till, outstanding, owes
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE

LATER = NOW + timedelta(hours=8)


def take(patron: int, minor: int, till: Till) -> int:
    return pay(patron_id=patron, amount_minor=minor, till=till, by=SYSTEM, now=NOW, keep_rest=True).id


def test_a_register_is_of_one_library_and_its_currency(reader: int) -> None:
    a_library_in_turkiye()
    here, there = a_register(), a_register(unit="ANK")
    assert [(one.id, one.currency, one.is_open) for one in registers_at("GNC-M")] == [(here, "AZN", True)]
    assert [(one.id, one.currency) for one in registers_at("ANK")] == [(there, "TRY")]
    assert register(here, scopes=("AZ/SAK/",)) is None
    with pytest.raises(Refused, match="unknown_register"):
        take(reader, 10, Till("GNC-M", "cash", there))


@pytest.mark.parametrize(("name", "code"), [("", "bad_name"), ("M" * 61, "bad_name"), ("Masa 1", "name_taken")])
def test_a_register_has_a_name_of_its_own(reader: int, name: str, code: str) -> None:
    a_register()
    with pytest.raises(Refused, match=code):
        add_register(unit="GNC-M", name=name, by=SYSTEM)


def test_receipts_are_numbered_without_a_gap_in_each_register(reader: int) -> None:
    first, second = a_till(), Till("GNC-M", "cash", a_register(name="Masa 2"))
    paid = [take(reader, 10, till) for till in (first, second, first)]
    with pytest.raises(Refused, match="over_payment"):
        pay(patron_id=reader, amount_minor=10, till=first, by=SYSTEM, now=NOW)
    paid.append(take(reader, 10, first))
    slips = receipts_of(paid)
    told = [receipt(slips[one], scopes=("",)) for one in paid]
    assert [(one.register_name, one.number) for one in told if one] == [
        ("Masa 1", 1), ("Masa 2", 1), ("Masa 1", 2), ("Masa 1", 3),
    ]  # fmt: skip
    assert receipt(slips[paid[0]], scopes=("AZ/SAK/",)) is None
    assert credit(paid[0]).register_id == first.register_id  # type: ignore[union-attr]


def test_money_that_needs_no_drawer_needs_no_register(reader: int) -> None:
    owes(reader, 100)
    with pytest.raises(Refused, match="cash_needs_register"):
        take(reader, 100, Till("GNC-M", "cash"))
    assert receipts_of([take(reader, 100, Till("GNC-M", "transfer"))]) == {}


def test_cash_up_compares_the_count_with_what_should_be_there(reader: int) -> None:
    till = a_till()
    assert till.register_id is not None
    cash_up(register_id=till.register_id, counted_minor=0, by=SYSTEM, now=NOW)
    open_register(register_id=till.register_id, float_minor=2000, by=SYSTEM, now=NOW)
    payment = take(reader, 300, till)
    take(reader, 700, Till("GNC-M", "card", till.register_id))
    refund(credit_id=payment, amount_minor=50, till=till, by=SYSTEM, now=NOW)
    working = register(till.register_id, scopes=("AZ/GNC/",))
    assert working is not None
    assert working.shift is not None
    assert (working.shift.expected_minor, working.shift.difference_minor) == (2250, None)
    assert [(one.number, one.amount.minor) for one in shift_receipts(working.shift.id)] == [
        (3, -50),
        (2, 700),
        (1, 300),
    ]
    assert cash_up(register_id=till.register_id, counted_minor=2200, by=SYSTEM, now=LATER, note="50 az") == -50
    last = shifts_of(till.register_id)[0]
    assert (last.float_minor, last.expected_minor, last.counted_minor, last.difference_minor) == (2000, 2250, 2200, -50)
    assert (last.closed_at, last.note) == (LATER, "50 az")


def test_nothing_goes_through_a_closed_register(reader: int) -> None:
    till, debit = a_till(), owes(reader, 100)
    assert till.register_id is not None
    payment = take(reader, 150, till)
    cash_up(register_id=till.register_id, counted_minor=150, by=SYSTEM, now=NOW)
    again = owes(reader, 20)
    for attempt in (
        lambda: take(reader, 20, till),
        lambda: refund(credit_id=payment, till=till, by=SYSTEM, now=NOW),
        lambda: void_payment(credit_id=payment, unit="GNC-M", by=SYSTEM, now=NOW),
        lambda: cash_up(register_id=till.register_id or 0, counted_minor=0, by=SYSTEM, now=NOW),
    ):
        with pytest.raises(Refused, match="register_closed"):
            attempt()
    assert (outstanding(debit), outstanding(again)) == (0, 20)


def test_a_drawer_gives_no_more_than_is_in_it(reader: int) -> None:
    till = a_till()
    payment = take(reader, 500, Till("GNC-M", "card", till.register_id))
    with pytest.raises(Refused, match="drawer_too_small"):
        refund(credit_id=payment, till=till, by=SYSTEM, now=NOW)
    back = refund(credit_id=payment, till=Till("GNC-M", "card", till.register_id), by=SYSTEM, now=NOW)
    assert back.amount.minor == 500


def test_a_register_is_opened_once_and_with_a_sensible_float(reader: int) -> None:
    open_one = a_register()
    closed = add_register(unit="GNC-M", name="Masa 2", by=SYSTEM)
    for number, minor, code in ((open_one, 0, "register_open"), (closed, -1, "bad_amount"), (0, 0, "unknown_register")):
        with pytest.raises(Refused, match=code):
            open_register(register_id=number, float_minor=minor, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="bad_amount"):
        cash_up(register_id=open_one, counted_minor=-1, by=SYSTEM, now=NOW)


def test_who_may_work_a_register(reader: int) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        add_register(unit="GNC-M", name="Masa 1", by=LIBRARIAN_HERE)
    number = add_register(unit="GNC-M", name="Masa 1", by=SYSTEM)
    with pytest.raises(Refused, match="not_permitted"):
        open_register(register_id=number, float_minor=0, by=LIBRARIAN_ELSEWHERE, now=NOW)
    open_register(register_id=number, float_minor=0, by=LIBRARIAN_HERE, now=NOW)
    with pytest.raises(Refused, match="not_permitted"):
        cash_up(register_id=number, counted_minor=0, by=LIBRARIAN_ELSEWHERE, now=NOW)
    assert cash_up(register_id=number, counted_minor=0, by=LIBRARIAN_HERE, now=NOW) == 0
