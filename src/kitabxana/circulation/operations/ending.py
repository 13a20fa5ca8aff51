"""What every end of a loan or a hold does to its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from kitabxana.base import outbox
from kitabxana.base.statements import insert
from kitabxana.circulation.models import Hold, Loan, PastHold, PastLoan, ReturnClaim
from kitabxana.holdings.operations import put_back

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


def end_loan(
    row: Loan, *, returned_at: datetime, now: datetime, unit_id: int, by: Actor, claim: str = "found",
    undoable: bool = False,
) -> None:  # fmt: skip
    """Move a locked loan to the past; an open claim that it came back long ago is settled as `claim`.

    `returned_at` is when the copy came back, which for the drop box lies before `now`; `undoable`: nothing else came of
    it, and it can be undone.
    """
    past = PastLoan(
        id=row.pk,
        returned_at=returned_at,
        item_id=row.item_id,
        patron_id=row.patron_id,
        unit_id=row.unit_id,
        return_unit_id=unit_id,
        lent_at=row.lent_at,
        due_at=row.due_at,
        renewals=row.renewals,
        onsite=row.onsite,
        checked_in_at=now if now != returned_at else None,
        lifted=row.lifted,
        returned_by=by.name,
        policy_unit_id=row.policy_unit_id,
        unseen_renewals=row.unseen_renewals,
        auto_renewals=row.auto_renewals,
        renewed_at=row.renewed_at,
        auto_renew=row.auto_renew,
        not_renewed_for=row.not_renewed_for,
        days_mode=row.days_mode,
        lent_by=row.lent_by,
        undoable=undoable,
    )
    insert(past)
    if row.claimed_at is not None:
        ReturnClaim.objects.filter(loan_id=row.pk, outcome="").update(outcome=claim, settled_at=now)
    row.delete()


def lock_holds(hold_id: int, cohort: int | None) -> list[int]:
    """Lock a hold and what belongs to it, "the first of these", in order of number; returns those that are there."""
    whole = Q(pk=hold_id) if cohort is None else Q(pk=hold_id) | Q(cohort=cohort)
    rows = Hold.objects.filter(whole).order_by("pk").select_for_update()
    return list(rows.values_list("pk", flat=True))


def end_hold(row: Hold, *, outcome: str, now: datetime, taken: int | None = None) -> None:
    """Move a locked hold, read with its allocation, to the past; a copy kept for it is free again.

    A copy that stood ready is to be cleared from the hold shelf: `PastHold.item_id`. `taken` is the copy that goes out
    instead. A hold that is filled ends the others of "the first of these". Tells it by `hold.ended`, whose `records`
    are the titles in whose lines something changed.
    """
    allocation: Any = getattr(row, "allocation", None)
    left = allocation if allocation is not None and allocation.item_id != taken else None
    to_clear = left.item_id if left is not None and left.ready_at is not None else None
    if to_clear is not None:
        put_back(to_clear)
    PastHold.objects.create(
        id=row.pk,
        record_id=row.record_id,
        patron_id=row.patron_id,
        pickup_unit_id=row.pickup_unit_id,
        placed_at=row.placed_at,
        ended_at=now,
        outcome=outcome,
        item_id=to_clear,
    )
    number, cohort = row.pk, row.cohort
    if cohort is not None:
        lock_holds(number, cohort)
    row.delete()
    records = {row.record_id}
    if cohort is not None:
        records |= _cohort_goes_on(cohort, outcome=outcome, now=now)
    outbox.publish("hold.ended", {"hold": number, "outcome": outcome, "records": sorted(records)})


def _cohort_goes_on(cohort: int, *, outcome: str, now: datetime) -> set[int]:
    """The titles of the others of "the first of these": they end when one is filled, else they are in line again."""
    rows = list(Hold.objects.filter(cohort=cohort).order_by("pk"))
    if outcome == "filled":
        others_ended = [replaced(row, ended_at=now) for row in rows]
        PastHold.objects.bulk_create(others_ended)
        Hold.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return {row.record_id for row in rows}


def replaced(row: Hold, *, ended_at: datetime) -> PastHold:
    """A hold that another of its kind made needless, as it goes to the past."""
    return PastHold(
        id=row.pk, record_id=row.record_id, patron_id=row.patron_id, pickup_unit_id=row.pickup_unit_id,
        placed_at=row.placed_at, ended_at=ended_at, outcome="cancelled",
    )  # fmt: skip
