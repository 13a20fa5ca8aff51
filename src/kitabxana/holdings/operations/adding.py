"""Adding copies by the run: barcodes from a series or a list, lines in the accession book, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.catalogue.operations import lean_on
from kitabxana.catalogue.queries import record as one_record
from kitabxana.holdings.facts import AddedItem, NewItem
from kitabxana.holdings.models import AccessionEntry, Item
from kitabxana.holdings.operations.copies import COPIED, own_key
from kitabxana.holdings.operations.numbers import run_for, take
from kitabxana.holdings.queries import Lists, next_numbers
from kitabxana.holdings.rules import MOST_AT_ONCE, PERMISSION_OF, PRICES, STATES, TEXTS, value_problem
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import RecordFacts
    from kitabxana.kernel.numbering import Numbering
    from kitabxana.organisation.facts import Tree

_CHECKED = (*TEXTS, *PRICES, *STATES, "currency", "scheme", "source")


@transaction.atomic
def add_items(
    *, record_id: int, item: NewItem, by: Actor, count: int = 1, barcodes: Sequence[str] | None = None,
    accession: bool = False, dry: bool = False,
) -> list[AddedItem]:  # fmt: skip
    """Add copies alike to a record: one for each of `barcodes`, or `count` with barcodes of the library's series.

    With neither series nor list wanted, `count` 1 and `barcodes` None, the barcode of `item` is taken where it has
    one. `accession` enters each in the library's accession book. `dry` answers what would come and writes nothing:
    another may take the numbers first. Locks the series, then the book; keeps the record. All reasons are told at
    once. Refused: unknown_record, unknown_unit, not_permitted, unknown_item_type, location_not_listed,
    collection_not_listed, too_many_items, no_barcodes, barcode_twice, barcode_taken, no_series, accession_twice and
    the codes of `rules.value_problem`. Tells the index. Statements: the same for one and for many.
    """
    organisation = tree()
    record = one_record(record_id, hidden=True)
    given = list(barcodes) if barcodes is not None else [item.barcode] if item.barcode else None
    if reasons := _reasons(record, item, by, organisation, given=given, count=count, accession=accession):
        raise Refused(reasons)
    assert record is not None, "said above"
    wanted = len(given) if given is not None else count
    codes = given or _numbers(run_for("barcode", item.home_unit, organisation), wanted, organisation, dry=dry)[1]
    book, numbers = None, [0] * wanted
    accessions = [item.accession_number] * wanted
    if accession:
        book = run_for("accession", item.home_unit, organisation)
        numbers, accessions = _numbers(book, wanted, organisation, dry=dry)
    added = [AddedItem(None, code, text) for code, text in zip(codes, accessions, strict=True)]
    if dry:
        return added
    lean_on(record_id)
    rows = _write(record_id, item, added, organisation)
    if book:
        _enter(book, numbers, rows, record)
    entries = [(row.pk, None, {"barcode": row.barcode, "accession_number": row.accession_number}) for row in rows]
    audit.record_many(by, "item.add", object_type="item", entries=entries)
    outbox.publish("item.changed", {"records": [record_id]})
    return [replace(one, id=row.pk) for one, row in zip(added, rows, strict=True)]


def _reasons(
    record: RecordFacts | None, item: NewItem, by: Actor, organisation: Tree, *, given: list[str] | None, count: int,
    accession: bool,
) -> list[Refusal]:  # fmt: skip
    if record is None or record.kind != "b":
        return [Refusal("unknown_record")]
    for code in (item.home_unit, item.holding_unit):
        if code not in organisation.units:
            return [Refusal("unknown_unit", {"unit": code})]
    path = organisation.units[item.home_unit].path
    needed = {"items.edit", *(PERMISSION_OF[name] for name in STATES if getattr(item, name))}
    if missing := sorted(permission for permission in needed if not by.may(permission, path)):
        return [Refusal("not_permitted", {"permission": permission}) for permission in missing]
    found = description_refusals(item, Lists(organisation))
    if accession and item.accession_number:
        found.append(Refusal("accession_twice", {"number": item.accession_number}))
    return [*found, *_barcode_reasons(given, count)]


def description_refusals(item: NewItem, lists: Lists) -> list[Refusal]:
    """What in a new copy's description can't be so."""
    found = [
        Refusal(problem, {"field": name}) for name in _CHECKED if (problem := value_problem(name, getattr(item, name)))
    ]
    if not lists.takes("item_type", item.home_unit, item.item_type) or not item.item_type:
        found.append(Refusal("unknown_item_type", {"code": item.item_type}))
    if not lists.takes("location", item.home_unit, item.location):
        found.append(Refusal("location_not_listed", {"code": item.location, "unit": item.home_unit}))
    if not lists.takes("collection", item.home_unit, item.collection):
        found.append(Refusal("collection_not_listed", {"code": item.collection, "unit": item.home_unit}))
    return found


def _barcode_reasons(given: list[str] | None, count: int) -> list[Refusal]:
    wanted = len(given) if given is not None else count
    if wanted < 1:
        return [Refusal("no_barcodes")]
    if wanted > MOST_AT_ONCE:
        return [Refusal("too_many_items", {"most": MOST_AT_ONCE})]
    if given is None:
        return []
    found = [Refusal(problem, {"field": "barcode"}) for code in given if (problem := value_problem("barcode", code))]
    twice = sorted({code for code in given if given.count(code) > 1})
    found += [Refusal("barcode_twice", {"barcode": code}) for code in twice]
    taken = Item.every.filter(barcode__in=given).order_by("barcode").values_list("barcode", flat=True)
    return found or [Refusal("barcode_taken", {"barcode": code}) for code in taken]


def _numbers(numbering: Numbering, count: int, organisation: Tree, *, dry: bool) -> tuple[list[int], list[str]]:
    numbers = next_numbers(numbering, count) if dry else take(numbering, count, organisation)
    return numbers, [numbering.text(number) for number in numbers]


def _write(record_id: int, item: NewItem, added: Sequence[AddedItem], organisation: Tree) -> list[Item]:
    home, holding = organisation.units[item.home_unit], organisation.units[item.holding_unit]
    priced = item.price_minor is not None or item.replacement_minor is not None
    now = timezone.now()
    values = {name: getattr(item, name) for name in COPIED} | {
        "record_id": record_id,
        "home_unit_id": home.id,
        "holding_unit_id": holding.id,
        "item_type_id": item.item_type,
        "shelf_key": item.shelf_key or own_key(item),
        "currency": item.currency or (home.currency if priced else ""),
        "created_at": item.created_at or now,
        "lost_at": now if item.lost else None,
        "withdrawn_at": now if item.withdrawn else None,
    }
    rows = [Item(**values | {"barcode": one.barcode, "accession_number": one.accession_number[:40]}) for one in added]
    try:
        with transaction.atomic():
            return Item.objects.bulk_create(rows)
    except IntegrityError as taken:  # another came between the look and the writing
        raise Refused.one("barcode_taken", barcode=added[0].barcode) from taken


def _enter(book: Numbering, numbers: Sequence[int], rows: Sequence[Item], record: RecordFacts) -> None:
    title = str(record.brief.get("title", ""))[:300]
    AccessionEntry.objects.bulk_create(
        AccessionEntry(
            series_id=book.id, number=number, item=row, title=title, price_minor=row.price_minor,
            currency=row.currency, source=row.source, entered_at=row.created_at,
        )
        for number, row in zip(numbers, rows, strict=True)
    )  # fmt: skip
