"""Copies: adding, seeing, moving; one place at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import EVERYWHERE, SYSTEM
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.models import Item
from kitabxana.holdings.operations import (
    add_item,
    add_item_type,
    add_many,
    ensure_item_types,
    lock_item,
    move,
    put_back,
    replace,
    set_found,
)
from kitabxana.holdings.queries import (
    copy_groups,
    item_by_barcode,
    item_in,
    items_by_barcode,
    items_by_id,
    items_of,
    items_page,
    known_items,
    stock_of,
    unbarcoded_digests,
)
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import PEOPLE, holder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    add_item_type(code="BK", names={"az": "Kitab"}, by=SYSTEM)


def new(barcode: str | None = "B1", unit: str = "GNC-M", **values: object) -> NewItem:
    basics: dict[str, object] = {"barcode": barcode, "home_unit": unit, "holding_unit": unit, "item_type": "BK"}
    return NewItem(**basics | values)  # type: ignore[arg-type]


def test_a_new_copy_stands_on_its_shelf_and_the_index_hears_of_it() -> None:
    record = a_record()
    item = add_item(record_id=record, item=new(call_number="821.512 Ş-40"), by=SYSTEM)
    facts = items_by_id([item])[item]
    assert (facts.place, facts.on_shelf, facts.lendable, facts.loans) == ("shelf", True, True, 0)
    assert facts.shelf_key
    assert OutboxEvent.objects.get().payload == {"records": [record]}
    assert AuditEntry.objects.filter(action="item.add", object_id=str(item)).count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"home_unit": "NONE"}, "unknown_unit"),
        ({"holding_unit": "NONE"}, "unknown_unit"),
        ({"item_type": "NONE"}, "unknown_item_type"),
        ({"barcode": "TAKEN"}, "barcode_taken"),
    ],
)
def test_a_copy_that_can_t_be_is_refused(changed: dict[str, str], code: str) -> None:
    record = a_record()
    add_item(record_id=record, item=new("TAKEN"), by=SYSTEM)
    with pytest.raises(Refused, match=code):
        add_item(record_id=record, item=new(**changed), by=SYSTEM)
    assert Item.objects.count() == OutboxEvent.objects.count() == 1


def test_copies_without_barcode_may_be_many() -> None:
    record = a_record()
    for _ in range(2):
        add_item(record_id=record, item=new(None), by=SYSTEM)
    assert len(items_of([record])[record]) == 2


@pytest.mark.parametrize("who", [*PEOPLE, "cataloguer here", "cataloguer elsewhere"])
def test_who_may_add_a_copy_to_gnc(who: str) -> None:
    cataloguers = {
        "cataloguer here": holder("cataloguer", "AZ/GNC/GNC-M/"),
        "cataloguer elsewhere": holder("cataloguer", "AZ/SAK/"),
    }
    by = (PEOPLE | cataloguers)[who]
    if who in ("administrator", "administrator here", "cataloguer here"):
        add_item(record_id=a_record(), item=new(), by=by)
        return
    with pytest.raises(Refused, match="not_permitted"):
        add_item(record_id=a_record(), item=new(), by=by)
    assert not Item.objects.exists()


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_name_an_item_type(who: str) -> None:
    if PEOPLE[who].may_anywhere("organisation.edit"):
        add_item_type(code="DVD", names={}, by=PEOPLE[who])
    else:
        with pytest.raises(Refused, match="not_permitted"):
            add_item_type(code="DVD", names={}, by=PEOPLE[who])


@pytest.mark.parametrize(
    ("state", "lendable", "on_shelf"),
    [
        ({}, True, True),
        ({"damaged": True}, True, False),
        ({"lost": "missing"}, False, False),
        ({"withdrawn": True}, False, False),
        ({"not_for_loan": True}, False, False),
        ({"restricted": True}, False, False),
    ],
)
def test_what_a_state_means(state: dict[str, Any], lendable: bool, on_shelf: bool) -> None:  # noqa: FBT001
    item = a_copy(a_record(), **state)
    facts = items_by_id([item])[item]
    assert (facts.lendable, facts.on_shelf) == (lendable, on_shelf)


def test_a_type_that_stays_in_keeps_its_copies_in() -> None:
    add_item_type(code="REF", names={}, not_for_loan=True, by=SYSTEM)
    item = add_item(record_id=a_record(), item=new(item_type="REF"), by=SYSTEM)
    assert items_by_id([item])[item].not_for_loan
    assert not Item.objects.get(pk=item).not_for_loan


def test_a_copy_is_in_one_of_the_known_places() -> None:
    item = a_copy(a_record())
    for place, _ in Item.PLACES:
        move(item_id=item, place=place, now=NOW)
    with pytest.raises(IntegrityError, match="item_place"), transaction.atomic():
        move(item_id=item, place="cupboard", now=NOW)


def test_moving_tells_place_library_day_and_loans() -> None:
    item = a_copy(a_record())
    move(item_id=item, place="loan", now=NOW, holding_unit="GNC-2", lent=1)
    facts = items_by_id([item])[item]
    assert (facts.place, facts.holding_unit, facts.home_unit) == ("loan", "GNC-2", "GNC-M")
    assert (facts.last_seen_at, facts.loans) == (NOW, 1)
    move(item_id=item, place="shelf", now=NOW)
    assert items_by_id([item])[item].loans == 1


def test_putting_back_frees_what_stood_ready_and_nothing_else() -> None:
    item = a_copy(a_record())
    for place, after in (("hold_shelf", "shelf"), ("transit", "transit"), ("loan", "loan")):
        move(item_id=item, place=place, now=NOW)
        put_back(item)
        assert items_by_id([item])[item].place == after


def test_a_lost_copy_is_found() -> None:
    item = a_copy(a_record(), lost="missing")
    set_found(item_id=item)
    assert items_by_id([item])[item].lendable


def test_locking_what_is_not_there_gives_nothing() -> None:
    assert lock_item(10**9) is None


def test_copies_are_told_by_record_in_shelf_order_without_the_withdrawn() -> None:
    record, other = a_record(), a_record()
    for barcode, call_number, withdrawn in (("A", "821 B", False), ("B", "821 A", False), ("C", "820", True)):
        a_copy(record, barcode=barcode, call_number=call_number, withdrawn=withdrawn)
    assert [item.barcode for item in items_of([record, other])[record]] == ["B", "A"]
    assert other not in items_of([other])
    assert {item.barcode for item in items_of([record], withdrawn=True)[record]} == {"A", "B", "C"}
    stock = stock_of([record, other])[record]
    assert (stock.copies, stock.call_numbers, len(stock.unit_ids)) == (2, ("821 A", "821 B"), 1)


def test_a_question_costs_the_same_for_one_copy_and_for_many() -> None:
    record = a_record()
    a_copy(record, barcode="X0")
    with CaptureQueriesContext(connection) as one:
        items_of([record])
    for number in range(1, 9):
        a_copy(record, barcode=f"X{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(items_of([record])[record]) == 9
    assert len(many) == len(one) == 2


def test_copies_alike_are_counted_together() -> None:
    record = a_record()
    for number in range(3):
        a_copy(record, barcode=f"X{number}")
    a_copy(record, barcode="L", lost="missing")
    a_copy(record, barcode="W", withdrawn=True)
    counted = sorted((group.lost, group.place, group.count) for group in copy_groups([record])[record])
    assert counted == [(False, "shelf", 3), (True, "shelf", 1)]


def test_who_sees_which_copies() -> None:
    record = a_record()
    here = a_copy(record, barcode="A", unit="GNC-M")
    there = a_copy(record, barcode="B", unit="SAK-M")
    move(item_id=there, place="shelf", now=NOW, holding_unit="GNC-2")  # belongs to SAK, stands in GNC
    for scopes, seen in (
        (("AZ/GNC/GNC-M/",), {here}),
        (("AZ/GNC/",), {here, there}),
        (("AZ/SAK/",), {there}),
        ((EVERYWHERE,), {here, there}),
        ((), set()),
    ):
        total, page = items_page(scopes=scopes, offset=0, limit=9)
        assert {item.id for item in page} == seen
        assert total == len(seen)
        assert {item for item in (here, there) if item_in(item, scopes=scopes)} == seen


def test_a_page_is_narrowed_ordered_and_cut() -> None:
    record, other = a_record(), a_record()
    for barcode, at in (("C", record), ("A", other), ("B", record)):
        a_copy(at, barcode=barcode)

    def barcodes(**narrowed: object) -> list[str | None]:
        basics: dict[str, object] = {"scopes": (EVERYWHERE,), "offset": 0, "limit": 9}
        return [item.barcode for item in items_page(**basics | narrowed)[1]]  # type: ignore[arg-type]

    assert barcodes(order=("barcode",)) == ["A", "B", "C"]
    assert barcodes(order=("-barcode",), offset=1, limit=1) == ["B"]
    assert barcodes(record_id=record, order=("barcode",)) == ["B", "C"]
    assert barcodes(barcode="A") == ["A"]


def test_many_at_once_are_stored_as_one_by_one() -> None:
    record = a_record()
    single = add_item(record_id=record, item=new("S", note="  iki\tcild\n", price_minor=1250), by=SYSTEM)
    many = [new("M1", note="  iki\tcild\n", price_minor=1250), new(None, source_digest=b"x" * 16)]
    add_many([(record, item) for item in many])
    stored = items_by_barcode(["S", "M1", "NONE"])
    assert set(stored) == {"S", "M1"}
    for name in ("note", "price_minor", "item_type", "home_unit", "place", "call_number", "loans"):
        assert getattr(stored["M1"], name) == getattr(items_by_id([single])[single], name)
    assert known_items(["S", "NONE"]) == {"S": (single, record, b"")}
    assert unbarcoded_digests([record]) == {(record, b"x" * 16)}


def test_an_import_describes_anew_but_moves_nothing() -> None:
    item = a_copy(a_record(), barcode="S", note="köhnə")
    move(item_id=item, place="loan", now=NOW, holding_unit="GNC-2", lent=1)
    replace(item, new("OTHER", unit="SAK-M", note="yeni"))
    facts = item_by_barcode("S")
    assert facts is not None
    assert (facts.note, facts.home_unit, facts.holding_unit, facts.place, facts.loans) == (
        "yeni", "SAK-M", "GNC-2", "loan", 1
    )  # fmt: skip


def test_unknown_types_are_added_once() -> None:
    assert ensure_item_types(["BK", "DVD", "MAP", "DVD"]) == ["DVD", "MAP"]
    assert ensure_item_types(["DVD"]) == []
