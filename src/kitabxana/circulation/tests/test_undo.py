"""The last scan is undone: as if it had never been, or not at all."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.queries import account
from kitabxana.circulation.models import Loan, PastLoan, Transfer
from kitabxana.circulation.operations import (
    cancel_hold,
    claim_returned,
    declare_lost,
    forget_history,
    place_hold,
    put_on_rota,
    renew,
    undo_check_in,
    undo_check_out,
)
from kitabxana.circulation.queries.holds import pull_list
from kitabxana.circulation.tests.builders import a_rota
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take, told
from kitabxana.holdings.operations import move
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitabxana.circulation.facts import CheckedIn, HoldFacts, LoanFacts

pytestmark = pytest.mark.django_db
ACTS = ("check_out", "check_in", "renew", "backdate", "claim", "lose", "override.on_loan", "override.wanted_by_other",
        "override.held_for_other")  # fmt: skip
ALL: dict[str, tuple[str, ...]] = {f"circulation.{act}": ("",) for act in ACTS}
LEYLA, KAMRAN = Actor("leyla", grants=ALL), Actor("kamran", grants=ALL)
TOO_LATE = ["too_late_to_undo"]


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def lent(item: int, patron: int, **more: Any) -> LoanFacts:
    return lend(item, patron, **{"by": LEYLA, **more})


def taken(item: int, **more: Any) -> CheckedIn:
    return take(item, **{"by": LEYLA, "days": 1, **more})


def undo_lending(loan: int, *, minutes: float = 1, unit: str = "GNC-M", by: Actor = LEYLA) -> LoanFacts:
    return undo_check_out(loan_id=loan, unit=unit, by=by, now=NOW + timedelta(minutes=minutes))


def undo_return(loan: int, *, minutes: float = 1, unit: str = "GNC-M", by: Actor = LEYLA, days: float = 1) -> LoanFacts:
    return undo_check_in(loan_id=loan, unit=unit, by=by, now=NOW + timedelta(days=days, minutes=minutes))


def waits(record: int, patron: int, **more: Any) -> HoldFacts:
    return place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=NOW, **more)


def copy_of(item: int) -> dict[str, Any]:
    return asdict(items_by_id([item])[item])


def row_of(manager: Any, **which: Any) -> dict[str, Any]:
    found: dict[str, Any] = manager.filter(**which).values().get()
    return found


def test_a_lending_that_is_undone_never_was() -> None:
    item, patron = a_copy(a_record()), a_reader()
    before, owed = copy_of(item), account(patron)
    loan = lent(item, patron)
    assert undo_lending(loan.id, minutes=10) == loan
    after = copy_of(item)
    assert {name for name in after if after[name] != before[name]} == {"last_seen_at"}
    assert not Loan.objects.exists()
    assert not PastLoan.objects.exists(), "it never was"
    assert account(patron) == owed
    assert told("loan.undone") == [{"loan": loan.id, "item": item, "unit": "GNC-M"}]
    entry = AuditEntry.objects.get(action="loan.check_out_undone")
    assert (entry.actor_name, entry.object_id, entry.before) == (
        "leyla", str(loan.id), {"item": item, "patron": patron, "due_at": loan.due_at.isoformat()}
    )  # fmt: skip
    again = lent(item, patron, now=NOW + timedelta(minutes=11))
    assert again.id > loan.id, "no number of a loan comes twice"
    assert copy_of(item)["loans"] == before["loans"] + 1
    assert refused(undo_lending, loan.id) == ["unknown_loan"]


def test_a_return_that_is_undone_leaves_the_loan_as_it_was_and_the_transfer_it_opened_goes() -> None:
    policy(renewals_allowed=3, auto_renew=True)
    item, patron = a_copy(a_record(), unit="GNC-2"), a_reader()
    loan = lent(item, patron, unit="GNC-M")
    renew(loan_id=loan.id, by=LEYLA, now=NOW + timedelta(hours=1))
    not_renewed = {"auto_renewals": 1, "unseen_renewals": 1, "not_renewed_for": NOW, "lifted": ["item_damaged"]}
    Loan.objects.update(**not_renewed)
    copy, open_loan = copy_of(item), row_of(Loan.objects, pk=loan.id)
    assert taken(item).instruction == "transfer"
    assert Transfer.objects.filter(arrived_at=None).count() == 1
    reopened = undo_return(loan.id, minutes=10)
    assert (reopened.id, reopened.due_at, reopened.renewals) == (loan.id, open_loan["due_at"], 1)
    again = row_of(Loan.objects, pk=loan.id)
    assert {name for name in again if again[name] != open_loan[name]} <= {"undoable"}
    after = copy_of(item)
    assert {name for name in after if after[name] != copy[name]} == {"last_seen_at"}
    assert not Transfer.objects.exists()
    assert not PastLoan.objects.exists()
    assert told("loan.reopened") == [{"loan": loan.id, "item": item, "unit": "GNC-M"}]
    assert AuditEntry.objects.get(action="loan.check_in_undone").after == {"loan": loan.id}
    assert refused(undo_return, loan.id) == ["unknown_loan"], "it is open"
    assert taken(item, days=2).loan is not None
    assert undo_return(loan.id, days=2).id == loan.id


def test_a_return_to_the_shelf_from_the_drop_box_is_undone_within_minutes_of_the_desk() -> None:
    item = a_copy(a_record())
    loan = lent(item, a_reader(), now=NOW - timedelta(days=3))
    taken(item, returned_at=NOW - timedelta(days=2))
    assert undo_return(loan.id).lent_at == loan.lent_at
    assert copy_of(item)["place"] == "loan"


def test_a_copy_that_is_free_again_goes_to_who_waits_and_one_that_is_out_again_to_nobody() -> None:
    record = a_record()
    item, patron = a_copy(record), a_reader()
    loan = lent(item, patron)
    hold = waits(record, a_reader(card="R2"))
    assert hold.target_item_id is None
    undo_lending(loan.id)
    assert [(one.item.id, one.hold.id) for one in pull_list("GNC-M")] == [(item, hold.id)]
    cancel_hold(hold_id=hold.id, by=SYSTEM, now=NOW)
    loan = lent(item, patron)
    taken(item)
    hold = waits(record, a_reader(card="R3"))
    assert hold.target_item_id == item
    undo_return(loan.id)
    assert pull_list("GNC-M") == []


def test_only_who_did_it_there_and_within_minutes() -> None:
    item = a_copy(a_record())
    loan = lent(item, a_reader())
    assert refused(undo_lending, loan.id, by=KAMRAN) == TOO_LATE
    assert refused(undo_lending, loan.id, unit="GNC-2") == TOO_LATE
    assert refused(undo_lending, loan.id, minutes=10.1) == TOO_LATE
    assert refused(undo_lending, loan.id, unit="NOWHERE") == ["unknown_unit"]
    assert refused(undo_lending, loan.id, by=Actor("leyla")) == ["not_permitted"]
    taken(item)
    assert refused(undo_lending, loan.id) == ["unknown_loan"], "it was taken back meanwhile"
    assert refused(undo_return, loan.id, by=KAMRAN) == TOO_LATE
    assert refused(undo_return, loan.id, unit="GNC-2") == TOO_LATE
    assert refused(undo_return, loan.id, minutes=10.1) == TOO_LATE
    assert refused(undo_return, loan.id, by=Actor("leyla")) == ["not_permitted"]
    assert refused(undo_return, 10**9) == ["unknown_loan"]
    assert undo_return(loan.id).id == loan.id


def test_a_lending_that_changed_more_is_not_undone() -> None:
    """Somebody's loan that ended, a hold filled or passed over, a copy that was on its way, a fee, a renewal."""
    record = a_record()
    other = a_copy(record, barcode="OTHER", unit="GNC-2")
    item, first, second = a_copy(record), a_reader(), a_reader(card="R2")
    lent(item, first)
    assert refused(undo_lending, lent(item, second, lift="on_loan").id) == TOO_LATE
    taken(item)
    waits(record, first)
    assert refused(undo_lending, lent(item, first).id) == TOO_LATE, "the reader's own hold is filled"
    taken(item)
    waits(record, second, item_id=item)
    taken(item, days=1.1)
    own = lent(item, first, lift="held_for_other wanted_by_other")
    assert refused(undo_lending, own.id) == TOO_LATE, "the other reader lost it"
    take(other, days=0)
    assert refused(undo_lending, lent(other, second).id) == TOO_LATE, "it was on its way home"


def test_a_lending_to_which_something_happened_is_not_undone() -> None:
    policy(renewals_allowed=1, rental_fee=50)
    item, patron = a_copy(a_record()), a_reader()
    assert refused(undo_lending, lent(item, patron).id) == TOO_LATE, "it costs something"
    policy(rental_fee=0)
    happenings: tuple[Callable[[int], object], ...] = (
        lambda loan: renew(loan_id=loan, by=LEYLA, now=NOW),
        lambda loan: claim_returned(loan_id=loan, by=LEYLA, now=NOW),
        lambda loan: declare_lost(loan_id=loan, by=LEYLA, now=NOW),
    )
    for number, happens in enumerate(happenings):
        loan = lent(a_copy(a_record(), barcode=f"X{number}"), patron).id
        happens(loan)
        assert refused(undo_lending, loan) == TOO_LATE
    onsite = lent(a_copy(a_record(), barcode="Y"), patron, onsite=True)
    policy(switch_onsite=True)
    switched = lent(onsite.item_id, patron)
    assert (switched.id, switched.onsite) == (onsite.id, False)
    assert refused(undo_lending, switched.id) == TOO_LATE


def test_a_return_that_had_consequences_is_not_undone() -> None:
    """A hold filled, a fine, a suspension, a claim or a loss that ended, a rota's stage reached, a loan taken over."""
    record = a_record()
    item, patron, other = a_copy(record), a_reader(), a_reader(card="R2")
    loan = lent(item, patron)
    waits(record, other)
    assert taken(item).instruction == "hold_shelf"
    assert refused(undo_return, loan.id) == TOO_LATE
    lent(item, other, now=NOW + timedelta(days=1))
    taken(item, days=1.1)
    befores: tuple[Callable[[int], object], ...] = (
        lambda _loan: policy(suspension_days=1),
        lambda _loan: policy(fine_amount=20),
        lambda loan: claim_returned(loan_id=loan, by=LEYLA, now=NOW),
        lambda loan: declare_lost(loan_id=loan, by=LEYLA, now=NOW),
        lambda _loan: put_on_rota(rota_id=a_rota(), barcodes=["X4"], by=SYSTEM, now=NOW),
    )
    for number, before in enumerate(befores):
        copy = a_copy(a_record(), barcode=f"X{number}")
        loan = lent(copy, a_reader(card=f"X{number}"))
        before(loan.id)
        days = 40 if number < 2 else 1
        taken(copy, days=days, lift="item_lost")
        assert refused(undo_return, loan.id, days=days) == TOO_LATE, number
    ended = lent(copy, patron, now=NOW + timedelta(days=50))
    lent(copy, other, now=NOW + timedelta(days=50), lift="on_loan")
    assert refused(undo_return, ended.id, days=50) == TOO_LATE


def test_a_return_after_which_the_copy_went_on_is_not_undone() -> None:
    record = a_record()
    item, patron = a_copy(record), a_reader()
    loan = lent(item, patron)
    taken(item)
    lent(item, a_reader(card="R2"), now=NOW + timedelta(days=1))
    assert refused(undo_return, loan.id) == TOO_LATE, "another reader has it"
    other = a_copy(record, barcode="OTHER", unit="GNC-2")
    loan = lent(other, patron)
    taken(other)
    taken(other, unit="GNC-2", days=1.001)
    assert refused(undo_return, loan.id, minutes=5) == TOO_LATE, "it has come home"
    loan = lent(a_copy(record, barcode="B3"), patron)
    taken(loan.item_id)
    move(item_id=loan.item_id, place="conservation", now=NOW)
    assert refused(undo_return, loan.id) == TOO_LATE
    loan = lent(a_copy(record, barcode="B4"), patron)
    taken(loan.item_id)
    forget_history(patron_id=patron, by=Actor("R1", patron_id=patron), loan_id=loan.id)
    assert refused(undo_return, loan.id) == TOO_LATE, "nobody knows any more who had it"
