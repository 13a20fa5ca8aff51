"""What is changed about a claim or a loss while the loan goes on: a note, a word taken back, a copy found at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.circulation.models import Loan, ReturnClaim
from kitabxana.circulation.operations.lost import locked_loan
from kitabxana.circulation.operations.money import go_on_after_loss, returned
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


@transaction.atomic
def declare_found(*, loan_id: int, by: Actor, now: datetime) -> None:
    """The reader found the copy that was lost, and keeps it: it is lost no more, its charge is undone as for a return.

    The loan goes on, late as it is, and so does its fine. Locks patron, item, loan. Refused: unknown_loan,
    not_permitted, not_lost.
    """
    organisation, row, _patron, item = locked_loan(loan_id, by=by, permission="circulation.lose", now=now)
    if not item.lost:
        raise Refused.one("not_lost")
    facts = returned(row, item, organisation=organisation, desk=item.holding_unit, returned_at=now, now=now)
    go_on_after_loss(row, facts, by=by, now=now, organisation=organisation)
    audit.record(
        by, "loan.found", object_type="loan", object_id=loan_id, before={"lost": item.lost}, after={"lost": ""}
    )


@transaction.atomic
def note_claim(*, claim_id: int, note: str, by: Actor, now: datetime) -> None:
    """Write another note on an open claim. Refused: not_claimed, unknown_loan, not_permitted."""
    claim = _open(claim_id, by=by, now=now)
    ReturnClaim.objects.filter(pk=claim_id).update(note=note)
    audit.record(
        by, "loan.claim", object_type="loan", object_id=claim.loan_id, before={"note": claim.note}, after={"note": note}
    )


@transaction.atomic
def take_claim_back(*, claim_id: int, by: Actor, now: datetime) -> None:
    """An open claim was noted by mistake: it goes, counts no more, and the loan is as late as it would have been.

    Refused: not_claimed, unknown_loan, not_permitted.
    """
    claim = _open(claim_id, by=by, now=now)
    claim.delete()
    Loan.objects.filter(pk=claim.loan_id).update(claimed_at=None)
    before = {"claim": claim_id, "claimed_at": claim.claimed_at.isoformat(), "note": claim.note}
    audit.record(by, "loan.claim", object_type="loan", object_id=claim.loan_id, before=before)


def _open(claim_id: int, *, by: Actor, now: datetime) -> ReturnClaim:
    """An open claim whose loan is locked."""
    claim = ReturnClaim.objects.filter(pk=claim_id, outcome="").first()
    if claim is None:
        raise Refused.one("not_claimed")
    locked_loan(claim.loan_id, by=by, permission="circulation.claim", now=now)
    found = ReturnClaim.objects.filter(pk=claim_id, outcome="").first()
    if found is None:  # settled while we waited
        raise Refused.one("not_claimed")
    return found
