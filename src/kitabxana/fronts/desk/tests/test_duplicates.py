"""Duplicates at the desk: searched, looked at, merged with one key, said to be two, put off, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import search_on
from kitabxana.catalogue.queries import record
from kitabxana.catalogue.queries.duplicates import clusters_page, merged_into, search
from kitabxana.catalogue.rules import data_fields, pick
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_duplicates import OTHER_FORM, stored
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.circulation.operations import place_hold
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.tests.scenes import NOW
from kitabxana.fronts.desk.tests.people import cataloguer, librarian
from kitabxana.holdings.queries import items_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address, follow=True).content.decode().split())


def searched(client: Client) -> None:
    assert client.post("/desk/duplicates/", {"do": "begin"}).status_code == 302
    while search_on():
        pass


def clusters() -> list[tuple[int, ...]]:
    return [one.records for one in clusters_page(offset=0, limit=9)[1]]


def address() -> str:
    return f"/desk/duplicates/{clusters_page(offset=0, limit=1)[1][0].id}/"


def test_two_forms_of_a_book_are_compared_and_merged_and_the_merge_undone() -> None:
    client = cataloguer()
    one, two = stored(book(field("520", a="Kür haqqında"))), stored(OTHER_FORM)
    a_copy(two)
    place_hold(record_id=two, patron_id=a_reader(), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    searched(client)
    assert "Dəli Kür" in text(client, "/desk/duplicates/")
    page = text(client, address())
    assert "+50" in page  # the titles meet in spite of the script
    assert "Дәли Күр" in page
    assert "1 copy" in page
    assert "1 hold" in page
    sent = {"do": "merge", "keep": one, "gone": two, f"version-{one}": 1, f"version-{two}": 1}
    answer = client.post(address(), sent)
    assert answer["Location"].startswith("/desk/duplicates/?merged=")
    assert merged_into(two) == one
    assert [item.record_id for item in items_of([one])[one]] == [one]
    assert len(queue_of(one)) == 1
    assert clusters() == []
    moved = client.get(f"/desk/records/{two}/")
    assert moved["Location"] == f"/desk/records/{one}/?from={two}"
    assert f"Record {two} was merged into this one." in text(client, f"/desk/records/{two}/")
    number = answer["Location"].rpartition("=")[2]
    client.post(f"/desk/merges/{number}/undo/")
    assert "The merge is undone" in text(client, "/desk/duplicates/")
    assert record(two) is not None
    assert "This merge has been undone already." in text_of_post(client, f"/desk/merges/{number}/undo/")


def text_of_post(client: Client, where: str, **values: object) -> str:
    return client.post(where, values, follow=True).content.decode()


def test_the_form_says_what_is_taken_and_what_is_left_out() -> None:
    client = cataloguer()
    one = stored(book(field("520", a="Köhnə"), field("650", " 4", a="Roman")))
    two = stored(book(field("520", a="Yeni"), field("650", " 4", a="Çaylar")))
    searched(client)
    page = client.get(f"{address()}?keep={two}")
    rows = page.context["found"].rows
    assert page.context["found"].keep.id == two
    stay = [row.cells[0].place for row in rows if row.cells[0] and row.tag != "520"]
    take = [row.cells[1].place for row in rows if row.cells[1] and row.tag in ("520", "650")]
    client.post(address(), {"do": "merge", "fields": 1, "keep": two, "gone": one, "stay": stay, f"take-{one}": take})
    found = record(two)
    assert found is not None
    told = {tag: [pick(content, "a") for name, content in data_fields(found.marc) if name == tag]
            for tag in ("520", "650")}  # fmt: skip
    assert told == {"520": ["Köhnə"], "650": ["Çaylar", "Roman"]}


def test_what_was_changed_meanwhile_is_shown_again_and_not_merged() -> None:
    client = cataloguer()
    one, two = stored(book()), stored(OTHER_FORM)
    searched(client)
    answer = client.post(address(), {"do": "merge", "keep": one, "gone": two, f"version-{two}": 9})
    assert answer.status_code == 409
    assert "has been changed meanwhile" in answer.content.decode()
    assert merged_into(two) is None


def test_not_the_same_is_remembered_and_later_comes_last() -> None:
    client = cataloguer()
    one, two, three = stored(book()), stored(OTHER_FORM), stored(book())
    four, five = (stored(book(title="Qılınc və qələm", author="Ordubadi, M. S.")) for _ in range(2))
    searched(client)
    assert clusters() == [(one, two, three), (four, five)]
    answer = client.post(address(), {"do": "put_off"})
    assert clusters() == [(four, five), (one, two, three)]
    assert answer["Location"] == address()
    client.post(address(), {"do": "different"})
    assert clusters() == [(one, two, three)]
    answer = client.post(address(), {"do": "different", "record": two})
    assert clusters() == [(one, three)]
    assert answer["Location"] == address()
    searched(client)
    assert clusters() == [(one, three)]
    assert client.get("/desk/duplicates/999999/")["Location"] == "/desk/duplicates/"


def test_a_search_is_halted_and_goes_on_and_its_progress_asked_for_while_it_runs() -> None:
    client = cataloguer()
    stored(book())
    client.post("/desk/duplicates/", {"do": "begin", "least": "60"})
    found = search()
    assert found is not None
    assert (found.state, found.least) == ("running", 60)
    assert "hx-trigger" in text(client, "/desk/duplicates/")
    assert "is running already" in text_of_post(client, "/desk/duplicates/", do="begin")
    client.post("/desk/duplicates/", {"do": "stop", "search": found.id})
    part = client.get("/desk/duplicates/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "<html" not in part
    client.post("/desk/duplicates/", {"do": "resume", "search": found.id})
    while search_on():
        pass
    assert "no duplicates left" in text(client, "/desk/duplicates/")


def test_a_librarian_brings_two_records_together_by_number_isbn_or_barcode() -> None:
    client = cataloguer()
    one = stored(book(field("020", a="9789952212341")))
    two = stored(book(year="1983", publisher="", pages=""))
    a_copy(two, barcode="B77")
    page = text(client, f"/desk/records/{two}/merge/")
    assert f"?with={one}" in page  # a likely one
    for asked in ("9789952212341", str(one)):
        assert "What was compared" in text(client, f"/desk/records/{two}/merge/?with={asked}")
    assert "What was compared" in text(client, f"/desk/records/{one}/merge/?with=B77")
    assert "No other record was found" in text(client, f"/desk/records/{two}/merge/?with=999999")
    assert client.post(f"/desk/records/{two}/merge/", {"keep": one, "gone": two}).status_code == 302
    assert merged_into(two) == one
    assert client.get(f"/desk/records/{two}/merge/").status_code == 404


def test_a_cluster_costs_the_same_for_two_records_as_for_six() -> None:
    client = cataloguer()
    costs = []
    for more in (2, 4):
        for number in range(more):
            a_copy(stored(book()), barcode=f"B{more}{number}")
        searched(client)
        client.get(address())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address())
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 18


def test_who_may_not_merge_sees_no_door_to_it() -> None:
    one = stored(book())
    lender = librarian()
    assert "/merge/" not in text(lender, f"/desk/records/{one}/")
    assert "/merge/" in text(cataloguer(), f"/desk/records/{one}/")
    assert lender.get("/desk/duplicates/").status_code == 403
