"""Writes of copies. Circulation moves them through `lock_item` and `move`; a cataloguer edits them here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.base.bulk import copy_rows
from kitabxana.base.statements import prepared
from kitabxana.catalogue.operations import lean_on
from kitabxana.holdings.models import Item, ItemType
from kitabxana.holdings.queries.copies import BY_ID, facts_from
from kitabxana.holdings.rules import key_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts, NewItem
    from kitabxana.organisation.facts import Tree


def lock_item(item_id: int, *, organisation: Tree | None = None) -> ItemFacts | None:
    """Lock one copy until the transaction ends and read it; None when there is none.

    Rows that only refer to the copy may be written meanwhile (FOR NO KEY UPDATE). Written out: every loan asks it.
    """
    with prepared() as cursor:
        cursor.execute(_LOCK, [item_id])
        row = cursor.fetchone()
    return facts_from(row, organisation or tree()) if row else None


_LOCK = f"{BY_ID} FOR NO KEY UPDATE OF i"


def move(
    *, item_id: int, place: str, now: datetime, holding_unit: str | None = None, lent: int = 0,
    organisation: Tree | None = None,
) -> None:  # fmt: skip
    """Put a locked copy in another place; one statement with the tree in hand. The caller audits what it did.

    `lent` is 1 for a loan that begins, -1 for one that is counted no more.
    """
    unit = (organisation or tree()).units[holding_unit].id if holding_unit is not None else None
    with prepared() as cursor:
        cursor.execute(_MOVE, [place, now, unit, lent, item_id])


_MOVE = """
    UPDATE holdings_item SET place = %s, last_seen_at = %s, holding_unit_id = coalesce(%s, holding_unit_id),
        loans = greatest(loans + %s, 0)
    WHERE id = %s AND deleted_at IS NULL"""


def put_back(item_id: int) -> None:
    """A copy that stood ready for a reader is free on its shelf again; one on its way goes on its way."""
    Item.objects.filter(pk=item_id, place="hold_shelf").update(place="shelf")


def set_lost(*, item_id: int, kind: str, now: datetime) -> None:
    """A locked copy is lost; `kind` says how: lost, long_overdue, missing… The caller audits what it did."""
    Item.objects.filter(pk=item_id).update(lost=kind, lost_at=now)


def set_found(*, item_id: int) -> None:
    """A copy thought lost is here again."""
    Item.objects.filter(pk=item_id).update(lost="", lost_at=None)


@transaction.atomic
def add_item_type(*, code: str, names: Mapping[str, str], by: Actor, not_for_loan: bool = False) -> None:
    """Add or rename an item type."""
    if not by.may_anywhere("organisation.edit"):
        raise Refused.one("not_permitted", permission="organisation.edit")
    ItemType.objects.update_or_create(code=code, defaults={"names": dict(names), "not_for_loan": not_for_loan})
    audit.record(by, "item_type.set", object_type="item_type", object_id=code, after={"names": dict(names)})


@transaction.atomic
def add_item(*, record_id: int, item: NewItem, by: Actor) -> int:
    """Add one copy to a record; returns its id.

    Refused: not_permitted, unknown_unit, unknown_item_type, unknown_record, barcode_taken. Tells the index.
    """
    organisation = tree()
    for code in (item.home_unit, item.holding_unit):
        if code not in organisation.units:
            raise Refused.one("unknown_unit", unit=code)
    if not by.may("items.edit", organisation.units[item.home_unit].path):
        raise Refused.one("not_permitted", permission="items.edit")
    if not ItemType.objects.filter(pk=item.item_type).exists():
        raise Refused.one("unknown_item_type", code=item.item_type)
    lean_on(record_id)
    values = {name: getattr(item, name) for name in COPIED}
    try:
        with transaction.atomic():
            row = Item.objects.create(
                record_id=record_id,
                home_unit_id=organisation.units[item.home_unit].id,
                holding_unit_id=organisation.units[item.holding_unit].id,
                item_type_id=item.item_type,
                **values | {"shelf_key": item.shelf_key or own_key(item)},
            )
    except IntegrityError as taken:
        raise Refused.one("barcode_taken", barcode=item.barcode) from taken
    audit.record(by, "item.add", object_type="item", object_id=row.pk, after={"barcode": item.barcode})
    outbox.publish("item.changed", {"records": [record_id]})
    return row.pk


def own_key(item: NewItem) -> str:
    return key_of(call_number=item.call_number, scheme=item.scheme, volume=item.volume)


COPIED = (
    "barcode", "location", "collection", "call_number", "shelf_key", "accession_number", "copy_number", "volume",
    "note", "price_minor", "currency", "lost", "damaged", "withdrawn", "not_for_loan", "restricted", "loans",
    "source_digest", "scheme", "replacement_minor", "source", "staff_note",
)  # fmt: skip


def add_many(items: Sequence[tuple[int, NewItem]]) -> None:
    """Store (record id, item) pairs in the current transaction; barcodes must be free, units and types known.

    The caller audits and tells the index.
    """
    units = tree().units
    now = timezone.now()
    copy_rows(
        "holdings_item",
        ("record_id", "home_unit_id", "holding_unit_id", "item_type_id", "place", "created_at", *COPIED),
        (
            (
                record_id,
                units[item.home_unit].id,
                units[item.holding_unit].id,
                item.item_type,
                "shelf",
                item.created_at or now,
                *(getattr(item, name) for name in COPIED),
            )
            for record_id, item in items
        ),
    )


def replace(item_id: int, item: NewItem) -> None:
    """Describe a stored copy anew from an import. Where it is and who has it does not change, and what the import says
    nothing of (`_HOUSE`) stays as a cataloguer wrote it."""
    organisation = tree()
    values = {name: getattr(item, name) for name in COPIED if name not in ("barcode", "loans")}
    values = {name: value for name, value in values.items() if name not in _HOUSE or value}
    Item.objects.filter(pk=item_id).update(
        home_unit_id=organisation.units[item.home_unit].id,
        item_type_id=item.item_type,
        version=F("version") + 1,
        **values,
    )


_HOUSE = ("scheme", "source", "staff_note", "replacement_minor")


def ensure_item_types(codes: Iterable[str]) -> list[str]:
    """Add the item types that are not known yet, named by their codes; returns the new ones."""
    known = set(ItemType.objects.values_list("code", flat=True))
    fresh = sorted(set(codes) - known)
    ItemType.objects.bulk_create(ItemType(code=code, names={}) for code in fresh)
    return fresh


def remove_many(item_ids: Sequence[int]) -> list[int]:
    """Remove copies that were stored by mistake, in the current transaction; returns those that must stay.

    What circulation, holds or anything else refers to stays. Locks the copies. The caller audits and tells the index.
    """
    rows = Item.objects.select_for_update().filter(pk__in=list(item_ids))
    stay = []
    for row in rows.order_by("pk"):
        try:
            with transaction.atomic():
                row.delete()
        except (ProtectedError, IntegrityError):
            stay.append(row.pk)
    return stay
