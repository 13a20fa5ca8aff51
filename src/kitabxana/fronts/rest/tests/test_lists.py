"""Paging, order, filters and the fields of each resource."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out, renew
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, codes, table
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_unit, close_unit, reopen_unit, set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def here() -> Caller:
    a_nation()
    return a_librarian()


def links(answer: Any) -> dict[str, str]:
    return {name: address for address, name in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"])}


def barcodes(answer: Any) -> list[str]:
    return [item["external_id"] for item in answer.json()]


def test_pages_are_walked_by_their_links(here: Caller) -> None:
    record = a_record()
    for number in range(7):
        a_copy(record, barcode=f"K{number}")
    first = here.get("/items", {"_per_page": 3, "_order_by": "-external_id"})
    assert barcodes(first) == ["K6", "K5", "K4"]
    assert (first.headers["X-Total-Count"], first.headers["X-Base-Total-Count"]) == ("7", "7")
    assert set(links(first)) == {"next", "first", "last"}
    assert links(first)["next"].startswith("http://testserver/api/v1/items?")
    walked, address = barcodes(first), links(first).get("next")
    while address:
        answer = here.get("/items?" + address.partition("?")[2])
        walked += barcodes(answer)
        address = links(answer).get("next")
    assert walked == [f"K{number}" for number in range(6, -1, -1)]
    assert set(links(answer)) == {"prev", "first", "last"}
    assert "_page=3" in links(answer)["last"]


def test_beyond_the_last_page_and_without_any_entry(here: Caller) -> None:
    answer = here.get("/items", {"_page": 9})
    assert (answer.json(), answer.headers["X-Total-Count"]) == ([], "0")
    assert "_page=1" in links(answer)["last"]


def test_the_whole_list_at_once_while_it_is_short(here: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        a_copy(a_record(), barcode=f"K{number}")
    whole = here.get("/items", {"_per_page": -1})
    assert len(whole.json()) == 25
    assert set(links(whole)) == {"first", "last"}
    monkeypatch.setattr("kitabxana.fronts.rest.paging.MOST_AT_ONCE", 24)
    answer = here.get("/items", {"_per_page": -1})
    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])


def test_what_equals_is_asked_in_koha_s_json_too(here: Caller) -> None:
    record, other = a_record(), a_record()
    for barcode, of in (("K1", record), ("K2", record), ("K3", other)):
        a_copy(of, barcode=barcode)
    for query, found in (
        ({"external_id": "K2"}, ["K2"]),
        ({"me.biblio_id": record}, ["K1", "K2"]),
        ({"-and": [{"biblio_id": {"=": record}}, {"external_id": "K1"}]}, ["K1"]),
        ({"external_id": "K3", "biblio_id": record}, []),
        ({}, ["K1", "K2", "K3"]),
    ):
        answer = here.get("/items", {"q": json.dumps(query), "_order_by": "external_id"})
        assert (answer.status_code, barcodes(answer)) == (200, found), query
    assert "q=%7B" in links(here.get("/items", {"q": "{}", "_per_page": 1}))["next"]
    patron = a_reader(card="R7", surname="Quliyev")
    assert [one["patron_id"] for one in here.get("/patrons", {"q": '{"cardnumber": "R7"}'}).json()] == [patron]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/items", "external_id=K1"),
        ("/items", "[" * 1900),
        ("/items", '["external_id"]'),
        ("/items", '{"-or": [{"external_id": "K1"}]}'),
        ("/items", '{"-and": {"external_id": "K1"}}'),
        ("/items", '{"external_id": {"-like": "K%"}}'),
        ("/items", '{"external_id": ["K1", "K2"]}'),
        ("/items", '{"external_id": null}'),
        ("/items", '{"external_id": ""}'),
        ("/items", '{"biblio_id": "x"}'),
        ("/items", '{"internal_notes": "x"}'),
        ("/items", '{"page": 2}'),
        ("/items?biblio_id=1", '{"biblio_id": 2}'),
        ("/items", '{"external_id": "K1", "-and": [{"external_id": "K2"}]}'),
        ("/patrons", '{"surname": "Q"}'),
        ("/patrons", '{"password": "x"}'),
        ("/libraries", '{"name": "x"}'),
        ("/items", '{"external_id": "' + "K" * 3000 + '"}'),
    ],
)
def test_what_the_json_can_not_ask_is_refused_and_never_passed_over(here: Caller, path: str, query: str) -> None:
    a_copy(a_record(), barcode="K1")
    answer = here.get(path + ("&" if "?" in path else "?") + urlencode({"q": query}))
    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])


@pytest.mark.parametrize("order", ["external_id", "+external_id", "%2Bexternal_id", "home_library_id,external_id"])
def test_orders(here: Caller, order: str) -> None:
    record = a_record()
    for barcode in ("K2", "K1", "K3"):
        a_copy(record, barcode=barcode)
    assert barcodes(here.get(f"/items?_order_by={order}")) == ["K1", "K2", "K3"]
    for path in ("/items", f"/biblios/{record}/items"):
        for name in ("item_id", "callnumber", "-acquisition_date", "call_number_sort"):
            assert len(here.get(path, {"_order_by": name}).json()) == 3


def test_an_item_in_all_its_fields(here: Caller) -> None:
    record = a_record()
    item = a_copy(
        record, unit="GNC-2", call_number="894.361", volume="2-ci cild", price_minor=1250, currency="AZN", lost="lost",
        restricted=True, accession_number="İ-77", location="oxu zalı", collection="FIC", copy_number="2", note="imzalı",
    )  # fmt: skip
    table("holdings.Item").update(created_at=datetime(2026, 5, 1, 22, tzinfo=UTC))
    found = a_librarian("GNC", name="system").get("/items", {"external_id": "B1"})
    sort = found.json()[0]["call_number_sort"]
    assert sort
    assert found.json() == [
        {
            "item_id": item, "biblio_id": record, "external_id": "B1", "home_library_id": "GNC-2",
            "holding_library_id": "GNC-2", "item_type_id": "BK", "effective_item_type_id": "BK",
            "callnumber": "894.361", "call_number_sort": sort, "copy_number": "2", "inventory_number": "İ-77",
            "serial_issue_number": "2-ci cild", "location": "oxu zalı", "collection_code": "FIC",
            "public_notes": "imzalı", "purchase_price": 12.5, "replacement_price": 12.5, "lost_status": 1,
            "damaged_status": 0, "withdrawn": 0, "not_for_loan_status": 0, "effective_not_for_loan_status": 0,
            "restricted_status": 1, "checked_out_date": None, "due_date": None, "checkouts_count": 0,
            "last_seen_date": None, "acquisition_date": "2026-05-02", "call_number_source": None,
            "internal_notes": None, "acquisition_source": None,
        }
    ]  # fmt: skip
    assert here.get("/items", {"external_id": "B1"}).json() == []


def test_a_copy_of_another_library_is_seen_where_it_stands(here: Caller) -> None:
    item = a_copy(a_record(), unit="SAK-M")
    assert here.get(f"/items/{item}").status_code == 404
    check_out(item_id=item, patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=timezone.now(), lift=frozenset())
    seen = here.get(f"/items/{item}").json()
    assert (seen["home_library_id"], seen["holding_library_id"]) == ("SAK-M", "GNC-M")
    assert barcodes(here.get("/items")) == ["B1"]


def test_a_loan_in_all_its_fields(here: Caller) -> None:
    set_policy(name="loan_length", value=10, by=SYSTEM)
    item, patron = a_copy(a_record()), a_reader()
    lent_at = datetime(2026, 11, 23, 21, 30, 5, 123456, tzinfo=UTC)  # already the 24th in Baku
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent_at)
    expected = {
        "checkout_id": loan.id, "patron_id": patron, "item_id": item, "library_id": "GNC-M",
        "checkout_date": "2026-11-24T01:30:05+04:00", "due_date": "2026-12-04T23:59:59+04:00", "checkin_date": None,
        "checkin_library_id": None, "renewals_count": 0, "last_renewed_date": None, "auto_renew": False,
        "onsite_checkout": False,
    }  # fmt: skip
    assert here.get(f"/checkouts/{loan.id}").json() == expected
    assert here.get("/checkouts", {"patron_id": patron}).json() == [expected]
    shown = here.get(f"/items/{item}").json()
    assert (shown["checked_out_date"], shown["due_date"]) == ("2026-11-24", "2026-12-04T23:59:59+04:00")
    renew(loan_id=loan.id, by=SYSTEM, now=datetime(2026, 11, 25, 6, tzinfo=UTC))
    renewed = here.get(f"/checkouts/{loan.id}").json()
    assert (renewed["renewals_count"], renewed["last_renewed_date"]) == (1, "2026-11-25T10:00:00+04:00")


def test_overdue_loans_alone(here: Caller) -> None:
    now, patron = timezone.now(), a_reader()
    late, early = (
        check_out(item_id=a_copy(a_record(), barcode=f"D{days}"), patron_id=patron, unit="GNC-M", by=SYSTEM,
                  now=now - timedelta(days=9), due=now + timedelta(days=days))
        for days in (-3, 3)
    )  # fmt: skip
    found = here.get("/checkouts", {"overdue": "true"})
    assert [one["checkout_id"] for one in found.json()] == [late.id]
    assert (found.headers["X-Total-Count"], found.headers["X-Base-Total-Count"]) == ("1", "2")
    assert [one["checkout_id"] for one in here.get("/checkouts").json()] == [late.id, early.id]
    assert here.get("/checkouts", {"overdue": "true", "patron_id": a_reader(card="R2")}).json() == []


def test_a_reader_in_all_fields_and_by_every_filter(here: Caller) -> None:
    patron = a_reader(
        card="R1", surname="Əliyeva", middle_name="Kərim qızı", birth_date=date(1990, 2, 3), email="a@example.org",
        phone="+994 12 345", address="Nizami 1", language="ru", expires_on=date(2026, 1, 31),
    )  # fmt: skip
    a_reader(card="R2", surname="Əlizadə", home_unit="GNC-2")
    a_reader(card="R3", surname="Vəliyev", firstname="Əli")
    restrict(patron_id=patron, reason="itirilmiş kitab", by=SYSTEM)
    found = here.get("/patrons", {"cardnumber": "R1"})
    told = found.json()
    assert [entry.pop("updated_on")[:2] for entry in told] == ["20"]
    assert told == [
        {
            "patron_id": patron, "cardnumber": "R1", "surname": "Əliyeva", "firstname": "Aytən",
            "middle_name": "Kərim qızı", "library_id": "GNC-M", "category_id": "ADULT", "date_of_birth": "1990-02-03",
            "email": "a@example.org", "phone": "+994 12 345", "address": "Nizami 1", "date_enrolled": "2026-01-01",
            "expiry_date": "2026-01-31", "expired": True, "restricted": True, "lang": "ru", "city": None,
            "postal_code": None, "staff_notes": None, "opac_notes": None, "privacy": 1,
        }
    ]  # fmt: skip
    assert (found.headers["X-Total-Count"], found.headers["X-Base-Total-Count"]) == ("1", "3")
    for query, cards in (
        ({"surname": "eli"}, ["R1", "R2"]),
        ({"surname": "ƏLİZADƏ"}, ["R2"]),
        ({"library_id": "GNC-2"}, ["R2"]),
        ({"surname": "eli", "library_id": "GNC-M"}, ["R1"]),
        ({"cardnumber": "R"}, []),
        ({"_order_by": "-surname"}, ["R3", "R2", "R1"]),
        ({"_order_by": "expiry_date,-patron_id"}, ["R1", "R3", "R2"]),
    ):
        assert [entry["cardnumber"] for entry in here.get("/patrons", query).json()] == cards, query


def test_a_card_that_was_lost_finds_nobody(here: Caller) -> None:
    a_reader(card="R1")
    table("patrons.Card").update(state="lost")
    assert here.get("/patrons", {"cardnumber": "R1"}).json() == []


def test_libraries_in_the_language_of_the_caller(here: Caller) -> None:
    add_unit(
        code="GNC-3", kind="library", parent="GNC", names={"az": "Çinar", "ru": "Чинар"}, by=SYSTEM, city="Gəncə",
        address="Nizami 1", postcode="AZ2000", phone="1", email="c@example.org", latitude=40.6, longitude=46.3,
    )  # fmt: skip
    found = here.get("/libraries", {"_order_by": "name"})
    assert [entry["library_id"] for entry in found.json()] == ["GNC-3", "GNC-2", "GNC-M", "SAK-M"]
    assert here.get("/libraries/GNC-3", headers={"Accept-Language": "ru"}).json() == {
        "library_id": "GNC-3", "name": "Чинар", "address1": "Nizami 1", "city": "Gəncə", "postal_code": "AZ2000",
        "country": "AZ", "phone": "1", "email": "c@example.org", "geolocation": "40.6,46.3", "pickup_location": True,
        "public": True,
    }  # fmt: skip
    assert codes(here.get("/libraries/GNC")) == ["unknown_unit"]


def test_a_library_closed_for_good_is_not_listed_and_nobody_works_there(here: Caller) -> None:
    item = a_copy(a_record(), barcode="K1")
    patron = a_reader()
    lent = {"item_id": item, "patron_id": patron, "library_id": "GNC-2"}
    close_unit(code="GNC-2", on=date(2026, 1, 1), by=SYSTEM)
    found = here.get("/libraries")
    assert [entry["library_id"] for entry in found.json()] == ["GNC-M", "SAK-M"]
    assert found.headers["X-Total-Count"] == "2"
    told = here.get("/libraries/GNC-2").json()
    assert (told["library_id"], told["public"], told["pickup_location"]) == ("GNC-2", False, False)
    assert codes(here.post("/checkouts", lent)) == ["unknown_unit"]
    reopen_unit(code="GNC-2", by=SYSTEM)
    assert here.get("/libraries/GNC-2").json()["public"] is True
    assert len(here.get("/libraries").json()) == 3


@pytest.mark.parametrize(
    ("path", "most"),
    [("/items", 10), ("/patrons", 10), ("/checkouts", 8), ("/libraries", 4), ("/biblios/{}/items", 11)],
)
def test_a_longer_list_costs_no_more_statements(
    here: Caller, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    record = a_record()
    path = path.format(record)

    def more(number: int) -> None:
        item, patron = a_copy(record, barcode=f"K{number}"), a_reader(card=f"C{number}")
        check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now())

    here.get(path)  # the password is verified and remembered
    more(1)
    with django_assert_max_num_queries(most) as first:
        here.get(path)
    for number in range(2, 9):
        more(number)
    with django_assert_max_num_queries(most) as second:
        shown = here.get(path).json()
    assert len(shown) == (3 if path == "/libraries" else 8)
    assert len(second) == len(first)
