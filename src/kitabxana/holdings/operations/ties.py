"""What holdings keep under a record, for `base.ports`: copies and bindings go along when two records become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from kitabxana.base import audit
from kitabxana.base.ports import RecordTies
from kitabxana.holdings.models import Item, ItemRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kitabxana.base.actor import Actor


def move(gone: int, keep: int, by: Actor, now: datetime) -> Mapping[str, Any]:
    """All copies, withdrawn and deleted ones too; a binding that would name a copy's own record ends."""
    del now
    rows = Item.every.select_for_update(no_key=True).filter(record_id=gone).order_by("pk")
    items = list(rows.values_list("pk", flat=True))
    Item.every.filter(pk__in=items).update(record_id=keep)
    _tell(items, gone, keep, by)
    both = Q(record_id=gone) | Q(record_id=keep, item_id__in=items)
    bindings = list(ItemRecord.objects.select_for_update(of=("self",)).select_related("item").filter(both))
    bound_already = set(ItemRecord.objects.filter(record_id=keep).values_list("item_id", flat=True))
    ended, moved = [], []
    for row in sorted(bindings, key=lambda row: row.pk):
        if row.item.record_id == keep or (row.record_id == gone and row.item_id in bound_already):
            ended.append([row.item_id, row.record_id])
            row.delete()
        else:
            moved.append(row.pk)
    ItemRecord.objects.filter(pk__in=moved).update(record_id=keep)
    return {"items": items, "bound": moved, "unbound": ended}


def put_back(gone: int, keep: int, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """What came with the record and is still where it came to; copies that were added since stay."""
    del now
    rows = Item.every.select_for_update(no_key=True).filter(pk__in=moved["items"], record_id=keep).order_by("pk")
    items = list(rows.values_list("pk", flat=True))
    Item.every.filter(pk__in=items).update(record_id=gone)
    _tell(items, keep, gone, by)
    ItemRecord.objects.filter(pk__in=moved["bound"], record_id=keep).update(record_id=gone)
    for item_id, record_id in moved["unbound"]:
        ItemRecord.objects.get_or_create(item_id=item_id, record_id=record_id)


def _tell(items: list[int], before: int, after: int, by: Actor) -> None:
    if items:
        told = [(item, {"record": before}, {"record": after}) for item in items]
        audit.record_many(by, "item.to_record", object_type="item", entries=told)


TIES = RecordTies("holdings", move, put_back)
