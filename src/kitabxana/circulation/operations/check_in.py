"""Taking back, and saying where the copy goes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import CheckedIn, HoldFacts, Instruction, LoanFacts
from kitabxana.circulation.models import Allocation, Hold, Loan, PastLoan, Transfer
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.queries import hold_facts, loan_facts, queue_of
from kitabxana.circulation.rules import next_hold
from kitabxana.holdings.operations import lock_item, move, set_found
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts


@dataclass(frozen=True, slots=True)
class _Next:
    instruction: Instruction
    to_unit: str
    hold: HoldFacts | None = None


@transaction.atomic
def check_in(*, item_id: int, unit: str, by: Actor, now: datetime) -> CheckedIn:
    """Take a copy back at a desk and route it: to a waiting reader, on its way, home, or to its shelf, in this order.

    Locks the loan's patron, then item. A copy that was not on loan is routed all the same (case 38).
    Refused: unknown_item, unknown_unit, not_permitted.
    """
    where = desk(unit, by=by, permission="circulation.check_in")
    borrower = Loan.objects.filter(item_id=item_id).values_list("patron_id", flat=True).first()
    if borrower is not None:
        lock_patron(borrower)
    item = lock_item(item_id)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    loan = _end_loan(item, where, by=by, now=now)
    notes = _notes(item, loan, now)
    if item.lost:
        set_found(item_id=item_id)
    step, wrong_library = _route(item, where, now=now)
    if wrong_library:
        notes += ("wrong_library",)
    place = {"to_shelf": "shelf", "hold_shelf": "hold_shelf", "transfer": "transit"}[step.instruction]
    move(item_id=item_id, place=place, now=now, holding_unit=unit)
    audit.record(
        by,
        "loan.check_in",
        object_type="item",
        object_id=item_id,
        before={"loan": loan.id if loan else None, "place": item.place},
        after={"place": place, "to": step.to_unit, "hold": step.hold.id if step.hold else None},
    )
    outbox.publish("loan.closed", {"loan": loan.id if loan else None, "item": item_id, "unit": unit})
    if step.instruction == "hold_shelf" and step.hold:
        outbox.publish("hold.ready", {"hold": step.hold.id})
    return CheckedIn(item, loan, step.instruction, step.to_unit, step.hold, notes)


def _end_loan(item: ItemFacts, where: UnitFacts, *, by: Actor, now: datetime) -> LoanFacts | None:
    row = Loan.objects.select_for_update().filter(item_id=item.id).first()
    if row is None:
        return None
    PastLoan.objects.create(
        id=row.pk,
        returned_at=now,
        item_id=row.item_id,
        patron_id=row.patron_id,
        unit_id=row.unit_id,
        return_unit_id=where.id,
        lent_at=row.lent_at,
        due_at=row.due_at,
        renewals=row.renewals,
        lifted=row.lifted,
        returned_by=by.name,
    )
    facts = loan_facts(row)
    row.delete()
    return facts


def _notes(item: ItemFacts, loan: LoanFacts | None, now: datetime) -> tuple[str, ...]:
    said = {
        "not_on_loan": loan is None and item.place == "shelf",
        "was_overdue": loan is not None and loan.overdue(now),
        "was_lost": bool(item.lost),
        "is_withdrawn": item.withdrawn,
        "is_damaged": item.damaged,
    }
    return tuple(code for code, true in said.items() if true)


def _route(item: ItemFacts, where: UnitFacts, *, now: datetime) -> tuple[_Next, bool]:
    """Where the copy goes next, and whether it was scanned at a library it was only passing through."""
    moving = Transfer.objects.select_for_update().filter(item_id=item.id, arrived_at__isnull=True).first()
    if moving is not None and moving.to_unit_id != where.id:
        to_unit = tree().by_id[moving.to_unit_id].code
        return _Next("transfer", to_unit, _allocated(item)), True
    if moving is not None:
        Transfer.objects.filter(pk=moving.pk).update(arrived_at=now)
    hold = _allocated(item)
    if hold is None and not item.withdrawn:
        hold = _allocate(item, now=now)
    if hold is not None:
        if hold.pickup_unit == where.code:
            _set_ready(item, hold, where, now=now)
            return _Next("hold_shelf", where.code, hold), False
        return _send(item, where, hold.pickup_unit, "hold", now=now, hold=hold), False
    if item.home_unit != where.code:
        return _send(item, where, item.home_unit, "home", now=now), False
    return _Next("to_shelf", where.code), False


def _allocated(item: ItemFacts) -> HoldFacts | None:
    row = Hold.objects.select_related("allocation").filter(allocation__item_id=item.id).first()
    return hold_facts(row) if row else None


def _allocate(item: ItemFacts, *, now: datetime) -> HoldFacts | None:
    """Set the copy aside for the first reader in the queue; the title's holds are locked meanwhile."""
    if item.not_for_loan or item.restricted:
        return None
    list(Hold.objects.select_for_update().filter(record_id=item.record_id).order_by("pk").values_list("pk"))
    hold = next_hold(queue_of(item.record_id), item_id=item.id)
    if hold is not None:
        Allocation.objects.create(hold_id=hold.id, item_id=item.id, allocated_at=now)
    return hold


def _set_ready(item: ItemFacts, hold: HoldFacts, where: UnitFacts, *, now: datetime) -> None:
    """Arrival on the pickup shelf starts the clock; a copy scanned there again keeps the day it had."""
    patron = patrons_by_id([hold.patron_id])[hold.patron_id]
    cell = {"unit": where.code, "category": patron.category, "item_type": item.item_type}
    calendar = tree().calendar(where.code, since=now.date())
    last_day = calendar.local_day(now) + timedelta(days=value(tree(), "hold_shelf_days", **cell))
    waiting = Allocation.objects.filter(hold_id=hold.id, ready_at__isnull=True)
    waiting.update(ready_at=now, expires_on=calendar.next_open(last_day))


def _send(
    item: ItemFacts, where: UnitFacts, to_unit: str, reason: str, *, now: datetime, hold: HoldFacts | None = None
) -> _Next:
    Transfer.objects.create(
        item_id=item.id, from_unit_id=where.id, to_unit_id=tree().units[to_unit].id, reason=reason, sent_at=now
    )
    return _Next("transfer", to_unit, hold)
