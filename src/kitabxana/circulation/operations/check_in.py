"""Taking back, and saying where the copy goes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kitabxana.base import audit, outbox
from kitabxana.base.actor import SYSTEM
from kitabxana.base.statements import prepared
from kitabxana.circulation.facts import CheckedIn, HoldFacts, LoanFacts
from kitabxana.circulation.facts.terms import ReturnTerms, SuspensionTerms
from kitabxana.circulation.models import Allocation, Loan, Transfer
from kitabxana.circulation.operations.ending import end_loan
from kitabxana.circulation.operations.money import fine_of, fines_set, settle_fine, undo_loss
from kitabxana.circulation.operations.permission import desk, liftable
from kitabxana.circulation.operations.rotas import arrive
from kitabxana.circulation.operations.targeting import claim, lock_line, retarget_line, trap
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.queries.holds import head_of_line
from kitabxana.circulation.queries.rotas import waited_for_or_travels
from kitabxana.circulation.rules import (
    Cell,
    ReturnFacts,
    ReturnPlan,
    float_limit,
    float_to,
    late_until,
    plan_return,
    return_refusals,
    standing,
    suspended_until,
    suspension_days,
    terms,
)
from kitabxana.holdings.operations import lock_item, move
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import end_of_day
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts


@dataclass(frozen=True, slots=True)
class _Scene:
    """The copy as it was before, the desk it lies on, when it came back and when it is taken in."""

    organisation: Tree
    where: UnitFacts
    item: ItemFacts
    row: Loan | None
    borrower: tuple[int, str] | None
    """Id and category of who had the copy when its lock was asked for."""

    returned_at: datetime
    now: datetime


_PLACES = {"to_shelf": "shelf", "hold_shelf": "hold_shelf", "transfer": "transit"}


@transaction.atomic
def check_in(
    *, item_id: int, unit: str, by: Actor, now: datetime, returned_at: datetime | None = None, drop_box: bool = False,
    lift: frozenset[str] = frozenset(),
) -> CheckedIn:  # fmt: skip
    """Take a copy back at a desk and route it: to a waiting reader, on its way, home, or to its shelf, in this order.

    `returned_at` (UTC) is when it came back, if that was earlier; for the `drop_box` that is the end of the last open
    day before today. Locks the loan's patron, item, loan, the title's line and the hold it fills. A copy that was not
    on loan is routed all the same (case 38). Refused with every standing refusal of `rules.return_refusals`, or
    unknown_item, unknown_unit, not_permitted; another moment than now needs `circulation.backdate`.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_in")
    borrower = _lock_borrower(item_id)
    item = lock_item(item_id, organisation=organisation)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    row = next(iter(Loan.objects.select_for_update().filter(item_id=item_id)), None)
    came = _came_back(organisation, where, row, now=now, returned_at=returned_at, drop_box=drop_box)
    if came != now and not by.may("circulation.backdate", where.path):
        raise Refused.one("not_permitted", permission="circulation.backdate")
    scene = _Scene(organisation, where, item, row, borrower, came, now)
    facts = _facts(scene)
    found = return_refusals(facts)
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=where.path)):
        raise Refused(remaining)
    done = _close(scene, facts, by=by)
    facts, plan = _planned(facts, organisation)
    plan = _carry_out(scene, plan)
    stay = facts.stay
    if stay is not None and stay.unit == where.code and not stay.reached and not plan.astray:
        arrive(item_id, unit_id=where.id, over=stay.over, now=now)
    _others(scene, facts, plan)
    return replace(done, instruction=plan.instruction, to_unit=plan.to_unit, hold=plan.hold, notes=plan.notes)


def _came_back(
    organisation: Tree, where: UnitFacts, row: Loan | None, *, now: datetime, returned_at: datetime | None,
    drop_box: bool,
) -> datetime:  # fmt: skip
    if not drop_box:
        return returned_at or now
    calendar = organisation.calendar(where.code, since=now.date() - timedelta(days=31))
    last_open = calendar.previous_open(calendar.local_day(now) - timedelta(days=1))
    evening = end_of_day(last_open, calendar.zone)
    # What was lent after the box was last open can't have lain in it before it was lent.
    return max(evening, row.lent_at) if row else evening


def _facts(scene: _Scene) -> ReturnFacts:
    item, organisation = scene.item, scene.organisation
    said = terms(ReturnTerms, organisation, Cell(item.home_unit, "", item.item_type))
    moving = None
    if item.place == "transit":
        open_ones = Transfer.objects.select_for_update().filter(item_id=item.id, arrived_at__isnull=True)
        moving = open_ones.first()
    waited_for, stay = waited_for_or_travels(item, organisation)
    queue = _locked_line(scene) if waited_for else []
    return ReturnFacts(
        item=item,
        desk=scene.where.code,
        now=scene.now,
        returned_at=scene.returned_at,
        terms=said,
        loan=loan_facts(scene.row, organisation=organisation) if scene.row else None,
        on_way_to=organisation.by_id[moving.to_unit_id].code if moving else None,
        queue=queue,
        floats_to=_floats_to(scene, said),
        stay=stay,
        lost_at=scene.row.item.lost_at if scene.row and item.lost else None,
    )


def _floats_to(scene: _Scene, said: ReturnTerms) -> str:
    """The copies of the title are counted only where so many of them may float here, and no more."""
    item, where = scene.item, scene.where.code
    if said.return_policy != "float" or float_limit(scene.organisation, where, item) is None:
        return ""
    copies = items_of([item.record_id], organisation=scene.organisation).get(item.record_id, [])
    return float_to(item, where, copies, scene.organisation)


def _planned(facts: ReturnFacts, organisation: Tree) -> tuple[ReturnFacts, ReturnPlan]:
    """The plan, with the hold it fills locked; one that was filled or ended meanwhile is passed over."""
    plan = plan_return(facts, organisation)
    while plan.hold is not None and plan.hold.waiting and not claim(plan.hold):
        passed = plan.hold.id
        facts = replace(facts, queue=[hold for hold in facts.queue if hold.id != passed])
        plan = plan_return(facts, organisation)
    return facts, plan


def _others(scene: _Scene, facts: ReturnFacts, plan: ReturnPlan) -> None:
    """A copy that was to be fetched for somebody and is not any more: both look for another at once."""
    filled, item = plan.hold, scene.item
    elsewhere = filled is not None and any(
        hold.id == filled.id and hold.target_item_id not in (None, item.id) for hold in facts.queue
    )
    given_up = any(hold.target_item_id == item.id and (filled is None or hold.id != filled.id) for hold in facts.queue)
    if elsewhere or given_up:
        retarget_line(item.record_id, organisation=scene.organisation, now=scene.now)
    if scene.row is None and plan.hold is None:
        outbox.publish("copy.shelved", {"item": item.id})


def _lock_borrower(item_id: int) -> tuple[int, str] | None:
    """The reader who has the copy comes before the copy in the order of locks: (id, category), None for nobody."""
    with prepared() as cursor:
        cursor.execute(_BORROWER, [item_id])
        found: tuple[int, str] | None = cursor.fetchone()
    return found


_BORROWER = """
    SELECT p.id, p.category_id FROM circulation_loan l JOIN patrons_patron p ON p.id = l.patron_id WHERE l.item_id = %s
    FOR NO KEY UPDATE OF p"""


def _close(scene: _Scene, facts: ReturnFacts, *, by: Actor) -> CheckedIn:
    """End the loan, book what its lateness costs, and take the copy out of the lost ones."""
    item, loan = scene.item, facts.loan
    done = CheckedIn(item, loan, "to_shelf", scene.where.code)
    if loan is not None and scene.row is not None:
        done = _consequences(scene, facts, loan)
        settle_fine(loan, done.fine_minor, by=by, now=scene.now, organisation=scene.organisation)
        end_loan(
            scene.row, returned_at=scene.returned_at, now=scene.now, unit_id=scene.where.id, by=by,
            undoable=_ends_only(scene, facts, done),
        )  # fmt: skip
        payload = {
            "loan": loan.id,
            "item": item.id,
            "unit": scene.where.code,
            "returned_at": scene.returned_at.isoformat(),
            "fine": done.fine_minor,
        }
        outbox.publish("loan.closed", payload)
    if item.lost:
        undo_loss(facts, by=by, now=scene.now)
    audit.record(
        by,
        "loan.check_in",
        object_type="item",
        object_id=item.id,
        before={"loan": loan.id if loan else None, "place": item.place},
        after={"at": scene.where.code, "returned_at": scene.returned_at.isoformat()},
    )
    return done


def _ends_only(scene: _Scene, facts: ReturnFacts, done: CheckedIn) -> bool:
    """Whether the return has no consequences but the copy's own way: nothing in the ledger, no suspension, no claim or
    loss that ends with it, no stage of a rota that is reached."""
    item, loan, late = scene.item, facts.loan, fines_set(scene.organisation)
    return (
        item.place == "loan"
        and not item.lost
        and loan is not None
        and loan.claimed_at is None
        and not (late and loan.overdue(scene.now))
        and done.suspended_until is None
        and (facts.stay is None or facts.stay.reached)
    )


def _consequences(scene: _Scene, facts: ReturnFacts, loan: LoanFacts) -> CheckedIn:
    """Fine and suspension of a late return, reckoned at the moment it came back (case 35)."""
    done = CheckedIn(scene.item, loan, "to_shelf", scene.where.code)
    # A reader who says that it came back long ago is not late from then on (case 37).
    back = min(scene.returned_at, loan.claimed_at or scene.returned_at)
    if not loan.overdue(back) or scene.row is None:
        return done
    organisation = scene.organisation
    cell = Cell(loan.policy_unit, _category(scene, scene.row), scene.item.item_type)
    calendar = organisation.calendar(cell.unit, since=loan.due_at.date())
    cost = fine_of(loan, cell=cell, price=scene.item.price_minor, organisation=organisation, until=late_until(facts))
    said = terms(SuspensionTerms, organisation, cell)
    days = suspension_days(due=loan.due_at, returned=back, terms=said, calendar=calendar)
    until = suspended_until(
        days=days, returned=calendar.local_day(back), terms=said, calendar=calendar, running_until=None
    )
    if until is not None and until > calendar.local_day(scene.now):
        _suspend(loan.patron_id, until)
    return replace(done, fine_minor=cost.minor, suspended_until=until)


def _category(scene: _Scene, row: Loan) -> str:
    """The borrower's category; asked for anew where the copy changed hands while its lock was waited for."""
    if scene.borrower is not None and scene.borrower[0] == row.patron_id:
        return scene.borrower[1]
    return row.patron.category_id


def _suspend(patron_id: int, until: date) -> None:
    """A restriction holds through its last day; `until` is the first day after it."""
    restrict(patron_id=patron_id, reason=_("Late return"), until=until - timedelta(days=1), by=SYSTEM)


def _carry_out(scene: _Scene, plan: ReturnPlan) -> ReturnPlan:
    """Write what the plan says of holds, transfers and the copy's place."""
    item, where = scene.item, scene.where
    if plan.arrived:
        Transfer.objects.filter(item_id=item.id, arrived_at__isnull=True).update(arrived_at=scene.now)
    hold = plan.hold
    if hold is not None and hold.allocated_item_id is None:
        trap(hold, item_id=item.id, now=scene.now)
        hold = replace(hold, allocated_item_id=item.id, target_item_id=None, target_unit="")
    place = _PLACES[plan.instruction] if plan.send else "shelf"
    if plan.instruction == "hold_shelf" and hold is not None:
        hold = _ready(scene, hold)
    elif plan.instruction == "transfer":
        hold = _underway(hold) if hold is not None and not plan.astray else hold
        if plan.send and not plan.astray:
            _send(scene, plan.to_unit, "hold" if hold else plan.reason)
    move(item_id=item.id, place=place, now=scene.now, holding_unit=where.code, organisation=scene.organisation)
    return replace(plan, hold=hold)


def _locked_line(scene: _Scene) -> list[HoldFacts]:
    """The head of the title's line, locked first and then read, so that no hold gets two copies."""
    record_id = scene.item.record_id
    lock_line(record_id)
    return head_of_line(record_id, each=1, organisation=scene.organisation, item_id=scene.item.id)


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


def _send(scene: _Scene, to_unit: str, reason: str) -> None:
    Transfer.objects.create(
        item_id=scene.item.id,
        from_unit_id=scene.where.id,
        to_unit_id=scene.organisation.units[to_unit].id,
        reason=reason,
        sent_at=scene.now,
    )
