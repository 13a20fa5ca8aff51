"""Check-in: one scan, one instruction, and the list of the sitting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.circulation.queries import loans_of, past_loans_of
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def scan(client: Client, barcode: str) -> str:
    return client.post("/desk/check-in/", {"q": barcode}, headers={"hx-request": "true"}).content.decode()


def lent(item: int, patron: int, *, days_ago: int = 0, unit: str = "GNC-M") -> None:
    now = timezone.now() - timedelta(days=days_ago)
    check_out(item_id=item, patron_id=patron, unit=unit, by=SYSTEM, now=now)


def test_to_the_shelf_with_its_call_number_and_what_must_be_noticed() -> None:
    patron = a_reader()
    lent(a_copy(a_record(title="Dəli Kür"), call_number="84(5Az) Ş-66", location="Abonement"), patron, days_ago=20)
    part = scan(librarian(), "B1")
    assert "To shelf" in part
    assert "84(5Az) Ş-66" in part
    assert "Abonement" in part
    assert "Dəli Kür" in part
    assert "The item came back late." in part
    assert "<html" not in part
    assert loans_of(patron) == []


def test_the_hold_shelf_names_the_reader_the_card_and_the_last_day() -> None:
    record, waiting = a_record(), a_reader(card="R2", surname="Rəhimli")
    item = a_copy(record)
    lent(item, a_reader())
    place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    part = scan(librarian(), "B1")
    day = (timezone.now() + timedelta(hours=4, days=7)).date()
    assert "Hold shelf: Rəhimli Aytən" in part
    assert "Rəhimli Aytən · R2" in part
    assert f"Until {day.day} {day:%B} {day.year}" in part


def test_a_copy_of_another_library_is_sent_there() -> None:
    a_copy(a_record(), unit="GNC-2")
    part = scan(librarian(), "B1")
    assert "Send to GNC-2 kitabxanası" in part


def test_a_withdrawn_copy_is_not_sent_to_the_shelf() -> None:
    a_copy(a_record(), withdrawn=True)
    part = scan(librarian(), "B1")
    assert "Put aside: withdrawn" in part
    assert "To shelf" not in part


def test_the_list_keeps_the_last_thirty_newest_first() -> None:
    record = a_record()
    for number in range(32):
        a_copy(record, barcode=f"N{number:02}")
    client = librarian()
    for number in range(32):
        part = scan(client, f"N{number:02}")
    assert part.index("N31") < part.index("N30") < part.index("N02")
    assert "N01" not in part
    assert "To shelf" in client.get("/desk/check-in/").content.decode()


def test_an_unknown_barcode_stays_until_it_is_read() -> None:
    a_copy(a_record())
    client = librarian()
    scan(client, "NOPE")
    assert "There is no item with the barcode NOPE." in scan(client, "B1")
    gone = client.post("/desk/problems/1/put-away/", {"next": "/desk/check-in/"}, follow=True).content.decode()
    assert "NOPE" not in gone


def test_without_javascript_the_instruction_comes_after_a_redirect_and_once() -> None:
    a_copy(a_record(), call_number="84(5Az)")
    client = librarian()
    answer = client.post("/desk/check-in/", {"q": "B1"}, follow=True)
    assert answer.redirect_chain == [("/desk/check-in/", 302)]
    assert "84(5Az)" in answer.content.decode()
    assert "84(5Az)" not in client.get("/desk/check-in/").content.decode()


def test_case_35_what_lay_in_the_drop_box_came_back_when_it_was_last_open() -> None:
    item, patron = a_copy(a_record()), a_reader()
    lent(item, patron, days_ago=16)  # due last night
    client = librarian()
    form = client.get("/desk/check-in/").content.decode()
    assert 'name="drop_box"' in form
    answer = client.post("/desk/check-in/", {"q": "B1", "drop_box": "1"})
    assert answer["Location"] == "/desk/check-in/?drop_box=1"
    text = client.get(answer["Location"]).content.decode()
    assert "The item came back late" not in text
    assert 'id="drop_box" name="drop_box" value="1" checked' in text
    past = past_loans_of(patron)[0]
    assert past.returned_at <= past.due_at


def test_case_35_a_return_of_another_day_is_counted_from_that_day() -> None:
    item, patron = a_copy(a_record()), a_reader()
    lent(item, patron, days_ago=20)
    day = (timezone.now() - timedelta(days=10)).date()
    client = librarian()
    client.post("/desk/check-in/", {"q": "B1", "returned_on": day.isoformat()})
    past = past_loans_of(patron)[0]
    assert (past.returned_at + timedelta(hours=4)).date() == day
    lent(item, patron, days_ago=2)
    before = (timezone.now() - timedelta(days=5)).date()
    assert (
        "after that moment"
        in client.post("/desk/check-in/", {"q": "B1", "returned_on": before.isoformat()}, follow=True).content.decode()
    )
    assert len(loans_of(patron)) == 1
    client.post("/desk/check-in/", {"q": "B1", "returned_on": "soon"})
    assert loans_of(patron) == []
