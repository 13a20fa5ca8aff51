"""What a desk finds, or does not find, on its shelves; and holds whose time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from kitabxana.base import audit, outbox
from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source
from kitabxana.circulation.models import Allocation, Hold
from kitabxana.circulation.operations.ending import end_hold
from kitabxana.circulation.operations.holds import locked_hold, resume_hold
from kitabxana.circulation.operations.money import charge_fee
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.operations.targeting import lock_line, retarget_line
from kitabxana.circulation.queries.holds import expiring, resuming
from kitabxana.circulation.rules import Cell
from kitabxana.holdings.operations import lock_item, put_back, set_lost
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree


@transaction.atomic
def not_found(*, item_id: int, unit: str, by: Actor, now: datetime) -> int | None:
    """A copy that was to be fetched is not on its shelf, or one that stood ready not on the hold shelf: it is missing
    from now on, and its hold, where it stood in line, gets another at once (case 32). Returns the copy that is fetched
    instead, None when there is none.

    Locks the copy, then the title's line. Refused: unknown_unit, not_permitted, unknown_item, not_to_fetch.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.hold")
    item = lock_item(item_id, organisation=organisation)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    lock_line(item.record_id)
    target = Allocation.objects.filter(item_id=item_id).filter(Q(trapped_at=None) | Q(ready_at__isnull=False)).first()
    if target is None or item.holding_unit != where.code or item.place not in ("shelf", "hold_shelf"):
        raise Refused.one("not_to_fetch", barcode=item.barcode or str(item_id))
    hold_id = target.hold_id
    put_back(item_id)
    target.delete()
    set_lost(item_id=item_id, kind="missing", now=now)
    retarget_line(item.record_id, organisation=organisation, now=now)
    audit.record(
        by, "item.not_found", object_type="item", object_id=item_id, before={"lost": item.lost},
        after={"lost": "missing", "hold": hold_id, "at": unit},
    )  # fmt: skip
    outbox.publish("item.changed", {"records": [item.record_id]})
    return Allocation.objects.filter(hold_id=hold_id).values_list("item_id", flat=True).first()


def expire_holds(*, by: Actor = SYSTEM, now: datetime) -> int:
    """End the holds that nobody wants any more, and those whose copy was not fetched; returns how many. Run hourly.

    Each library's own day counts, and each hold is one transaction. A copy left on the shelf is to be cleared, and is
    offered to the next reader (case 26).
    """
    ended = 0
    for hold_id in {number for some in expiring(_latest_day(now)) for number in some}:
        ended += _expire(hold_id, by=by, now=now)
    return ended


def _latest_day(now: datetime) -> date:
    """The latest day that it is now anywhere in the house: whose day is not over yet is passed over later."""
    zones = {unit.zone for unit in tree().units.values()}
    return max((now.astimezone(ZoneInfo(zone)).date() for zone in zones), default=now.date())


@transaction.atomic
def _expire(hold_id: int, *, by: Actor, now: datetime) -> bool:
    try:
        organisation, row = locked_hold(hold_id, by=by, now=now)
    except Refused:  # filled or cancelled meanwhile
        return False
    allocation: Allocation | None = getattr(row, "allocation", None)
    ready = allocation if allocation is not None and allocation.ready_at is not None else None
    last_day = ready.expires_on if ready is not None else row.expires_on
    on_its_way = ready is None and allocation is not None and allocation.trapped_at is not None
    unit = organisation.by_id[row.pickup_unit_id].code
    today = organisation.calendar(unit, since=now.date()).local_day(now)
    if last_day is None or last_day >= today or on_its_way:
        return False
    if ready is not None:
        _charge_unfetched(row, ready, organisation, by=by, now=now)
    record_id = row.record_id
    before = {"record": record_id, "patron": row.patron_id, "last_day": last_day.isoformat()}
    audit.record(by, "hold.expire", object_type="hold", object_id=hold_id, before=before)
    end_hold(row, outcome="expired", now=now)
    retarget_line(record_id, organisation=organisation, now=now)
    return True


def _charge_unfetched(row: Hold, ready: Allocation, organisation: Tree, *, by: Actor, now: datetime) -> None:
    """Not fetching costs what the policy says where it was to be fetched; 0 leaves no line (KB 41386)."""
    unit = organisation.by_id[row.pickup_unit_id].code
    cell = Cell(unit, row.patron.category_id, ready.item.item_type_id)
    charge_fee(
        "hold_expiry", Source("hold", row.pk), cell=cell, organisation=organisation, patron_id=row.patron_id, by=by,
        now=now, item_id=ready.item_id,
    )  # fmt: skip


def resume_holds(*, by: Actor = SYSTEM, now: datetime) -> int:
    """Let suspended holds whose day has come go on; returns how many. Run hourly; each is one transaction."""
    resumed = 0
    for hold_id in resuming(_latest_day(now)):
        resumed += _resume(hold_id, by=by, now=now)
    return resumed


@transaction.atomic
def _resume(hold_id: int, *, by: Actor, now: datetime) -> bool:
    row = Hold.objects.filter(pk=hold_id).first()
    if row is None or not row.suspended or row.suspended_until is None:
        return False
    organisation = tree()
    unit = organisation.by_id[row.pickup_unit_id].code
    if row.suspended_until > organisation.calendar(unit, since=now.date()).local_day(now):
        return False
    try:
        resume_hold(hold_id=hold_id, by=by, now=now)
    except Refused:
        return False
    return True
