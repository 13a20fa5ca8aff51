"""Slips: what stands on each, on which paper, and who may have one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.operations import pay
from kitabxana.charges.queries import receipts_of
from kitabxana.charges.tests.builders import NOW, a_till
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def lend(barcode: str, patron: int, *, days_ago: int = 0, title: str = "Dəli Kür") -> int:
    item = a_copy(a_record(title=title), barcode=barcode)
    then = timezone.now() - timedelta(days=days_ago)
    return check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=then).id


def paper(client: Client, address: str) -> str:
    """What of the page goes onto paper."""
    page = client.get(address).content.decode()
    return page.split('<article class="k-slip">')[1].split("</article>")[0]


def test_what_was_lent_today_and_everything_on_loan() -> None:
    one, client = a_reader(card="AZ00001234", surname="Şıxəliyeva"), librarian()
    lend("OLD", one, days_ago=3, title="Köhnə kitab")
    lend("NEW", one, title="Təzə kitab")
    today = paper(client, f"/desk/slips/readers/{one}/")
    assert "Təzə kitab" in today
    assert "Köhnə kitab" not in today
    assert "Şıxəliyeva A. · …1234" in today
    assert "AZ00001234" not in today
    everything = paper(client, f"/desk/slips/readers/{one}/?all=1")
    assert "Təzə kitab" in everything
    assert "Köhnə kitab" in everything
    assert f"/desk/slips/readers/{one}/" in client.get(f"/desk/check-out/{one}/").content.decode()


def test_the_day_on_which_a_loan_is_due() -> None:
    one, client = a_reader(), librarian()
    loan = lend("NEW", one)
    slip = paper(client, f"/desk/slips/loans/{loan}/")
    assert "Due back" in slip
    assert "Dəli Kür" in slip
    assert "Əliyeva" not in slip
    assert f"/desk/slips/loans/{loan}/" in client.get(f"/desk/loans/{loan}/").content.decode()


def test_to_the_hold_shelf_and_to_another_library() -> None:
    reader, record = a_reader(card="AZ00001234"), a_record(title="Dəli Kür")
    kept, travels, stays = (a_copy(record, barcode=code) for code in ("KEPT", "WAY", "STAYS"))
    away = a_copy(a_record(title="Qonaq"), barcode="GUEST", unit="GNC-2")
    place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now(), item_id=kept)
    client = librarian()
    assert client.get(f"/desk/slips/items/{kept}/").status_code == 404
    client.post("/desk/check-in/", {"q": "KEPT"})
    client.post("/desk/check-in/", {"q": "GUEST"})
    listed = client.get("/desk/check-in/").content.decode()
    shelf, sent = paper(client, f"/desk/slips/items/{kept}/"), paper(client, f"/desk/slips/items/{away}/")
    for item, slip, words in (
        (kept, shelf, ("Hold shelf", "Əliyeva A. · …1234", "Dəli Kür", "KEPT")),
        (away, sent, ("To another library", "GNC-2", "From GNC-M", "Qonaq", "GUEST")),
    ):
        assert f"/desk/slips/items/{item}/" in listed
        assert [word for word in words if word not in slip] == []
        assert "k-slip-code" in slip
    assert "AZ00001234" not in shelf
    for item in (travels, stays):
        assert client.get(f"/desk/slips/items/{item}/").status_code == 404
    elsewhere = librarian("SAK-M")
    for item in (kept, away):
        assert elsewhere.get(f"/desk/slips/items/{item}/").status_code == 404


def test_a_copy_for_a_reader_elsewhere_says_so_and_not_for_whom() -> None:
    reader, record = a_reader(), a_record()
    item = a_copy(record, barcode="WAY")
    place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-2", by=SYSTEM, now=timezone.now(), item_id=item)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    slip = paper(librarian(), f"/desk/slips/items/{item}/")
    assert "It is for a reader who waits there." in slip
    assert "Əliyeva" not in slip


@pytest.mark.parametrize("width", ["58", "80", "a4"])
def test_slips_and_receipts_are_for_the_paper_that_the_library_has(width: str) -> None:
    one, client, till = a_reader(), librarian(), a_till()
    set_policy(name="slip_paper", value=width, unit="GNC", by=SYSTEM)
    paid = pay(patron_id=one, amount_minor=10, till=till, by=SYSTEM, now=NOW, keep_rest=True)
    for address in (f"/desk/slips/readers/{one}/", f"/desk/receipts/{receipts_of([paid.id])[paid.id]}/"):
        page = client.get(address).content.decode()
        assert f"desk/slip-{width}.css" in page
        assert page.count("desk/slip-") == 1
        assert "k-slip" in page
