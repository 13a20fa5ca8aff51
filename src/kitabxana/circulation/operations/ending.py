"""What every end of a loan does to its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.circulation.models import Loan, PastLoan, ReturnClaim

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


def end_loan(row: Loan, *, returned_at: datetime, now: datetime, unit_id: int, by: Actor, claim: str = "found") -> None:
    """Move a locked loan to the past; an open claim that it came back long ago is settled as `claim`.

    `returned_at` is when the copy came back, which for the drop box lies before `now`.
    """
    PastLoan.objects.create(
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
    if row.claimed_at is not None:
        ReturnClaim.objects.filter(loan_id=row.pk, outcome="").update(outcome=claim, settled_at=now)
    row.delete()
