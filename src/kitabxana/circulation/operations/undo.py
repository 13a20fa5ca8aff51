"""Taking a lending or a return back: for some minutes, by whoever did it, where nothing else came of it.

Meant for the wrong book on the heap: a lending that is undone never was, a return that is undone leaves the loan as it
was. Whatever else changed with the act, or since, is not guessed back: then the copy is checked in or lent anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kitabxana.base import outbox
from kitabxana.charges.facts import Source
from kitabxana.charges.queries import debits_of
from kitabxana.circulation.models import Allocation, Loan, PastLoan, Transfer
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.operations.targeting import keep_in_step
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.queries.overdue import LOAN, stretch
from kitabxana.circulation.rules.undo import Act, undoable
from kitabxana.holdings.operations import lock_item, move
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.holdings.facts import ItemFacts

TOO_LATE = "too_late_to_undo"
"""The one refusal of both: why it is too late changes nothing in what is to be done instead."""


@transaction.atomic
def undo_check_out(*, loan_id: int, unit: str, by: Actor, now: datetime) -> LoanFacts:
    """The loan never was: the copy stands on this desk's shelf again, and is offered to who waits; returns that loan.

    Locks patron, item, loan, the title's line. Refused: unknown_loan (returned meanwhile), unknown_unit, not_permitted,
    and too_late_to_undo where it was not this login at this library in the last `UNDO_WITHIN`, where more came of the
    lending than the loan, or something happened to it since.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_out")
    seen = Loan.objects.filter(pk=loan_id).first()
    if seen is None:
        raise Refused.one("unknown_loan")
    lock_patron(seen.patron_id, organisation=organisation, now=now)
    item = lock_item(seen.item_id, organisation=organisation)
    row = Loan.objects.select_for_update().filter(pk=loan_id, patron_id=seen.patron_id).first()
    if row is None or item is None:
        raise Refused.one("unknown_loan")
    loan = loan_facts(row, organisation=organisation)
    act = Act(row.undoable, row.lent_by, loan.unit, row.lent_at)
    if not undoable(act, by=by.name, unit=where.code, now=now) or _something_came(loan, item):
        raise Refused.one(TOO_LATE)
    row.delete()
    move(item_id=item.id, place="shelf", now=now, holding_unit=where.code, lent=-1, organisation=organisation)
    keep_in_step(item.record_id, organisation=organisation, now=now)
    outbox.publish_audited(
        "loan.undone", {"loan": loan_id, "item": item.id, "unit": unit},
        by=by, action="loan.check_out_undone", object_type="loan", object_id=loan_id,
        before={"item": item.id, "patron": loan.patron_id, "due_at": loan.due_at.isoformat()},
    )  # fmt: skip
    return loan


def _something_came(loan: LoanFacts, item: ItemFacts) -> bool:
    """Whether the loan or its copy is not any more as the lending left it, or costs something."""
    untouched = loan.renewals == 0 and loan.renewed_at is None and loan.claimed_at is None
    as_lent = item.place == "loan" and item.holding_unit == loan.unit and not item.lost
    return not (untouched and as_lent) or any(debits_of(one) for one in {Source(LOAN, loan.id), stretch(loan)})


@transaction.atomic
def undo_check_in(*, loan_id: int, unit: str, by: Actor, now: datetime) -> LoanFacts:
    """The loan goes on as if the copy had not come back, under its own number; returns it.

    A transfer that the check-in opened is taken away, and a reader for whom the copy was to be fetched gets another.
    Locks patron, item, the past loan, transfer, the title's line. Refused: unknown_loan (it did not end, or this was
    undone), unknown_unit, not_permitted, and too_late_to_undo where it was not this login at this library in the last
    `UNDO_WITHIN`, where more came of the return, the copy is kept for a reader or went on, or the reader is forgotten.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_in")
    seen = PastLoan.objects.filter(id=loan_id).first()
    if seen is None:
        raise Refused.one("unknown_loan")
    patron = lock_patron(seen.patron_id, organisation=organisation, now=now) if seen.patron_id is not None else None
    item = lock_item(seen.item_id, organisation=organisation)
    past = PastLoan.objects.select_for_update().filter(id=loan_id).first()
    if past is None:
        raise Refused.one("unknown_loan")
    done_at = past.checked_in_at or past.returned_at
    act = Act(past.undoable, past.returned_by, organisation.by_id[past.return_unit_id].code, done_at)
    if not undoable(act, by=by.name, unit=where.code, now=now) or patron is None or past.patron_id != patron.id:
        raise Refused.one(TOO_LATE)
    if item is None or not _where_it_was_put(item, unit_id=where.id, at=where.code, since=done_at):
        raise Refused.one(TOO_LATE)
    row = _reopened(past)
    Transfer.objects.filter(item_id=item.id, arrived_at__isnull=True).delete()
    loan = loan_facts(row, organisation=organisation)
    move(item_id=item.id, place="loan", now=now, holding_unit=loan.unit, organisation=organisation)
    keep_in_step(item.record_id, organisation=organisation, now=now)
    outbox.publish_audited(
        "loan.reopened", {"loan": loan_id, "item": item.id, "unit": unit},
        by=by, action="loan.check_in_undone", object_type="item", object_id=item.id,
        before={"returned_at": past.returned_at.isoformat(), "place": item.place}, after={"loan": loan_id},
    )  # fmt: skip
    return loan


def _where_it_was_put(item: ItemFacts, *, unit_id: int, at: str, since: datetime) -> bool:
    """Whether the locked copy still is where that check-in left it, kept for nobody: on the desk's shelf, or on a way
    that began there and then."""
    if item.holding_unit != at or item.lost or item.withdrawn:
        return False
    if Allocation.objects.filter(item_id=item.id, trapped_at__isnull=False).exists():
        return False
    if item.place != "transit":
        return item.place == "shelf"
    begun = Transfer.objects.select_for_update().filter(item_id=item.id, arrived_at__isnull=True)
    return begun.filter(from_unit_id=unit_id, sent_at=since).exists()


def _reopened(past: PastLoan) -> Loan:
    """The open loan as it was before; its row among the past ones goes."""
    assert past.patron_id is not None
    assert past.policy_unit_id is not None
    row = Loan(
        id=past.id,
        item_id=past.item_id,
        patron_id=past.patron_id,
        unit_id=past.unit_id,
        policy_unit_id=past.policy_unit_id,
        lent_at=past.lent_at,
        due_at=past.due_at,
        renewals=past.renewals,
        unseen_renewals=past.unseen_renewals,
        auto_renewals=past.auto_renewals,
        renewed_at=past.renewed_at,
        auto_renew=past.auto_renew,
        not_renewed_for=past.not_renewed_for,
        onsite=past.onsite,
        days_mode=past.days_mode,
        lifted=past.lifted,
        lent_by=past.lent_by,
    )
    PastLoan.objects.filter(id=past.id, returned_at=past.returned_at).delete()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:  # the unique index behind the rules: another path lent this copy
        raise Refused.one(TOO_LATE) from taken
    return row
