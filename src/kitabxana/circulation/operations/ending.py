"""What every end of a loan or a hold does to its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.base.statements import insert
from kitabxana.circulation.models import Hold, Loan, PastHold, PastLoan, ReturnClaim
from kitabxana.holdings.operations import put_back

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


def end_loan(row: Loan, *, returned_at: datetime, now: datetime, unit_id: int, by: Actor, claim: str = "found") -> None:
    """Move a locked loan to the past; an open claim that it came back long ago is settled as `claim`.

    `returned_at` is when the copy came back, which for the drop box lies before `now`.
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
    )
    insert(past)
    if row.claimed_at is not None:
        ReturnClaim.objects.filter(loan_id=row.pk, outcome="").update(outcome=claim, settled_at=now)
    row.delete()


def end_hold(row: Hold, *, outcome: str, now: datetime, taken: int | None = None) -> None:
    """Move a locked hold, read with its allocation, to the past; a copy that stood ready for it is free again.

    The next check-in scan of that copy finds the next reader or its shelf. `taken` is the copy that goes out instead.
    """
    allocation: Any = getattr(row, "allocation", None)
    if allocation is not None and allocation.item_id != taken:
        put_back(allocation.item_id)
    PastHold.objects.create(
        id=row.pk,
        record_id=row.record_id,
        patron_id=row.patron_id,
        pickup_unit_id=row.pickup_unit_id,
        placed_at=row.placed_at,
        ended_at=now,
        outcome=outcome,
    )
    row.delete()
