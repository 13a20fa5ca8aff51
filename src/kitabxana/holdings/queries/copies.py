"""Reads of copies. Whether a copy is on loan shows in its `place`; who has it, circulation knows."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, Count, Q, When

from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.statements import prepared
from kitabxana.holdings.facts import CopyGroup, ItemFacts, Stock
from kitabxana.holdings.models import Item, ItemRecord, ItemType
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from kitabxana.organisation.facts import Tree


_OWN = ("id", "record_id", "barcode", "location", "collection", "call_number", "shelf_key", "copy_number", "volume",
        "note", "accession_number", "price_minor", "currency", "lost", "damaged", "withdrawn", "restricted", "place",
        "loans", "last_seen_at", "created_at", "scheme", "replacement_minor", "source", "staff_note",
        "version")  # fmt: skip
COLUMNS = (*_OWN, "home_unit_id", "holding_unit_id", "item_type_id", "not_for_loan")
"""What facts are made of, in the order of `facts_from`."""

_OF_ROW = attrgetter(*COLUMNS, "item_type.not_for_loan")


def facts_of(row: Item, organisation: Tree) -> ItemFacts:
    """Facts of a row read with `select_related("item_type")`."""
    return facts_from(_OF_ROW(row), organisation)


def facts_from(values: Sequence[Any], organisation: Tree) -> ItemFacts:
    """Facts of the values of `COLUMNS`, and whether the item type is not for loan."""
    *own, home, holding, item_type, kept_in, type_stays = values
    return ItemFacts(
        home_unit=organisation.by_id[home].code,
        holding_unit=organisation.by_id[holding].code,
        item_type=item_type,
        not_for_loan=kept_in or type_stays,
        kept_in=kept_in,
        **dict(zip(_OWN, own, strict=True)),
    )


def _all(rows: QuerySet[Item], organisation: Tree | None = None) -> list[ItemFacts]:
    organisation = organisation or tree()
    return [facts_of(row, organisation) for row in rows.select_related("item_type")]


_ITEMS = f"""
    SELECT {", ".join(f"i.{name}" for name in COLUMNS)}, t.not_for_loan
    FROM holdings_item i JOIN holdings_itemtype t ON t.code = i.item_type_id
    WHERE i.deleted_at IS NULL AND """  # noqa: S608 - names of our own
BY_ID = _ITEMS + "i.id = %s"
_BY_BARCODE, _BY_IDS = _ITEMS + "i.barcode = %s", _ITEMS + "i.id = ANY(%s)"


def _asked(statement: str, value: Any) -> list[ItemFacts]:
    """As `_all`, for what every scan at a desk asks."""
    organisation = tree()
    with prepared() as cursor:
        cursor.execute(statement, [value])
        return [facts_from(row, organisation) for row in cursor.fetchall()]


def item_by_barcode(barcode: str) -> ItemFacts | None:
    found = _asked(_BY_BARCODE, barcode)
    return found[0] if found else None


def items_by_barcode(barcodes: Iterable[str]) -> dict[str, ItemFacts]:
    return {item.barcode: item for item in _all(Item.objects.filter(barcode__in=list(barcodes))) if item.barcode}


def latest_items(units: Iterable[int], *, limit: int) -> list[ItemFacts]:
    """The copies of these libraries that were added last, in the order in which they came."""
    rows = Item.objects.filter(home_unit_id__in=list(units), withdrawn=False).order_by("-pk")[:limit]
    return _all(rows)[::-1]


def items_by_id(item_ids: Iterable[int]) -> dict[int, ItemFacts]:
    return {item.id: item for item in _asked(_BY_IDS, list(item_ids))}


def items_of(
    record_ids: Iterable[int], *, withdrawn: bool = False, organisation: Tree | None = None
) -> dict[int, list[ItemFacts]]:
    """Copies by record, in shelf order; withdrawn ones only when asked for. Two statements, one with the tree."""
    rows = Item.objects.filter(record_id__in=list(record_ids))
    if not withdrawn:
        rows = rows.filter(withdrawn=False)
    found: dict[int, list[ItemFacts]] = {}
    for item in _all(rows.order_by("record_id", "shelf_key", "pk"), organisation):
        found.setdefault(item.record_id, []).append(item)
    return found


def items_at(units: Iterable[int], *, after: int, limit: int, organisation: Tree) -> list[ItemFacts]:
    """Up to `limit` copies with a barcode that belong to or stand in these units, with higher ids than `after`.

    In the order of their ids; one statement.
    """
    here = list(units)
    rows = Item.objects.filter(Q(home_unit_id__in=here) | Q(holding_unit_id__in=here), barcode__isnull=False)
    rows = rows.filter(pk__gt=after).order_by("pk")
    return [facts_from(row, organisation) for row in rows.values_list(*COLUMNS, "item_type__not_for_loan")[:limit]]


ITEM_ORDERS = {
    "id": "pk",
    "barcode": "barcode",
    "call_number": "shelf_key",
    "home_unit": "home_unit__code",
    "created_at": "created_at",
}


def _visible(scopes: Sequence[str]) -> Q:
    """Items that belong to or stand in a unit under one of these path prefixes."""
    if EVERYWHERE in scopes:
        return Q()
    organisation = tree()
    units = {unit.id for prefix in scopes for unit in organisation.under(prefix)}
    return Q(home_unit_id__in=units) | Q(holding_unit_id__in=units)


def item_in(item_id: int, *, scopes: Sequence[str]) -> ItemFacts | None:
    """One item, None when it is not visible under these path prefixes."""
    found = _all(Item.objects.filter(_visible(scopes), pk=item_id))
    return found[0] if found else None


def copy_groups(record_ids: Iterable[int]) -> dict[int, list[CopyGroup]]:
    """The copies of each record that are not withdrawn, counted by where and how they stand; one statement."""
    rows = (
        Item.objects.filter(record_id__in=list(record_ids), withdrawn=False)
        .annotate(
            gone=Case(When(lost="", then=False), default=True),
            stays=Case(When(Q(not_for_loan=True) | Q(item_type__not_for_loan=True), then=True), default=False),
        )
        .values_list("record_id", "holding_unit_id", "place", "gone", "damaged", "stays", "restricted")
        .annotate(count=Count("pk"))
        .order_by("record_id", "holding_unit_id")
    )
    found: dict[int, list[CopyGroup]] = {}
    for record_id, *group in rows:
        found.setdefault(record_id, []).append(CopyGroup(*group))
    return found


def items_page(
    *, scopes: Sequence[str], offset: int, limit: int, record_id: int | None = None, barcode: str | None = None,
    order: Sequence[str] = (),
) -> tuple[int, list[ItemFacts]]:  # fmt: skip
    """(number of all, one page) of the items visible under the path prefixes `scopes`.

    `order` holds names of `ITEM_ORDERS`, descending with "-" before them; the id decides between equals.
    """
    rows = Item.objects.filter(_visible(scopes))
    if record_id is not None:
        rows = rows.filter(record_id=record_id)
    if barcode is not None:
        rows = rows.filter(barcode=barcode)
    columns = [name[: name.startswith("-")] + ITEM_ORDERS[name.removeprefix("-")] for name in order]
    return rows.count(), _all(rows.order_by(*columns, "pk")[offset : offset + limit])


def on_shelf(record_ids: Iterable[int], *, units: Sequence[str] = ()) -> set[int]:
    """Which of these records have a copy to take from a shelf now, with `units` one that stands under any of them."""
    rows = Item.objects.filter(
        record_id__in=list(record_ids), place="shelf", lost="", withdrawn=False, damaged=False, not_for_loan=False,
        restricted=False, item_type__not_for_loan=False,
    )  # fmt: skip
    if units:
        organisation = tree()
        known = [organisation.units[code] for code in units if code in organisation.units]
        rows = rows.filter(holding_unit_id__in={unit.id for one in known for unit in organisation.under(one.path)})
    return set(rows.values_list("record_id", flat=True).distinct())


def stock_of(record_ids: Iterable[int]) -> dict[int, Stock]:
    """What is held of each record, without withdrawn copies; one statement."""
    rows = (
        Item.objects.filter(record_id__in=list(record_ids), withdrawn=False)
        .order_by("record_id", "shelf_key", "pk")
        .values_list("record_id", "home_unit_id", "call_number", "shelf_key", "loans")
    )
    found: dict[int, Stock] = {}
    for record_id, copies in groupby(rows.iterator(), key=lambda row: int(row[0])):
        listed = list(copies)
        found[record_id] = Stock(
            unit_ids=tuple(dict.fromkeys(unit_id for _, unit_id, *_ in listed)),
            call_numbers=tuple(dict.fromkeys(text for _, _, text, *_ in listed if text)),
            shelf_key=next((key for _, _, _, key, _ in listed if key), ""),
            copies=len(listed),
            loans=sum(loans for *_, loans in listed),
        )
    return found


def along_the_shelf(*, unit: str, after: int = 0, before: int = 0, limit: int) -> list[ItemFacts]:
    """Up to `limit` copies of the library `unit` as their call numbers stand, from left to right.

    Those right of the copy `after`, or left of the copy `before`; from the left end when neither is given or the copy
    is none of this library's. Withdrawn copies and those without a call number stand nowhere. Two statements and one
    with the tree: an index gives each step, however long the shelf is.
    """
    organisation = tree()
    rows = Item.objects.filter(home_unit_id=organisation.units[unit].id, withdrawn=False).exclude(shelf_key="")
    known = rows.filter(pk=after or before).values_list("shelf_key", "pk").first() if after or before else None
    if known and before:
        key, pk = known
        left = rows.filter(shelf_key__lte=key).filter(Q(shelf_key__lt=key) | Q(pk__lt=pk))
        return _all(left.order_by("-shelf_key", "-pk")[:limit], organisation)[::-1]
    if known:
        key, pk = known
        rows = rows.filter(shelf_key__gte=key).filter(Q(shelf_key__gt=key) | Q(pk__gt=pk))
    return _all(rows.order_by("shelf_key", "pk")[:limit], organisation)


def beside(item: ItemFacts, *, each_side: int, organisation: Tree) -> list[int]:
    """Ids of the records that stand around a copy in its library, left to right, its own left out; one statement.

    The nearest `each_side` copies on either side are looked at, so a work in many copies leaves fewer records.
    """
    # Two steps of one index, which the ORM would ask for one after the other.
    statement = """
        (SELECT shelf_key, id, record_id FROM holdings_item
         WHERE home_unit_id = %(unit)s AND shelf_key < %(key)s AND shelf_key > '' AND NOT withdrawn
           AND deleted_at IS NULL AND record_id <> %(record)s ORDER BY shelf_key DESC, id DESC LIMIT %(most)s)
        UNION ALL
        (SELECT shelf_key, id, record_id FROM holdings_item
         WHERE home_unit_id = %(unit)s AND shelf_key >= %(key)s AND NOT withdrawn AND deleted_at IS NULL
           AND record_id <> %(record)s ORDER BY shelf_key, id LIMIT %(most)s)"""
    unit = organisation.units[item.home_unit].id
    with connection.cursor() as cursor:
        values: dict[str, int | str] = {
            "unit": unit,
            "key": item.shelf_key,
            "record": item.record_id,
            "most": each_side,
        }
        cursor.execute(statement, values)
        # Python and the "C" collation of the column order text alike, by code point.
        return list(dict.fromkeys(record_id for _key, _id, record_id in sorted(cursor.fetchall())))


def copies_of_record(record_id: int) -> list[Refusal]:
    """Why the record must stay: copies that are not withdrawn, its own and those it is bound into; one statement.

    For `ports.record_guards`.
    """
    standing = Item.objects.filter(withdrawn=False)
    bound = standing.filter(pk__in=ItemRecord.objects.filter(record_id=record_id).values("item_id"))
    # A union, not an OR, which would read every copy of the nation.
    copies = standing.filter(record_id=record_id).values("pk").union(bound.values("pk")).count()
    return [Refusal("has_items", {"items": copies})] if copies else []


def copies_at_unit(code: str) -> list[Refusal]:
    """Why the unit can't close: copies that belong or stand there and are not withdrawn (for `ports.unit_guards`)."""
    here = Q(home_unit__code=code) | Q(holding_unit__code=code)
    copies = Item.objects.filter(here, withdrawn=False).count()
    return [Refusal("copies_left", {"copies": copies})] if copies else []


def item_types() -> dict[str, dict[str, Any]]:
    """code → {"names": …, "not_for_loan": …}."""
    return {row.code: {"names": row.names, "not_for_loan": row.not_for_loan} for row in ItemType.objects.all()}


def known_items(barcodes: Iterable[str]) -> dict[str, tuple[int, int, bytes]]:
    """barcode → (item id, record id, source digest), for these barcodes, deleted copies too; one statement."""
    statement = "SELECT barcode, id, record_id, source_digest FROM holdings_item WHERE barcode = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(barcodes)])
        return {barcode: (pk, record, bytes(digest or b"")) for barcode, pk, record, digest in cursor.fetchall()}


def unbarcoded_digests(record_ids: Iterable[int]) -> set[tuple[int, bytes]]:
    """(record id, source digest) of copies without barcode, deleted too, by which an import run again knows them."""
    rows = Item.every.filter(record_id__in=list(record_ids), barcode__isnull=True, source_digest__isnull=False)
    return {(record_id, bytes(digest or b"")) for record_id, digest in rows.values_list("record_id", "source_digest")}


def items_where(
    *, unit: str, location: str = "", collection: str = "", item_type: str = "", withdrawn: bool = False, limit: int
) -> list[ItemFacts]:
    """Up to `limit` copies that belong to `unit` or below, in shelf order, narrowed by what is not empty."""
    organisation = tree()
    units = [one.id for one in organisation.under(organisation.units[unit].path)]
    rows = Item.objects.filter(home_unit_id__in=units, withdrawn=withdrawn)
    wanted = {"location": location, "collection": collection, "item_type_id": item_type}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return _all(rows.order_by("shelf_key", "pk")[:limit], organisation)


def bound_copies(record_id: int) -> list[ItemFacts]:
    """Copies of other records into which this record is bound, in shelf order; two statements, one with the tree."""
    return _all(Item.objects.filter(bound__record_id=record_id).order_by("shelf_key", "pk"))


def records_bound_in(item_id: int) -> list[int]:
    """The further records that are bound into a copy."""
    return list(ItemRecord.objects.filter(item_id=item_id).order_by("pk").values_list("record_id", flat=True))


def last_item_id() -> int:
    """The highest number of a copy so far, 0 when there is none."""
    return Item.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def items_after(last: int, *, record_ids: Iterable[int]) -> list[tuple[int, int, bytes]]:
    """(id, record, source digest) of copies of these records with a higher number than `last`; one statement."""
    rows = Item.objects.filter(pk__gt=last, record_id__in=list(record_ids))
    return [
        (pk, record, bytes(digest or b""))
        for pk, record, digest in rows.values_list("pk", "record_id", "source_digest")
    ]
