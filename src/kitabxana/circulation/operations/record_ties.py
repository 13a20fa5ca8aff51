"""What circulation keeps under a record, for `base.ports`: who waits for it goes on waiting for the one it became."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F

from kitabxana.base.ports import RecordTies
from kitabxana.circulation.models import Allocation, Hold, PastHold
from kitabxana.circulation.operations.ending import end_hold
from kitabxana.circulation.operations.targeting import lock_line, retarget_line
from kitabxana.holdings.operations import lock_item
from kitabxana.holdings.operations import put_back as free_copy
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree

_KEPT = ("item_id", "item_type_id", "volume", "patron_id", "pickup_unit_id", "priority_class", "suspended", "cohort",
         "note")  # fmt: skip
_WRITTEN: dict[str, Callable[[str], Any]] = {
    "placed_at": datetime.fromisoformat,
    "turn": Decimal,
    "expires_on": date.fromisoformat,
    "suspended_until": date.fromisoformat,
}
"""What else is kept of a hold that ended, as text, and how it is read again."""


def move(gone: int, keep: int, by: Actor, now: datetime) -> Mapping[str, Any]:
    """One queue of two: everyone stands in it since they began to wait, whichever of the two it was for.

    Who waits for both, and not for two volumes, waits once: on the better of the two places, for the copy that is
    nearer at hand. Loans and their history hang on copies and go with them. What stands on a shelf is at once fetched
    for the first in the one line. Locks the copies kept for these holds, both lines by number, then the holds.
    """
    del by
    organisation = tree()
    queue = _locked_lines(gone, keep, organisation)
    waiting = [hold.pk for hold in queue if hold.record_id == gone]
    ended, ranks = _end_doubles(queue, now=now)
    Hold.objects.filter(pk__in=waiting).update(record_id=keep)
    past = list(PastHold.objects.filter(record_id=gone).order_by("pk").values_list("pk", flat=True))
    PastHold.objects.filter(pk__in=past).update(record_id=keep)
    if queue:
        retarget_line(keep, organisation=organisation, now=now)
    return {"holds": waiting, "past_holds": past, "ended": ended, "ranks": ranks}


def _locked_lines(gone: int, keep: int, organisation: Tree) -> list[Hold]:
    """The holds of both titles, read with their allocations, by number."""
    both = (gone, keep)
    kept = Allocation.objects.filter(hold__record_id__in=both, trapped_at__isnull=False)
    for item_id in sorted(kept.values_list("item_id", flat=True)):
        lock_item(item_id, organisation=organisation)
    for record_id in sorted(both):
        lock_line(record_id)
    rows = Hold.objects.select_for_update(of=("self",)).select_related("allocation")
    return list(rows.filter(record_id__in=both).order_by("pk"))


def _end_doubles(queue: list[Hold], *, now: datetime) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """The holds that ended, as they were, and the ranks of those that go on with a better one."""
    ended, ranks = [], []
    staying: dict[tuple[int, str], Hold] = {}
    for row in sorted(queue, key=_nearness):
        first = staying.setdefault((row.patron_id, row.volume), row)
        if first.record_id == row.record_id:  # itself, or another that the rules allowed
            continue
        told = {name: getattr(row, name) for name in _KEPT}
        told |= {name: _text(getattr(row, name)) for name in _WRITTEN}
        ended.append(told | {"id": row.pk, "record_id": row.record_id, "for": first.pk})
        if (row.priority_class, row.turn) < (first.priority_class, first.turn):
            ranks.append([first.pk, first.priority_class, str(first.turn), first.placed_at.isoformat()])
            first.priority_class, first.turn, first.placed_at = row.priority_class, row.turn, row.placed_at
            first.save(update_fields=["priority_class", "turn", "placed_at"])
        end_hold(row, outcome="cancelled", now=now)
    return ended, ranks


def _text(value: Any) -> str | None:
    """A number or a moment as JSON keeps it."""
    if value is None:
        return None
    return str(value) if isinstance(value, Decimal) else str(value.isoformat())


def _nearness(row: Hold) -> tuple[Any, ...]:
    """First who has a copy ready, then one on its way, then one that is to be fetched; then as they stand in line."""
    copy: Any = getattr(row, "allocation", None)
    kept = copy is not None and copy.trapped_at is not None
    place = (row.priority_class, row.turn, row.pk)
    near = (copy is None or copy.ready_at is None, not kept, row.suspended, copy is None)
    return (*near, row.item_id is not None, *place)


def put_back(gone: int, keep: int, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Who waited for the record waits for it again; who waited for both waits for both, unless that has ended since.

    A copy set aside for a hold of the other of the two records is free again: it is another book. Both lines are then
    served from the copies that are theirs. Locks as `move`.
    """
    del by
    organisation = tree()
    _locked_lines(gone, keep, organisation)
    for pk, priority_class, turn, placed_at in moved["ranks"]:
        placed = datetime.fromisoformat(placed_at)
        Hold.objects.filter(pk=pk).update(priority_class=priority_class, turn=Decimal(turn), placed_at=placed)
    Hold.objects.filter(pk__in=moved["holds"], record_id=keep).update(record_id=gone)
    PastHold.objects.filter(pk__in=moved["past_holds"], record_id=keep).update(record_id=gone)
    still = set(Hold.objects.filter(pk__in=[one["for"] for one in moved["ended"]]).values_list("pk", flat=True))
    for one in moved["ended"]:
        if one["for"] in still and PastHold.objects.filter(pk=one["id"]).delete()[0]:
            values = {name: one[name] for name in (*_KEPT, "id", "record_id")}
            values |= {name: read(one[name]) if one[name] else None for name, read in _WRITTEN.items()}
            Hold.objects.create(**values)
    astray = Allocation.objects.filter(hold__record_id__in=(gone, keep)).exclude(item__record_id=F("hold__record_id"))
    for row in astray:
        free_copy(row.item_id)
        row.delete()
    for record_id in (gone, keep):
        retarget_line(record_id, organisation=organisation, now=now)


TIES = RecordTies("circulation", move, put_back)
