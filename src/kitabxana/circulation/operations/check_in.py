"""Taking back, and saying where the copy goes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import CheckedIn, HoldFacts, Instruction, LoanFacts
from kitabxana.circulation.models import Allocation, Hold, Loan, PastLoan, Transfer
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.queries import loan_facts, queue_of
from kitabxana.circulation.rules import next_hold
from kitabxana.holdings.operations import lock_item, move, set_found
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts


@dataclass(frozen=True, slots=True)
class _Scene:
    """The copy as it was before, the desk it lies on, and when."""

    organisation: Tree
    where: UnitFacts
    item: ItemFacts
    now: datetime


@dataclass(frozen=True, slots=True)
class _Next:
    instruction: Instruction
    to_unit: str
    hold: HoldFacts | None = None
    astray: bool = False


_PLACES = {"to_shelf": "shelf", "hold_shelf": "hold_shelf", "transfer": "transit"}


@transaction.atomic
def check_in(*, item_id: int, unit: str, by: Actor, now: datetime) -> CheckedIn:
    """Take a copy back at a desk and route it: to a waiting reader, on its way, home, or to its shelf, in this order.

    Locks the loan's patron, item, loan, the title's holds. A copy that was not on loan is routed all the same
    (case 38). Refused: unknown_item, unknown_unit, not_permitted.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_in")
    _lock_borrower(item_id)
    item = lock_item(item_id, organisation=organisation)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    scene = _Scene(organisation, where, item, now)
    loan = _end_loan(scene, by=by)
    if item.lost:
        set_found(item_id=item_id)
    step = _route(scene)
    place = _PLACES[step.instruction]
    move(item_id=item_id, place=place, now=now, holding_unit=unit, organisation=organisation)
    audit.record(
        by,
        "loan.check_in",
        object_type="item",
        object_id=item_id,
        before={"loan": loan.id if loan else None, "place": item.place},
        after={"place": place, "to": step.to_unit, "hold": step.hold.id if step.hold else None},
    )
    if loan is not None:
        outbox.publish("loan.closed", {"loan": loan.id, "item": item_id, "unit": unit})
    return CheckedIn(item, loan, step.instruction, step.to_unit, step.hold, _notes(item, loan, step, now))


def _lock_borrower(item_id: int) -> None:
    """The reader who has the copy comes before the copy in the order of locks."""
    borrowed = Loan.objects.filter(item_id=item_id).select_related("patron")
    list(borrowed.select_for_update(of=("patron",), no_key=True))


def _end_loan(scene: _Scene, *, by: Actor) -> LoanFacts | None:
    row = Loan.objects.select_for_update().filter(item_id=scene.item.id).first()
    if row is None:
        return None
    PastLoan.objects.create(
        id=row.pk,
        returned_at=scene.now,
        item_id=row.item_id,
        patron_id=row.patron_id,
        unit_id=row.unit_id,
        return_unit_id=scene.where.id,
        lent_at=row.lent_at,
        due_at=row.due_at,
        renewals=row.renewals,
        lifted=row.lifted,
        returned_by=by.name,
    )
    facts = loan_facts(row, organisation=scene.organisation)
    row.delete()
    return facts


def _notes(item: ItemFacts, loan: LoanFacts | None, step: _Next, now: datetime) -> tuple[str, ...]:
    said = {
        "not_on_loan": loan is None and item.place == "shelf",
        "was_overdue": loan is not None and loan.overdue(now),
        "was_lost": bool(item.lost),
        "is_withdrawn": item.withdrawn,
        "is_damaged": item.damaged,
        "wrong_library": step.astray,
    }
    return tuple(code for code, true in said.items() if true)


def _route(scene: _Scene) -> _Next:
    """Where the copy goes next."""
    item, where = scene.item, scene.where
    queue = _locked_queue(scene)
    hold = next((one for one in queue if one.allocated_item_id == item.id), None)
    if item.place == "transit":
        moving = Transfer.objects.select_for_update().filter(item_id=item.id, arrived_at__isnull=True).first()
        if moving is not None and moving.to_unit_id != where.id:
            return _Next("transfer", scene.organisation.by_id[moving.to_unit_id].code, hold, astray=True)
        if moving is not None:
            Transfer.objects.filter(pk=moving.pk).update(arrived_at=scene.now)
    if hold is None and not (item.withdrawn or item.not_for_loan or item.restricted):
        hold = next_hold(queue, item_id=item.id)
        if hold is not None:
            Allocation.objects.create(hold_id=hold.id, item_id=item.id, allocated_at=scene.now)
            hold = replace(hold, allocated_item_id=item.id)
    if hold is not None and hold.pickup_unit == where.code:
        return _Next("hold_shelf", where.code, _ready(scene, hold))
    if hold is not None:
        return _send(scene, hold.pickup_unit, "hold", hold=_underway(hold))
    if item.home_unit != where.code:
        return _send(scene, item.home_unit, "home")
    return _Next("to_shelf", where.code)


def _locked_queue(scene: _Scene) -> list[HoldFacts]:
    """The title's holds in queue order, locked first and then read, so that none is set aside for twice."""
    rows = Hold.objects.filter(record_id=scene.item.record_id).order_by("pk")
    if not list(rows.select_for_update().values_list("pk")):
        return []
    return queue_of(scene.item.record_id, organisation=scene.organisation)


def _ready(scene: _Scene, hold: HoldFacts) -> HoldFacts:
    """Arrival on the pickup shelf starts the clock and tells the reader; a copy scanned there again does neither."""
    if hold.ready_at is not None:
        return hold
    organisation, where = scene.organisation, scene.where
    patron = patrons_by_id([hold.patron_id])[hold.patron_id]
    cell = {"unit": where.code, "category": patron.category, "item_type": scene.item.item_type}
    calendar = organisation.calendar(where.code, since=scene.now.date())
    last_day = calendar.local_day(scene.now) + timedelta(days=value(organisation, "hold_shelf_days", **cell))
    expires_on = calendar.next_open(last_day)
    Allocation.objects.filter(hold_id=hold.id).update(ready_at=scene.now, expires_on=expires_on)
    outbox.publish("hold.ready", {"hold": hold.id})
    return replace(hold, ready_at=scene.now, expires_on=expires_on)


def _underway(hold: HoldFacts) -> HoldFacts:
    """A copy that stood ready and turned up elsewhere stands ready no more, until it arrives."""
    if hold.ready_at is not None:
        Allocation.objects.filter(hold_id=hold.id).update(ready_at=None, expires_on=None)
    return replace(hold, ready_at=None, expires_on=None)


def _send(scene: _Scene, to_unit: str, reason: str, *, hold: HoldFacts | None = None) -> _Next:
    Transfer.objects.create(
        item_id=scene.item.id,
        from_unit_id=scene.where.id,
        to_unit_id=scene.organisation.units[to_unit].id,
        reason=reason,
        sent_at=scene.now,
    )
    return _Next("transfer", to_unit, hold)
