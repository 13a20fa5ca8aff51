"""Calling a copy back before its time, because another reader waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import RecallFacts
from kitabxana.circulation.facts.terms import RecallTerms
from kitabxana.circulation.models import Loan
from kitabxana.circulation.operations.lost import locked_loan
from kitabxana.circulation.operations.renew import holds_unfilled
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.rules import Cell, recall_refusals, recalled_due_at, terms
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts


@transaction.atomic
def recall(*, loan_id: int, by: Actor, now: datetime) -> LoanFacts:
    """Shorten a loan for which another reader waits, no further than its library guarantees; returns the loan.

    The reader is told by the event `loan.recalled`; renewing is refused by the hold that stands behind it. Locks
    patron, item, loan. Refused with every refusal of `rules.recall_refusals`, or unknown_loan, not_permitted.
    """
    organisation, row, patron, item = locked_loan(loan_id, by=by, permission="circulation.recall", now=now)
    cell = Cell(organisation.by_id[row.policy_unit_id].code, patron.category, item.item_type)
    said, before = terms(RecallTerms, organisation, cell), loan_facts(row, organisation=organisation)
    due = recalled_due_at(
        lent_at=row.lent_at, now=now, terms=said, calendar=organisation.calendar(cell.unit, since=now.date())
    )
    facts = RecallFacts(
        loan=before,
        due_at=due,
        allowed=said.recall_days is not None,
        waiting=holds_unfilled(item, patron, organisation, others_count=True),
    )
    if found := recall_refusals(facts):
        raise Refused(found)
    Loan.objects.filter(pk=row.pk).update(due_at=due)
    row.due_at = due
    audit.record(
        by, "loan.recall", object_type="loan", object_id=loan_id, before={"due_at": before.due_at.isoformat()},
        after={"due_at": due.isoformat()},
    )  # fmt: skip
    outbox.publish("loan.recalled", {"loan": loan_id, "due_at": due.isoformat()})
    return loan_facts(row, organisation=organisation)
