"""Copies at the desk: listed, added one or many with a look first, edited, deleted and brought back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out
from kitabxana.fronts.desk.tests.people import administrator, cataloguer, librarian
from kitabxana.fronts.desk.tests.test_cost import cost
from kitabxana.holdings.operations import set_entry, set_series, set_state
from kitabxana.holdings.queries import item_by_barcode, items_by_id, items_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

WHOLE = {
    "home_unit": "GNC-M", "item_type": "BK", "location": "Abonement", "collection": "", "call_number": "894.3 Ş",
    "scheme": "udc", "volume": "", "copy_number": "", "accession_number": "", "source": "gift", "price_minor": "12,50",
    "replacement_minor": "", "note": "birinci\r\nikinci", "staff_note": "",
}  # fmt: skip


@pytest.fixture
def record() -> int:
    found = a_record(title="Dəli Kür")
    a_copy(found, barcode="B1")
    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_run_is_looked_at_and_then_added(record: int) -> None:
    set_series(unit="GNC", kind="barcode", prefix="994", digits=5, last=0, by=SYSTEM)
    set_series(unit="GNC", kind="accession", prefix="", digits=0, last=48210, by=SYSTEM)
    client, address = cataloguer(), f"/desk/records/{record}/items/new/"
    assert "next barcodes" in text(client.get(address))
    sent = WHOLE | {"count": "3", "accession": "1"}
    look = text(client.post(address, sent | {"look": "1"}))
    assert "3 copies would be added" in look
    assert all(number in look for number in ("99400001", "99400003", "48213"))
    assert len(items_of([record])[record]) == 1
    done = client.post(address, sent | {"add": "1"})
    assert done["Location"] == f"/desk/records/{record}/items/?added=3"
    assert "Copies added: 3." in text(client.get(done["Location"]))
    made = item_by_barcode("99400003")
    assert made is not None
    assert (made.accession_number, made.price_minor, made.currency, made.source) == ("48213", 1250, "AZN", "gift")
    assert (made.note, made.scheme, made.home_unit, made.location) == ("birinci\nikinci", "udc", "GNC-M", "Abonement")


def test_scanned_barcodes_are_one_copy_each(record: int) -> None:
    address = f"/desk/records/{record}/items/new/"
    client = cataloguer()
    assert "scan them" in text(client.get(address))
    refused = client.post(address, WHOLE | {"barcodes": "N1\nB1  N2", "add": "1"})
    assert refused.status_code == 422
    assert "Another copy has the barcode B1" in text(refused)
    assert 'value="12,50"' in text(refused) or 'value="12.50"' in text(refused)
    client.post(address, WHOLE | {"barcodes": "N1\n N2", "add": "1"})
    assert {item.barcode for item in items_of([record])[record]} == {"B1", "N1", "N2"}


def test_what_can_t_be_read_as_money_is_refused_not_dropped(record: int) -> None:
    answer = cataloguer().post(
        f"/desk/records/{record}/items/new/", WHOLE | {"price_minor": "çox", "barcodes": "N1", "add": "1"}
    )
    assert answer.status_code == 422
    assert "not an amount of money" in text(answer)
    assert "çox" in text(answer)


def test_lists_are_chosen_from_where_there_are_some(record: int) -> None:
    set_entry(kind="location", unit="GNC", code="RR", names={"en": "Reading room"}, by=SYSTEM)
    page = text(cataloguer().get(f"/desk/records/{record}/items/new/"))
    assert '<option value="RR">Reading room</option>' in page
    assert '<input class="form-control" id="f-collection"' in page


def test_a_copy_is_edited_and_its_history_tells_it(record: int) -> None:
    item = a_copy(record, barcode="E1", price_minor=500)
    client, address = cataloguer(), f"/desk/items/{item}/"
    page = text(client.get(address))
    assert 'value="5.00"' in page
    sent = WHOLE | {"barcode": "E2", "version": "1", "lost": "missing", "damaged": "1", "currency": "AZN"}
    assert client.post(address, sent)["Location"] == f"{address}?saved=1"
    copy = items_by_id([item])[item]
    assert (copy.barcode, copy.price_minor, copy.lost, copy.damaged, copy.restricted) == (
        "E2",
        1250,
        "missing",
        True,
        False,
    )
    page = text(client.get(address))
    assert "<bdi>5.00</bdi> → <bdi>12.50</bdi>" in page
    assert "<bdi>—</bdi> → <bdi>Missing from the shelf</bdi>" in page
    assert "cat-GNC-M" in page
    stale = client.post(address, sent | {"note": "x"})
    assert stale.status_code == 422
    assert "changed the copy E2 meanwhile" in text(stale)


def test_the_desk_says_what_is_damaged_and_nothing_else(record: int) -> None:
    item = a_copy(record, barcode="E1", note="köhnə")
    client = librarian()
    page = text(client.get(f"/desk/items/{item}/"))
    assert '<input class="form-check-input" type="checkbox" name="damaged" value="1">' in page
    assert '<input class="form-check-input" type="checkbox" name="withdrawn" value="1" disabled>' in page
    assert "Delete the copy" not in page
    client.post(f"/desk/items/{item}/", {"version": "1", "damaged": "1", "note": "yeni", "withdrawn": "1"})
    copy = items_by_id([item])[item]
    assert (copy.damaged, copy.note, copy.withdrawn) == (True, "köhnə", False)


def test_a_type_that_stays_in_is_not_written_into_its_copies(record: int) -> None:
    from kitabxana.holdings.operations import add_item_type

    item = a_copy(record, barcode="R1", item_type="REF")
    add_item_type(code="REF", names={}, not_for_loan=True, by=SYSTEM)
    page = text(cataloguer().get(f"/desk/items/{item}/"))
    assert 'name="not_for_loan" value="1">' in page


def test_deleting_and_bringing_back(record: int) -> None:
    item = a_copy(record, barcode="D1")
    client = cataloguer()
    gone = client.post(f"/desk/items/{item}/delete/")["Location"]
    page = text(client.get(gone))
    assert f'action="/desk/items/{item}/restore/"' in page
    assert item_by_barcode("D1") is None
    assert client.post(f"/desk/items/{item}/restore/")["Location"] == f"/desk/items/{item}/"
    assert item_by_barcode("D1") is not None
    assert client.post(f"/desk/items/{item}/restore/").status_code == 409


def test_a_lent_copy_is_not_deleted_and_the_page_says_why(record: int) -> None:
    item = a_copy(record, barcode="D1")
    check_out(item_id=item, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=timezone.now())
    answer = administrator().post(f"/desk/items/{item}/delete/")
    assert answer.status_code == 409
    assert "The copy D1 is on loan. Check it in first." in text(answer)


def test_pages_cost_the_same_however_many_copies(record: int) -> None:
    item = a_copy(record, barcode="X0")
    client = cataloguer()
    addresses = {
        f"/desk/records/{record}/items/": 17,
        f"/desk/items/{item}/": 23,
        f"/desk/records/{record}/items/new/": 16,
    }
    few = {address: cost(client, address) for address in addresses}
    for number in range(1, 30):
        a_copy(record, barcode=f"X{number}")
        set_state(item_id=item, state="damaged", value=bool(number % 2), by=SYSTEM)
    assert {address: cost(client, address) for address in addresses} == few
    assert {address: few[address] for address in addresses if few[address] > addresses[address]} == {}


def test_a_record_is_bound_into_a_copy_and_taken_out(record: int) -> None:
    item, other = a_copy(record, barcode="L1"), a_record(title="Yeddi gözəl")
    client = cataloguer()
    assert client.post(f"/desk/items/{item}/bind/", {"record": str(other)})["Location"] == f"/desk/items/{item}/"
    assert "Yeddi gözəl" in text(client.get(f"/desk/items/{item}/"))
    assert f'href="/desk/items/{item}/" class="k-num">L1' in text(client.get(f"/desk/records/{other}/items/"))
    assert client.post(f"/desk/items/{item}/bind/", {"record": "x"}).status_code == 409
    client.post(f"/desk/items/{item}/bind/", {"record": str(other), "out": "1"})
    assert "Bound into" not in text(client.get(f"/desk/records/{other}/items/"))
