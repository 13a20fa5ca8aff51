"""Several works in one binding: a copy belongs to one record and is bound with others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.catalogue.operations import lean_on
from kitabxana.catalogue.queries import record as one_record
from kitabxana.holdings.models import ItemRecord
from kitabxana.holdings.operations.changing import lock_rows
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.holdings.models import Item


def _locked(item_id: int, by: Actor) -> Item:
    rows = lock_rows([item_id])
    if not rows:
        raise Refused.one("unknown_item", barcode=str(item_id))
    if not by.may("items.edit", tree().by_id[rows[0].home_unit_id].path):
        raise Refused.one("not_permitted", permission="items.edit")
    return rows[0]


@transaction.atomic
def bind(*, item_id: int, record_id: int, by: Actor) -> None:
    """Say that a further record is bound into a copy. Locks the copy; tells the index of both records.

    Refused: unknown_item, unknown_record, not_permitted, bound_already (it is the copy's own record, or bound in).
    """
    row = _locked(item_id, by)
    found = one_record(record_id, hidden=True)
    if found is None or found.kind != "b":
        raise Refused.one("unknown_record")
    lean_on(record_id)
    if row.record_id == record_id or not ItemRecord.objects.get_or_create(item=row, record_id=record_id)[1]:
        raise Refused.one("bound_already")
    audit.record(by, "item.bind", object_type="item", object_id=row.pk, after={"bound_with": record_id})
    outbox.publish("item.changed", {"records": [row.record_id, record_id]})


@transaction.atomic
def unbind(*, item_id: int, record_id: int, by: Actor) -> None:
    """Take a record out of a copy's binding again. Refused: unknown_item, not_permitted, not_bound."""
    row = _locked(item_id, by)
    if not ItemRecord.objects.filter(item=row, record_id=record_id).delete()[0]:
        raise Refused.one("not_bound")
    audit.record(by, "item.unbind", object_type="item", object_id=row.pk, before={"bound_with": record_id})
    outbox.publish("item.changed", {"records": [row.record_id, record_id]})
