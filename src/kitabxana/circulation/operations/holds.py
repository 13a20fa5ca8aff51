"""What becomes of a hold while it waits: moved, suspended, fetched elsewhere, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.models import Allocation, Hold, Transfer
from kitabxana.circulation.operations.ending import end_hold, lock_holds
from kitabxana.circulation.operations.permission import may_hold
from kitabxana.circulation.operations.targeting import lock_line, retarget_line
from kitabxana.circulation.queries import LINE, hold_facts
from kitabxana.circulation.queries.holds import neighbours
from kitabxana.circulation.rules.holds import is_pickup, pickup_units, turn_between, turn_of
from kitabxana.holdings.operations import lock_item, put_back
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.organisation.facts import Tree, UnitFacts

FIRST, ORDINARY, LAST = -1, 0, 1
"""Classes of priority: who is put last stays behind everyone else, whatever is moved (case 30)."""


@transaction.atomic
def cancel_hold(*, hold_id: int, by: Actor, now: datetime) -> None:
    """End a hold that is wanted no more. A copy that stood ready is to be cleared from the hold shelf; one that was to
    be fetched, or stands there, is at once offered to the next reader (case 27).

    Locks patron, the title's line, the hold. Refused: unknown_hold, not_permitted.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now)
    record_id = row.record_id
    cancel_locked(row, organisation=organisation, by=by, now=now)
    retarget_line(record_id, organisation=organisation, now=now)


def cancel_locked(row: Hold, *, organisation: Tree, by: Actor, now: datetime, taken: int | None = None) -> None:
    """Cancel a hold read with its allocation; `taken` as in `end_hold`. The caller holds the line and retargets it."""
    audit.record(by, "hold.cancel", object_type="hold", object_id=row.pk, before=_told(row, organisation))
    end_hold(row, outcome="cancelled", now=now, taken=taken)


@transaction.atomic
def suspend_hold(
    *, hold_id: int, by: Actor, now: datetime, until: date | None = None, give_up: bool = False
) -> HoldFacts:
    """Let a hold rest; it keeps its place in line and is passed over, until the morning of `until` or until somebody
    resumes it (case 31). Said again it changes the day.

    With `give_up` a copy that is kept for it goes to the next reader, and the hold waits again for what it asked for,
    where it stood (case 28). Locks patron, the copy, the title's line, the hold. Refused: unknown_hold, not_permitted,
    hold_has_copy (one is kept for it), suspended_in_past.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now)
    facts = hold_facts(row, organisation=organisation) if give_up else _without_copy(row, organisation)
    today = organisation.calendar(facts.pickup_unit, since=now.date()).local_day(now)
    if until is not None and until <= today:
        raise Refused.one("suspended_in_past", date=until.isoformat())
    _give_up(row)
    return _change(row, organisation, by=by, now=now, action="hold.suspend", suspended=True, suspended_until=until)


@transaction.atomic
def resume_hold(*, hold_id: int, by: Actor, now: datetime) -> HoldFacts:
    """Let a suspended hold go on where it stood. Locks patron, the title's line, the hold.

    Refused: unknown_hold, not_permitted, not_suspended.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now)
    if not row.suspended:
        raise Refused.one("not_suspended")
    return _change(row, organisation, by=by, now=now, action="hold.resume", suspended=False, suspended_until=None)


@transaction.atomic
def move_hold(*, hold_id: int, rank: int, by: Actor, now: datetime) -> HoldFacts:
    """Give a hold the rank `rank` (from 1) among those who wait for its title, within its class of priority.

    One row is written: nobody else's. Only a desk may. Locks patron, the title's line, the hold. Refused:
    unknown_hold, not_permitted, hold_has_copy.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now, themselves=False)
    facts = _without_copy(row, organisation)
    last = turn_of(now)
    turn = turn_between(*neighbours(facts, rank), last=last)
    if turn is None:  # no room between two who came at the same moment: all of them get room, once
        _spread(row.record_id, row.priority_class)
        turn = turn_between(*neighbours(facts, rank), last=last)
    return _change(row, organisation, by=by, now=now, action="hold.move", turn=turn)


def _spread(record_id: int, priority_class: int) -> None:
    """Write the turns of a class of a title anew, a second apart, ending where it ended."""
    rows = list(Hold.objects.filter(record_id=record_id, priority_class=priority_class).order_by(*LINE))
    for before_last, row in enumerate(reversed(rows)):
        row.turn = rows[-1].turn - before_last
    Hold.objects.bulk_update(rows, ["turn"])


@transaction.atomic
def put_last(*, hold_id: int, by: Actor, now: datetime, last: bool = True) -> HoldFacts:
    """Put a hold behind everyone who waits for its title now or later, or back into the ordinary line.

    Only a desk may. Locks patron, the title's line, the hold. Refused: unknown_hold, not_permitted, hold_has_copy.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now, themselves=False)
    _without_copy(row, organisation)
    priority = LAST if last else ORDINARY
    return _change(row, organisation, by=by, now=now, action="hold.move", priority_class=priority)


@transaction.atomic
def change_hold(*, hold_id: int, by: Actor, now: datetime, **changes: Any) -> HoldFacts:
    """Change `until` (a day or None) or `note`. Neither moves nor resumes the hold (case 31).

    Locks patron, the title's line, the hold. Refused: unknown_hold, not_permitted, hold_in_past.
    """
    organisation, row = locked_hold(hold_id, by=by, now=now)
    until: date | None = changes.get("until", row.expires_on)
    today = organisation.calendar(organisation.by_id[row.pickup_unit_id].code, since=now.date()).local_day(now)
    if until is not None and until != row.expires_on and until < today:
        raise Refused.one("hold_in_past", date=until.isoformat())
    note = changes.get("note", row.note)[:250]
    return _change(row, organisation, by=by, now=now, action="hold.change", expires_on=until, note=note)


@transaction.atomic
def change_pickup(*, hold_id: int, pickup_unit: str, by: Actor, now: datetime) -> HoldFacts:
    """Let a hold be fetched elsewhere. A copy that stood ready is sent there by its next scan; one on its way is
    redirected (case 24).

    Locks patron, the copy kept for it, the title's line, the hold. Refused: unknown_hold, unknown_unit,
    not_permitted, pickup_not_here; of its reader also pickup_out_of_reach, where a desk may know of a copy to come.
    """
    organisation = tree()
    unit = organisation.units.get(pickup_unit)
    if unit is None:
        raise Refused.one("unknown_unit", unit=pickup_unit)
    if not is_pickup(organisation, pickup_unit):
        raise Refused.one("pickup_not_here")
    organisation, row = locked_hold(hold_id, by=by, now=now)
    if row.pickup_unit_id == unit.id:
        return hold_facts(row, organisation=organisation)
    if by.patron_id == row.patron_id and unit not in _pickups(row, organisation):
        raise Refused.one("pickup_out_of_reach")
    _redirect(row, to_unit_id=unit.id)
    return _change(row, organisation, by=by, now=now, action="hold.pickup", pickup_unit_id=unit.id)


def _pickups(row: Hold, organisation: Tree) -> list[UnitFacts]:
    """Where a copy for this hold may be fetched."""
    copies = items_of([row.record_id], organisation=organisation).get(row.record_id, [])
    return pickup_units(hold_facts(row, organisation=organisation), copies, organisation)


def _give_up(row: Hold) -> None:
    """A copy kept for the hold is kept no more: from the pickup shelf it can be fetched, one on its way goes on."""
    allocation: Any = getattr(row, "allocation", None)
    if allocation is not None and allocation.trapped_at is not None:
        put_back(allocation.item_id)
        allocation.delete()


def _redirect(row: Hold, *, to_unit_id: int) -> None:
    """A copy that is kept for the hold goes where it is fetched now, as far as it can be known without a scan."""
    allocation: Any = getattr(row, "allocation", None)
    if allocation is None or allocation.trapped_at is None:
        return
    if allocation.ready_at is not None:  # it stands at the wrong place: its next scan sends it off
        _give_up(row)
        return
    open_one = Transfer.objects.filter(item_id=allocation.item_id, arrived_at__isnull=True)
    open_one.exclude(from_unit_id=to_unit_id).update(to_unit_id=to_unit_id)


def locked_hold(hold_id: int, *, by: Actor, now: datetime, themselves: bool = True) -> tuple[Tree, Hold]:
    """A hold read with its allocation; reader, the copy kept for it, the title's line and the hold are locked.

    A return of that copy holds the copy while it waits for the line: so we ask in the same order.

    `themselves`: also for the reader whose it is. Refused: unknown_hold, not_permitted.
    """
    seen = Hold.objects.select_related("patron", "allocation").filter(pk=hold_id).first()
    if seen is None:
        raise Refused.one("unknown_hold")
    organisation = tree()
    homes = [organisation.by_id[unit].code for unit in (seen.pickup_unit_id, seen.patron.home_unit_id)]
    whose = seen.patron_id if themselves else 0
    if not may_hold(by, patron_id=whose, homes=homes, organisation=organisation):
        raise Refused.one("not_permitted", permission="circulation.hold")
    lock_patron(seen.patron_id, organisation=organisation, now=now)
    allocation: Allocation | None = getattr(seen, "allocation", None)
    if allocation is not None and allocation.trapped_at is not None:
        lock_item(allocation.item_id, organisation=organisation)
    lock_line(seen.record_id)
    lock_holds(hold_id, seen.cohort)
    row = Hold.objects.select_related("allocation__item", "patron").filter(pk=hold_id).first()
    if row is None:  # filled or ended meanwhile
        raise Refused.one("unknown_hold")
    return organisation, row


def _without_copy(row: Hold, organisation: Tree) -> HoldFacts:
    facts = hold_facts(row, organisation=organisation)
    if not facts.waiting:
        raise Refused.one("hold_has_copy")
    return facts


def _change(row: Hold, organisation: Tree, *, by: Actor, now: datetime, action: str, **values: Any) -> HoldFacts:
    """Write a locked hold, audit it, and let its title's copies follow at once."""
    before = _told(row, organisation)
    Hold.objects.filter(pk=row.pk).update(**values)
    rows = Hold.objects.select_related("allocation__item", "patron")
    retarget_line(row.record_id, organisation=organisation, now=now)
    fresh = rows.get(pk=row.pk)
    audit.record(by, action, object_type="hold", object_id=row.pk, before=before, after=_told(fresh, organisation))
    outbox.publish("hold.changed", {"hold": row.pk, "records": [row.record_id]})
    return hold_facts(fresh, organisation=organisation)


def _told(row: Hold, organisation: Tree) -> dict[str, Any]:
    """What the audit trail keeps of a hold's state."""
    return {
        "record": row.record_id,
        "patron": row.patron_id,
        "pickup": organisation.by_id[row.pickup_unit_id].code,
        "suspended": row.suspended,
        "until": row.suspended_until.isoformat() if row.suspended_until else None,
        "class": row.priority_class,
        "turn": str(row.turn),
        "wanted_until": row.expires_on.isoformat() if row.expires_on else None,
    }
