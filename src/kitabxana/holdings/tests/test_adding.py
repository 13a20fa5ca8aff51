"""Many copies at once: barcodes of the library's series, lines in the accession book, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.tests.builders import a_record, an_authority, change, field
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.messages import REFUSALS
from kitabxana.holdings.models import AccessionEntry, Item, NumberSeries
from kitabxana.holdings.operations import add_item_type, add_items, delete_item, draw_barcodes, set_entry, set_series
from kitabxana.holdings.queries import accession_book, items_of, numbering_for
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import PEOPLE, holder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    add_item_type(code="BK", names={"az": "Kitab"}, by=SYSTEM)


def new(unit: str = "GNC-M", **values: Any) -> NewItem:
    basics: dict[str, Any] = {"barcode": None, "home_unit": unit, "holding_unit": unit, "item_type": "BK"}
    return NewItem(**basics | values)


def series(kind: str = "barcode", **more: Any) -> None:
    basics: dict[str, Any] = {"unit": "GNC-M", "prefix": "994", "digits": 5, "last": 0}
    set_series(**basics | more, kind=kind, by=SYSTEM)


def codes(**asked: Any) -> list[str]:
    basics: dict[str, Any] = {"record_id": asked.pop("record_id", None) or a_record(), "item": new(), "by": SYSTEM}
    with pytest.raises(Refused) as caught:
        add_items(**basics | asked)
    found = [refusal.code for refusal in caught.value.refusals]
    for refusal in caught.value.refusals:
        if refusal.code in REFUSALS:
            assert str(REFUSALS[refusal.code]) % dict(refusal.params)
    return found


def test_barcodes_follow_one_another_and_are_not_used_again() -> None:
    series(last=7)
    record = a_record()
    first = add_items(record_id=record, item=new(), by=SYSTEM, count=3)
    assert [one.barcode for one in first] == ["99400008", "99400009", "99400010"]
    delete_item(item_id=first[2].id or 0, by=SYSTEM)
    assert [one.barcode for one in add_items(record_id=record, item=new(), by=SYSTEM)] == ["99400011"]
    assert len(items_of([record])[record]) == 3
    assert codes(record_id=record, barcodes=["99400010"]) == ["barcode_taken"]


def test_what_an_import_brought_is_passed_over() -> None:
    series()
    record = a_record()
    for taken in ("99400002", "99400003", "99400005"):
        a_copy(record, barcode=taken)
    added = add_items(record_id=record, item=new(), by=SYSTEM, count=3)
    assert [one.barcode for one in added] == ["99400001", "99400004", "99400006"]


def test_a_library_without_numbers_of_its_own_draws_from_the_nearest_above() -> None:
    series(unit="GNC", prefix="G")
    series(unit="GNC-2", prefix="Z")
    record = a_record()
    for unit, barcode in (("GNC-M", "G00001"), ("GNC-2", "Z00001"), ("GNC-M", "G00002")):
        assert add_items(record_id=record, item=new(unit), by=SYSTEM)[0].barcode == barcode
    assert codes(item=new("SAK-M")) == ["no_series"]


def test_a_look_ahead_writes_nothing() -> None:
    series()
    series("accession", prefix="", digits=0, last=48210)
    seen = add_items(record_id=a_record(), item=new(), by=SYSTEM, count=2, accession=True, dry=True)
    assert [(one.id, one.barcode, one.accession_number) for one in seen] == [
        (None, "99400001", "48211"), (None, "99400002", "48212"),
    ]  # fmt: skip
    assert not Item.objects.exists()
    assert not AccessionEntry.objects.exists()
    assert set(NumberSeries.objects.values_list("last", flat=True)) == {0, 48210}
    done = add_items(record_id=a_record(), item=new(), by=SYSTEM, count=2, accession=True)
    assert [one.barcode for one in done] == [one.barcode for one in seen]


def test_the_book_has_a_line_for_each_copy_and_keeps_it() -> None:
    series("accession", unit="GNC", prefix="İ-", digits=6)
    record = a_record(title="Dəli Kür")
    item = new(price_minor=1250, source="gift")
    first, second = add_items(record_id=record, item=item, by=SYSTEM, barcodes=["A", "B"], accession=True)
    delete_item(item_id=second.id or 0, by=SYSTEM)
    book = numbering_for("accession", "GNC-M")
    assert book is not None
    lines = accession_book(book, offset=0, limit=9, newest_first=False)
    assert [(line.number, line.item_id, line.deleted) for line in lines] == [
        ("İ-000001", first.id, False), ("İ-000002", second.id, True),
    ]  # fmt: skip
    assert (lines[0].title, lines[0].price_minor, lines[0].currency, lines[0].source) == (
        "Dəli Kür",
        1250,
        "AZN",
        "gift",
    )
    assert Item.objects.get(pk=first.id or 0).accession_number == "İ-000001"


def test_nothing_is_lost_when_something_is_refused() -> None:
    series()
    series("accession", prefix="")
    a_copy(a_record(), barcode="TAKEN")
    assert codes(barcodes=["NEW", "TAKEN"], accession=True) == ["barcode_taken"]
    assert set(NumberSeries.objects.values_list("last", flat=True)) == {0}
    assert not Item.objects.filter(barcode="NEW").exists()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"record_id": 10**9}, ["unknown_record"]),
        ({"item": new("NO")}, ["unknown_unit"]),
        ({"item": new(item_type="XX")}, ["unknown_item_type"]),
        ({"item": new(item_type="")}, ["unknown_item_type"]),
        ({"barcodes": []}, ["no_barcodes"]),
        ({"count": 0}, ["no_barcodes"]),
        ({"count": 501}, ["too_many_items"]),
        ({"barcodes": ["A", "A"]}, ["barcode_twice"]),
        ({"barcodes": [" A"]}, ["bad_text"]),
        ({"barcodes": [""]}, ["bad_text"]),
        ({"barcodes": ["A" * 61]}, ["too_long"]),
        ({"item": new(scheme="bbk", source="found")}, ["scheme_not_known", "source_not_known"]),
        ({"item": new(price_minor=-1, replacement_minor=2**31)}, ["bad_price", "bad_price"]),
        ({"item": new(currency="azn")}, ["bad_currency"]),
        ({"item": new(lost="stolen")}, ["bad_state"]),
        ({"item": new(note="a\0b", location="x" * 81)}, ["too_long", "bad_text"]),
        ({"item": new(accession_number="7"), "accession": True}, ["accession_twice"]),
        ({"accession": True}, ["no_series"]),
    ],
)
def test_what_is_refused(asked: dict[str, Any], expected: list[str]) -> None:
    assert codes(**{"barcodes": ["A"]} | asked if "count" not in asked else asked) == expected
    assert not Item.objects.exists()


def test_deleted_records_and_authorities_get_no_copies() -> None:
    from django.utils import timezone

    gone = a_record()
    change(gone, deleted_at=timezone.now())
    assert codes(record_id=gone, barcodes=["A"]) == ["unknown_record"]
    heading = an_authority(field("100", "1 ", a="Şıxlı, İsmayıl"))
    assert codes(record_id=heading, barcodes=["A"]) == ["unknown_record"]


def test_a_library_with_a_list_takes_no_other_locations() -> None:
    add_items(record_id=a_record(), item=new(location="Abonement"), by=SYSTEM, barcodes=["A"])  # nobody made a list
    set_entry(kind="location", unit="GNC", code="RR", names={"az": "Oxu zalı"}, by=SYSTEM)
    assert codes(item=new(location="Abonement"), barcodes=["B"]) == ["location_not_listed"]
    add_items(record_id=a_record(), item=new(location="RR"), by=SYSTEM, barcodes=["B"])
    add_items(record_id=a_record(), item=new("SAK-M", location="Abonement"), by=SYSTEM, barcodes=["C"])


@pytest.mark.parametrize("who", [*PEOPLE, "cataloguer here", "cataloguer elsewhere"])
def test_who_may_add_to_gnc(who: str) -> None:
    cataloguers = {
        "cataloguer here": holder("cataloguer", "AZ/GNC/GNC-M/"),
        "cataloguer elsewhere": holder("cataloguer", "AZ/SAK/"),
    }
    by = (PEOPLE | cataloguers)[who]
    if who in ("administrator", "administrator here", "cataloguer here"):
        assert add_items(record_id=a_record(), item=new(), by=by, barcodes=["A"])[0].id
    else:
        assert codes(by=by, barcodes=["A"]) == ["not_permitted"]
    if who == "cataloguer here":  # to withdraw is another's to say
        assert codes(by=by, item=new(withdrawn=True), barcodes=["B"]) == ["not_permitted"]


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_begin_numbers_at_gnc(who: str) -> None:
    if who in ("administrator", "administrator here"):
        set_series(unit="GNC-M", kind="barcode", prefix="", digits=0, last=0, by=PEOPLE[who])
        return
    with pytest.raises(Refused, match="not_permitted"):
        set_series(unit="GNC-M", kind="barcode", prefix="", digits=0, last=0, by=PEOPLE[who])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"unit": "NO"}, "unknown_unit"),
        ({"kind": "shoe"}, "series_not_known"),
        ({"prefix": "x" * 21}, "bad_prefix"),
        ({"prefix": " x"}, "bad_prefix"),
        ({"digits": 19}, "bad_count"),
        ({"last": -1}, "bad_count"),
        ({"check": "mod11"}, "bad_check"),
        ({"kind": "act", "check": "luhn"}, "bad_check"),
        ({"check": "ean"}, "not_an_ean"),
    ],
)
def test_numbers_that_can_t_be(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        series(**asked)


def test_numbers_do_not_go_back_behind_one_that_was_given() -> None:
    series("accession", last=10)
    add_items(record_id=a_record(), item=new(), by=SYSTEM, barcodes=["A"], accession=True)
    series("accession", last=500, prefix="B-")
    series("accession", last=11)
    with pytest.raises(Refused, match="series_goes_back"):
        series("accession", last=10)
    series(last=5)
    with pytest.raises(Refused, match="series_goes_back"):
        series(last=4)


def test_it_is_told_to_the_audit_and_once_to_the_index() -> None:
    series()
    record = a_record()
    before = AuditEntry.objects.count()
    OutboxEvent.objects.all().delete()
    added = add_items(record_id=record, item=new(), by=SYSTEM, count=4)
    told = AuditEntry.objects.filter(action="item.add").order_by("id")
    assert AuditEntry.objects.count() == before + 4
    assert [(entry.object_id, (entry.after or {})["barcode"]) for entry in told] == [
        (str(one.id), one.barcode) for one in added
    ]
    assert [(event.name, event.payload) for event in OutboxEvent.objects.all()] == [
        ("item.changed", {"records": [record]})
    ]


def test_fifty_cost_as_many_statements_as_one() -> None:
    series()
    series("accession", prefix="")
    record = a_record()
    costs = []
    for count in (1, 50):
        with CaptureQueriesContext(connection) as queries:
            add_items(record_id=record, item=new(), by=SYSTEM, count=count, accession=True)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 22


def test_volumes_stand_by_number() -> None:
    record = a_record()
    for barcode, volume in (("X", "10-cu cild"), ("Y", "2-ci cild"), ("Z", "")):
        add_items(record_id=record, item=new(call_number="894.3 Ş", scheme="udc", volume=volume), by=SYSTEM,
                  barcodes=[barcode])  # fmt: skip
    assert [item.barcode for item in items_of([record])[record]] == ["Z", "Y", "X"]


def test_barcodes_with_a_check_digit_and_those_drawn_for_labels_ahead() -> None:
    series(prefix="200", digits=9, last=0, check="ean")
    record = a_record()
    assert draw_barcodes(unit="GNC-M", count=3, by=holder("cataloguer", "AZ/GNC/GNC-M/")) == (1, 3)
    added = add_items(record_id=record, item=new(), by=SYSTEM, count=2)
    assert [one.barcode for one in added] == ["2000000000046", "2000000000053"]
    add_items(record_id=record, item=new(), by=SYSTEM, barcodes=["2000000000022"])
    [entry] = AuditEntry.objects.filter(action="series.draw")
    assert entry.after == {"first": "2000000000015", "last": "2000000000039", "count": 3}
    for count in (0, 501):
        with pytest.raises(Refused, match="too_many_items"):
            draw_barcodes(unit="GNC-M", count=count, by=SYSTEM)
    with pytest.raises(Refused, match="unknown_unit"):
        draw_barcodes(unit="NO", count=1, by=SYSTEM)
    for by in (PEOPLE["librarian here"], holder("cataloguer", "AZ/SAK/SAK-M/")):
        with pytest.raises(Refused, match="not_permitted"):
            draw_barcodes(unit="GNC-M", count=1, by=by)
