"""Lending beyond one scan: for use in the library, to a chosen day, a heap at once, a book no catalogue knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import fast_added, record
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.queries import loans_of
from kitabxana.circulation.tests.scenes import policy
from kitabxana.fronts.desk.tests.people import cataloguer, librarian
from kitabxana.holdings.operations import add_item_type
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def post(client: Client, patron: int, **sent: str) -> str:
    return client.post(f"/desk/check-out/{patron}/", sent, follow=True).content.decode()


def test_a_copy_kept_in_is_lent_for_use_here_and_the_box_stays_ticked() -> None:
    patron = a_reader()
    a_copy(a_record(), not_for_loan=True)
    client = librarian()
    assert "for use in the library only" in post(client, patron, q="B1")
    page = post(client, patron, q="B1", onsite="1")
    [made] = loans_of(patron)
    assert made.onsite
    assert 'name="onsite" value="1" checked' in page
    assert "For use in the library" in client.get(f"/desk/readers/{patron}/").content.decode()


def test_a_day_of_the_librarian_s_choice_goes_through_a_refusal_too() -> None:
    patron, record_id = a_reader(), a_record()
    a_copy(record_id, damaged=True)
    day = (timezone.now() + timedelta(days=40)).date()
    client = librarian()
    page = post(client, patron, q="B1", due=day.isoformat())
    assert f'<input type="hidden" name="due" value="{day.isoformat()}">' in page
    post(client, patron, q="B1", due=day.isoformat(), lift="item_damaged")
    [made] = loans_of(patron)
    assert (made.due_at + timedelta(hours=4)).date() in (day, day + timedelta(days=1))
    assert made.due_at.date() == day
    page = post(client, patron, q="B1", due="2001-01-01")
    assert loans_of(patron) == [made]


def test_a_heap_is_lent_one_by_one_and_once() -> None:
    patron, record_id = a_reader(), a_record()
    for number in range(4):
        a_copy(record_id, barcode=f"H{number}")
    policy(max_loans=3)
    client = librarian()
    page = post(client, patron, barcodes="H0\nH1 H1\r\nNOPE\nH2\nH3", once="heap")
    assert "3 items lent." in page
    assert "There is no item with the barcode NOPE." in page
    assert "the limit is 3" in page
    assert len(loans_of(patron)) == 3
    post(client, patron, barcodes="H0\nH1 H1\r\nNOPE\nH2\nH3", once="heap")
    assert [loan.renewals for loan in loans_of(patron)] == [0, 0, 0]


def test_a_book_that_no_catalogue_knows_is_added_lent_and_left_to_the_cataloguers() -> None:
    add_item_type(code="BK", names={"az": "Kitab"}, by=SYSTEM)
    patron, client = a_reader(), librarian()
    page = post(client, patron, q="YENI-1")
    address = f"/desk/check-out/{patron}/new-copy/?barcode=YENI-1"
    assert address in page
    assert 'value="YENI-1"' in client.get(address).content.decode()
    untitled = client.post(f"/desk/check-out/{patron}/new-copy/", {"barcode": "YENI-1", "title": " "})
    assert untitled.status_code == 422
    assert "Write at least the title." in untitled.content.decode()
    sent = {"barcode": "YENI-1", "title": "Əli və Nino", "author": "Qurban Səid", "item_type": "BK"}
    page = client.post(f"/desk/check-out/{patron}/new-copy/", sent, follow=True).content.decode()
    assert "Lent. Due" in page
    assert "Əli və Nino" in page
    item = item_by_barcode("YENI-1")
    assert item is not None
    assert [loan.item_id for loan in loans_of(patron)] == [item.id]
    assert fast_added(limit=9) == (1, [item.record_id])
    assert "Əli və Nino" in cataloguer().get("/desk/records/added-in-haste/").content.decode()
    again = client.post(f"/desk/check-out/{patron}/new-copy/", sent)
    assert again.status_code == 422
    assert fast_added(limit=9)[0] == 1


def test_what_a_cataloguer_saved_waits_no_more() -> None:
    add_item_type(code="BK", names={"az": "Kitab"}, by=SYSTEM)
    client, patron = librarian(), a_reader()
    client.post(f"/desk/check-out/{patron}/new-copy/", {"barcode": "Y2", "title": "Dəli Kür", "item_type": "BK"})
    [one] = fast_added(limit=9)[1]
    found = record(one, hidden=True)
    assert found is not None
    assert found.marc["leader"][17] == "3"
    whole = {"leader": found.marc["leader"], "fields": [*found.marc["fields"], {"300": {"ind1": " ", "ind2": " ",
             "subfields": [{"a": "416 s."}]}}]}  # fmt: skip
    save_record(record_id=one, marc=whole, version=1, by=SYSTEM, now=timezone.now(), through="desk")
    assert fast_added(limit=9) == (0, [])
