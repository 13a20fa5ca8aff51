"""A reader's account when the reader leaves, reads what is held, or turns out to be two rows of one person."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import override

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Balance, Till
from kitabxana.charges.messages import refusal_text
from kitabxana.charges.models import Credit, Debit, Receipt
from kitabxana.charges.operations import charge, charge_by_hand, pay, refund, set_accruing, waive
from kitabxana.charges.queries import account, history_page
from kitabxana.charges.tests.builders import LOAN, NOW, a_till, found, owes
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.patrons.operations import erase, export_everything, merge
from kitabxana.patrons.tests.builders import a_reader

CARD = Till("GNC-M", "card")


def stands_against(patron: int) -> list[Refusal]:
    with pytest.raises(Refused) as refused:
        erase(patron_id=patron, by=SYSTEM, now=NOW)
    return list(refused.value.refusals)


def test_39_who_owes_or_has_money_here_stays_and_the_books_outlive_the_reader(reader: int) -> None:
    till = a_till()
    debit = charge_by_hand(
        patron_id=reader, kind="manual", amount_minor=100, unit="GNC-M", by=SYSTEM, now=NOW, note="çap"
    ).id
    (owed,) = stands_against(reader)
    assert (owed.code, dict(owed.params)) == ("open_debts", {"minor": 100, "currency": "AZN"})
    with override("az"):
        assert "1,00" in refusal_text(owed)
    paid = pay(patron_id=reader, amount_minor=150, till=till, by=SYSTEM, now=NOW, keep_rest=True)
    (good,) = stands_against(reader)
    assert (good.code, dict(good.params)) == ("open_credits", {"minor": 50, "currency": "AZN"})
    refund(credit_id=paid.id, till=till, by=SYSTEM, now=NOW)
    erase(patron_id=reader, by=SYSTEM, now=NOW)
    assert not Debit.objects.exclude(patron=None, note="").exists()
    assert not Credit.objects.exclude(patron=None, note="").exists()
    assert list(Receipt.objects.order_by("number").values_list("amount_minor", flat=True)) == [150, -50]
    assert not Receipt.objects.exclude(patron=None).exists()
    assert found(debit).amount.minor == 100
    assert history_page(reader)[0] == 0


def test_39_a_lost_book_without_a_price_is_owed_too(reader: int) -> None:
    line = charge(patron_id=reader, kind="lost", amount_minor=0, unit="GNC-M", by=SYSTEM, now=NOW, source=LOAN)
    assert [one.code for one in stands_against(reader)] == ["open_debts"]
    waive(debit_id=line.id, unit="GNC-M", by=SYSTEM, now=NOW)
    erase(patron_id=reader, by=SYSTEM, now=NOW)
    assert found(line.id).patron_id is None


def test_39_two_rows_of_one_person_have_one_account(reader: int) -> None:
    gone = a_reader(card="R2")
    owes(reader, 30)
    owes(gone, 100)
    pay(patron_id=gone, amount_minor=60, till=CARD, by=SYSTEM, now=NOW)
    set_accruing(patron_id=gone, source=LOAN, amount_minor=20, unit="GNC-M", by=SYSTEM, now=NOW)
    merge(keep=reader, gone=gone, by=SYSTEM, now=NOW)
    assert account(reader).balances == {"AZN": Balance(90, 0, 3)}
    assert account(gone).balances == {}
    set_accruing(patron_id=reader, source=LOAN, amount_minor=40, unit="GNC-M", by=SYSTEM, now=NOW)
    assert account(reader).balances == {"AZN": Balance(110, 0, 3)}
    pay(patron_id=reader, amount_minor=110, till=CARD, by=SYSTEM, now=NOW)
    assert account(reader).balances == {}


def test_39_the_person_reads_the_whole_account(reader: int) -> None:
    owes(reader, 100)
    pay(patron_id=reader, amount_minor=40, till=a_till(), by=SYSTEM, now=NOW)
    held = export_everything(patron_id=reader, by=SYSTEM, now=NOW)["charges"]
    assert json.loads(json.dumps(held)) == held
    (debit,), (credit,), (receipt,) = held["debits"], held["credits"], held["receipts"]
    assert (debit["library"], debit["amount_minor"], debit["outstanding_minor"]) == ("GNC-M", 100, 60)
    assert (credit["method"], credit["amount_minor"], receipt["number"]) == ("cash", 40, 1)
