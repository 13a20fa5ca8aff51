"""Charging, paying, waiving, cancelling, giving back: each as a desk does it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.charges.facts import Balance, DebitFacts, Source, Till
from kitabxana.charges.operations import (
    apply_credit,
    cancel,
    charge,
    charge_by_hand,
    credit_found,
    pay,
    refund,
    replace_in_kind,
    void_payment,
    waive,
)
from kitabxana.charges.queries import account, balances_of, credit, history_page, receipt, receipts_of
from kitabxana.charges.tests.builders import LOAN, NOW, a_library_in_turkiye, a_till, found, outstanding, owes
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.money import Money
from kitabxana.patrons.tests.builders import a_reader

HERE: dict[str, Any] = {"unit": "GNC-M", "by": SYSTEM, "now": NOW}
CARD = Till("GNC-M", "card")


def take(patron: int, minor: int, till: Till = CARD, **rest: Any) -> int:
    return pay(patron_id=patron, amount_minor=minor, till=till, by=SYSTEM, now=NOW, **rest).id


def lose(patron: int, minor: int) -> DebitFacts:
    return charge(patron_id=patron, kind="lost", amount_minor=minor, source=LOAN, item_id=5, **HERE)


def test_a_charge_is_in_the_money_of_the_library_where_it_is_made(reader: int) -> None:
    a_library_in_turkiye()
    here, there = owes(reader, 150), owes(reader, 4000, unit="ANK")
    assert found(here).amount == Money(150, "AZN")
    assert found(there).amount == Money(4000, "TRY")
    assert account(reader).balances == {"AZN": Balance(150, 0, 1), "TRY": Balance(4000, 0, 1)}
    assert balances_of([reader, 0])[reader] == account(reader).balances


def test_a_payment_goes_to_the_oldest_first_and_leaves_the_other_currency_alone(reader: int) -> None:
    a_library_in_turkiye()
    first, lira, last = owes(reader, 150), owes(reader, 4000, unit="ANK"), owes(reader, 100)
    take(reader, 180)
    assert [outstanding(one) for one in (first, lira, last)] == [0, 4000, 70]
    assert found(first).settled_at == NOW
    assert found(last).settled_at is None


def test_chosen_debits_are_paid_and_no_others(reader: int) -> None:
    first, second, third = (owes(reader, 100) for _ in range(3))
    take(reader, 130, debit_ids=[third, second])
    assert [outstanding(one) for one in (first, second, third)] == [100, 0, 70]


def test_currencies_are_not_mixed_in_a_payment(reader: int) -> None:
    a_library_in_turkiye()
    chosen = [owes(reader, 100), owes(reader, 100, unit="ANK")]
    with pytest.raises(Refused, match="currency_differs"):
        take(reader, 200, debit_ids=chosen)
    assert [outstanding(one) for one in chosen] == [100, 100]


def test_more_than_is_owed_is_refused_or_kept(reader: int) -> None:
    debit = owes(reader, 100)
    with pytest.raises(Refused) as refused:
        take(reader, 150)
    assert [(one.code, dict(one.params)) for one in refused.value.refusals] == [
        ("over_payment", {"minor": 100, "currency": "AZN"})
    ]
    assert outstanding(debit) == 100
    kept = take(reader, 150, keep_rest=True)
    assert account(reader).balances == {"AZN": Balance(0, 50, 0)}
    later = owes(reader, 80)
    assert apply_credit(credit_id=kept, **HERE).remaining.minor == 0
    assert outstanding(later) == 30


def test_a_debit_that_is_not_open_or_not_this_reader_s_is_not_paid(reader: int) -> None:
    settled, theirs = owes(reader, 0), owes(a_reader(card="R2"), 100)
    for one in (settled, theirs):
        with pytest.raises(Refused, match="unknown_debit"):
            take(reader, 100, debit_ids=[one])


def test_a_request_sent_twice_is_done_once(reader: int) -> None:
    key, other = uuid4(), a_reader(card="R2")
    made = [charge_by_hand(patron_id=reader, kind="copy", amount_minor=200, key=key, **HERE) for _ in range(2)]
    assert made[0] == made[1]
    assert take(reader, 50, key=key) == take(reader, 50, key=key)
    assert outstanding(made[0].id) == 150
    with pytest.raises(Refused, match="request_used"):
        take(other, 50, key=key, keep_rest=True)
    with pytest.raises(Refused, match="request_used"):
        charge_by_hand(patron_id=other, kind="copy", amount_minor=200, key=key, **HERE)


def test_letting_off_and_paying_out_are_done_once_too(reader: int) -> None:
    debit, keys = owes(reader, 100), (uuid4(), uuid4())
    waived = [waive(debit_id=debit, amount_minor=30, key=keys[0], **HERE) for _ in range(2)]
    assert waived[0] == waived[1]
    assert outstanding(debit) == 70
    payment = take(reader, 100, keep_rest=True)
    back = [refund(credit_id=payment, amount_minor=10, till=CARD, by=SYSTEM, now=NOW, key=keys[1]) for _ in range(2)]
    assert back[0] == back[1]
    assert account(reader).balances == {"AZN": Balance(0, 20, 0)}


def test_a_feature_charges_once_for_one_source(reader: int) -> None:
    assert lose(reader, 900) == lose(reader, 900)
    assert charge(patron_id=reader, kind="rental", amount_minor=50, source=LOAN, **HERE).amount.minor == 50
    renewed = Source("loan", 7, part=1)
    charge(patron_id=reader, kind="rental", amount_minor=50, source=renewed, **HERE)
    assert account(reader).balances["AZN"] == Balance(1000, 0, 3)


def test_waiving_settles_a_part_or_all_and_is_never_money(reader: int) -> None:
    debit = owes(reader, 100)
    waive(debit_id=debit, amount_minor=40, note="Uşaq günü", **HERE)
    assert outstanding(debit) == 60
    take(reader, 10)
    waive(debit_id=debit, **HERE)
    assert found(debit).settled_at == NOW
    cancel(debit_id=debit, **HERE)
    assert account(reader).balances == {"AZN": Balance(0, 10, 0)}


def test_waiving_more_than_is_owed_or_nothing_is_refused(reader: int) -> None:
    debit = owes(reader, 100)
    for amount, code in ((101, "over_payment"), (0, "bad_amount"), (-1, "bad_amount")):
        with pytest.raises(Refused, match=code):
            waive(debit_id=debit, amount_minor=amount, **HERE)
    assert outstanding(debit) == 100


def test_cancelling_gives_payments_back_to_their_payer(reader: int) -> None:
    debit, other = owes(reader, 100), owes(reader, 30)
    payment = take(reader, 100, debit_ids=[debit])
    cancel(debit_id=debit, note="səhv", **HERE)
    assert account(reader).balances == {"AZN": Balance(30, 100, 1)}
    with pytest.raises(Refused, match="already_settled"):
        cancel(debit_id=debit, **HERE)
    apply_credit(credit_id=payment, debit_ids=[other], **HERE)
    assert account(reader).balances == {"AZN": Balance(0, 70, 0)}


@pytest.mark.parametrize(
    ("choice", "balance"),
    [("full", Balance(0, 400, 0)), ("unpaid", Balance(0, 0, 0)), ("none", Balance(600, 0, 1))],
)
def test_36_a_lost_book_that_came_back_follows_the_policy(reader: int, choice: str, balance: Balance) -> None:
    debit = lose(reader, 1200)
    waive(debit_id=debit.id, amount_minor=200, **HERE)
    take(reader, 400)
    for _ in range(2):
        credit_found(patron_id=reader, source=LOAN, choice=choice, **HERE)
    assert account(reader).balances.get("AZN", Balance()) == balance


def test_36_a_book_that_was_replaced_and_then_found_gives_no_money(reader: int) -> None:
    debit = lose(reader, 1200)
    replace_in_kind(debit_id=debit.id, note="eyni nəşr", **HERE)
    credit_found(patron_id=reader, source=LOAN, choice="full", **HERE)
    assert account(reader).balances == {}


def test_36_replacement_in_kind_settles_what_is_left_without_money(reader: int) -> None:
    debit = lose(reader, 1200)
    take(reader, 300)
    settled = replace_in_kind(debit_id=debit.id, **HERE)
    assert (settled.kind, settled.amount.minor, settled.remaining.minor) == ("replacement", 900, 0)
    assert account(reader).balances == {}
    with pytest.raises(Refused, match="already_settled"):
        replace_in_kind(debit_id=debit.id, **HERE)
    with pytest.raises(Refused, match="not_a_loss"):
        replace_in_kind(debit_id=owes(reader, 10), **HERE)


@pytest.mark.parametrize("way", ["replace", "waive", "cancel", "found"])
def test_a_loss_of_no_price_stays_open_until_it_is_settled(reader: int, way: str) -> None:
    debit = lose(reader, 0)
    assert account(reader).balances == {"AZN": Balance(0, 0, 1)}
    if way == "found":
        credit_found(patron_id=reader, source=LOAN, choice="full", **HERE)
    else:
        {"replace": replace_in_kind, "waive": waive, "cancel": cancel}[way](debit_id=debit.id, **HERE)
    assert account(reader).balances == {}
    assert found(debit.id).settled_at == NOW


def test_a_fee_of_nothing_is_told_and_owes_nothing(reader: int) -> None:
    debit = owes(reader, 0, kind="membership")
    assert account(reader).debits == ()
    assert [line.id for line in history_page(reader)[1]] == [debit]


def test_a_loss_may_be_charged_anew_after_the_book_was_found(reader: int) -> None:
    first = lose(reader, 500)
    credit_found(patron_id=reader, source=LOAN, choice="full", **HERE)
    again = lose(reader, 500)
    assert again.id != first.id
    assert account(reader).balances == {"AZN": Balance(500, 0, 1)}


def test_a_credit_is_paid_out_and_no_more_than_there_is(reader: int) -> None:
    till = a_till()
    owes(reader, 100)
    payment = take(reader, 160, till, keep_rest=True)
    with pytest.raises(Refused, match="credit_too_small"):
        refund(credit_id=payment, amount_minor=61, till=till, by=SYSTEM, now=NOW)
    refund(credit_id=payment, amount_minor=20, till=till, by=SYSTEM, now=NOW)
    last = refund(credit_id=payment, till=till, by=SYSTEM, now=NOW)
    assert (last.kind, last.amount.minor, last.outstanding.minor) == ("payout", 40, 0)
    assert account(reader).balances == {}
    slip = receipt(receipts_of([last.id])[last.id], scopes=("",))
    assert slip is not None
    assert (slip.number, slip.amount, slip.debit_id) == (3, Money(-40, "AZN"), last.id)
    with pytest.raises(Refused, match="already_settled"):
        cancel(debit_id=last.id, **HERE)
    with pytest.raises(Refused, match="already_refunded"):
        void_payment(credit_id=payment, **HERE)


def test_a_payment_that_was_none_is_taken_back_whole(reader: int) -> None:
    till, debits = a_till(), [owes(reader, 100), owes(reader, 50)]
    payment = take(reader, 170, till, keep_rest=True)
    after = void_payment(credit_id=payment, **HERE)
    assert after.remaining.minor == 0
    assert [outstanding(one) for one in debits] == [100, 50]
    assert found(debits[0]).settled_at is None
    assert account(reader).balances == {"AZN": Balance(150, 0, 2)}
    with pytest.raises(Refused, match="already_refunded"):
        void_payment(credit_id=payment, **HERE)


def test_only_payments_are_taken_back(reader: int) -> None:
    waiver = waive(debit_id=owes(reader, 10), **HERE)
    with pytest.raises(Refused, match="unknown_credit"):
        void_payment(credit_id=waiver.id, **HERE)
    with pytest.raises(Refused, match="already_settled"):
        apply_credit(credit_id=waiver.id, **HERE)


def test_history_tells_everything_newest_first_with_one_row_of_numbers(reader: int) -> None:
    debit = owes(reader, 100)
    payment = take(reader, 60)
    waiver = waive(debit_id=debit, **HERE).id
    total, lines = history_page(reader, limit=2)
    assert (total, [line.id for line in lines]) == (3, [waiver, payment])
    assert sorted({debit, payment, waiver}) == list(range(debit, debit + 3))
    assert credit(payment) == lines[1]


def test_every_write_leaves_its_audit_row_and_event(reader: int) -> None:
    before = AuditEntry.objects.count(), OutboxEvent.objects.count()
    debit = owes(reader, 100)
    payment = take(reader, 120, keep_rest=True)
    cancel(debit_id=debit, **HERE)
    refund(credit_id=payment, till=CARD, by=SYSTEM, now=NOW)
    entries = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[before[0] :]
    assert entries == ["charges.debit", "charges.credit", "charges.credit", "charges.debit"]
    events = list(OutboxEvent.objects.order_by("id").values_list("name", flat=True))[before[1] :]
    assert events == ["charge.made", "credit.made", "credit.made", "charge.made", "refund.made"]
