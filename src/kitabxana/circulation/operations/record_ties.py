"""What circulation keeps under a record, for `base.ports`: who waits for it goes on waiting for the one it became."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from kitabxana.base.ports import RecordTies
from kitabxana.circulation.models import Allocation, Hold, PastHold
from kitabxana.circulation.operations.ending import end_hold
from kitabxana.holdings.operations import put_back as free_copy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor

_KEPT = ("item_id", "patron_id", "pickup_unit_id", "priority_class")


def move(gone: int, keep: int, by: Actor, now: datetime) -> Mapping[str, Any]:
    """One queue of two: everyone stands in it since they began to wait, whichever of the two it was for.

    Who waits for both waits once, on the better of the two places, for the copy that is nearer at hand. Loans and
    their history hang on copies and go with them.
    """
    del by
    rows = Hold.objects.select_for_update(of=("self",)).select_related("allocation")
    queue = list(rows.filter(record_id__in=(gone, keep)).order_by("pk"))
    waiting = [hold.pk for hold in queue if hold.record_id == gone]
    ended, ranks = _end_doubles(queue, now=now)
    Hold.objects.filter(pk__in=waiting).update(record_id=keep)
    past = list(PastHold.objects.filter(record_id=gone).order_by("pk").values_list("pk", flat=True))
    PastHold.objects.filter(pk__in=past).update(record_id=keep)
    return {"holds": waiting, "past_holds": past, "ended": ended, "ranks": ranks}


def _end_doubles(queue: list[Hold], *, now: datetime) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """The holds that ended, as they were, and the ranks of those that go on with a better one."""
    ended, ranks = [], []
    staying: dict[int, Hold] = {}
    for row in sorted(queue, key=_nearness):
        first = staying.setdefault(row.patron_id, row)
        if first is row:
            continue
        told = {name: getattr(row, name) for name in _KEPT}
        ended.append(
            told | {"id": row.pk, "record_id": row.record_id, "placed_at": row.placed_at.isoformat(), "for": first.pk}
        )
        if (row.priority_class, row.placed_at) < (first.priority_class, first.placed_at):
            ranks.append([first.pk, first.priority_class, first.placed_at.isoformat()])
            first.priority_class, first.placed_at = row.priority_class, row.placed_at
            first.save(update_fields=["priority_class", "placed_at"])
        end_hold(row, outcome="cancelled", now=now)
    return ended, ranks


def _nearness(row: Hold) -> tuple[Any, ...]:
    copy: Any = getattr(row, "allocation", None)
    place = (row.priority_class, row.placed_at, row.pk)
    return (copy is None or copy.ready_at is None, copy is None, row.item_id is not None, *place)


def put_back(gone: int, keep: int, moved: Mapping[str, Any], by: Actor) -> None:
    """Who waited for the record waits for it again; who waited for both waits for both, unless that has ended since.

    A copy set aside for a hold of the other of the two records is free again: it is another book.
    """
    del by
    list(Hold.objects.select_for_update().filter(record_id=keep).order_by("pk").values_list("pk"))
    for pk, priority_class, placed_at in moved["ranks"]:
        values = {"priority_class": priority_class, "placed_at": datetime.fromisoformat(placed_at)}
        Hold.objects.filter(pk=pk).update(**values)
    Hold.objects.filter(pk__in=moved["holds"], record_id=keep).update(record_id=gone)
    PastHold.objects.filter(pk__in=moved["past_holds"], record_id=keep).update(record_id=gone)
    still = set(Hold.objects.filter(pk__in=[one["for"] for one in moved["ended"]]).values_list("pk", flat=True))
    for one in moved["ended"]:
        if one["for"] in still and PastHold.objects.filter(pk=one["id"]).delete()[0]:
            values = {name: one[name] for name in (*_KEPT, "id", "record_id")}
            Hold.objects.create(**values, placed_at=datetime.fromisoformat(one["placed_at"]))
    astray = Allocation.objects.filter(hold__record_id__in=(gone, keep)).exclude(item__record_id=F("hold__record_id"))
    for row in astray:
        free_copy(row.item_id)
        row.delete()


TIES = RecordTies("circulation", move, put_back)
