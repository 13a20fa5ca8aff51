"""Who may do what to whose account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.charges.facts import Till
from kitabxana.charges.operations import (
    apply_credit,
    cancel,
    charge,
    charge_by_hand,
    pay,
    refund,
    replace_in_kind,
    void_payment,
    waive,
)
from kitabxana.charges.tests.builders import LOAN, NOW, owes
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.people import ADMINISTRATOR_ELSEWHERE, LIBRARIAN_HERE, PEOPLE, holder
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable

CARD = Till("GNC-M", "card")
ALL = ("nobody", "librarian here", "librarian elsewhere", "administrator here", "administrator elsewhere",
       "administrator")  # fmt: skip
DESK = ("librarian here", "administrator here", "administrator")
BOSS = ("administrator here", "administrator")


def lost(patron: int) -> int:
    return charge(
        patron_id=patron, kind="lost", amount_minor=50, source=LOAN, unit="GNC-M", by=SYSTEM, now=NOW
    ).id  # fmt: skip


def paid(patron: int) -> int:
    return pay(patron_id=patron, amount_minor=50, till=CARD, by=SYSTEM, now=NOW, keep_rest=True).id


ACTIONS: dict[str, tuple[Callable[[int, Actor], object], tuple[str, ...]]] = {
    "charge": (
        lambda p, by: charge_by_hand(patron_id=p, kind="copy", amount_minor=5, unit="GNC-M", by=by, now=NOW), DESK
    ),
    "pay": (lambda p, by: pay(patron_id=p, amount_minor=5, till=CARD, by=by, now=NOW, keep_rest=True), DESK),
    "apply": (
        lambda p, by: (
            credit := paid(p), owes(p, 10), apply_credit(credit_id=credit, unit="GNC-M", by=by, now=NOW)
        ), DESK
    ),
    "replace": (lambda p, by: replace_in_kind(debit_id=lost(p), unit="GNC-M", by=by, now=NOW), DESK),
    "waive": (lambda p, by: waive(debit_id=owes(p, 50), unit="GNC-M", by=by, now=NOW), BOSS),
    "cancel": (lambda p, by: cancel(debit_id=owes(p, 50), unit="GNC-M", by=by, now=NOW), BOSS),
    "refund": (lambda p, by: refund(credit_id=paid(p), till=CARD, by=by, now=NOW), BOSS),
    "void": (lambda p, by: void_payment(credit_id=paid(p), unit="GNC-M", by=by, now=NOW), BOSS),
}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ALL)
def test_who_may(reader: int, action: str, who: str) -> None:
    act, allowed = ACTIONS[action]
    if who in allowed:
        act(reader, PEOPLE[who])
        return
    with pytest.raises(Refused) as refused:
        act(reader, PEOPLE[who])
    assert [one.code for one in refused.value.refusals] == ["not_permitted"]


def test_a_reader_of_another_system_is_not_there(reader: int) -> None:
    theirs = a_reader(card="S1", home_unit="SAK-M")
    with pytest.raises(Refused, match="unknown_patron"):
        charge_by_hand(patron_id=theirs, kind="copy", amount_minor=5, unit="GNC-M", by=LIBRARIAN_HERE, now=NOW)
    with pytest.raises(Refused, match="unknown_patron"):
        waive(debit_id=owes(reader, 5), unit="SAK-M", by=ADMINISTRATOR_ELSEWHERE, now=NOW)


def test_libraries_of_one_system_share_their_readers(reader: int) -> None:
    neighbour = holder("librarian", "AZ/GNC/GNC-2/", unit="GNC-2")
    assert charge_by_hand(patron_id=reader, kind="copy", amount_minor=5, unit="GNC-2", by=neighbour, now=NOW)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"unit": "XX"}, "unknown_unit"),
        ({"patron_id": 0}, "unknown_patron"),
        ({"kind": "fine"}, "unknown_charge"),  # a fine comes from a loan, never from a hand
        ({"kind": "payout"}, "unknown_charge"),
        ({"amount_minor": -1}, "bad_amount"),
        ({"amount_minor": 2**31}, "bad_amount"),
    ],
)
def test_what_a_desk_can_t_charge(reader: int, values: dict[str, object], code: str) -> None:
    plain = {"patron_id": reader, "kind": "copy", "amount_minor": 5, "unit": "GNC-M", "by": SYSTEM, "now": NOW}
    with pytest.raises(Refused, match=code):
        charge_by_hand(**(plain | values))  # type: ignore[arg-type]


def test_what_is_not_there(reader: int) -> None:
    for attempt in (waive, cancel, replace_in_kind):
        with pytest.raises(Refused, match="unknown_debit"):
            attempt(debit_id=0, unit="GNC-M", by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="unknown_credit"):
        refund(credit_id=0, till=CARD, by=SYSTEM, now=NOW)
