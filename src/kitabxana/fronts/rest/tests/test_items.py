"""Copies written through the API: Koha's words in, the house's rules behind them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.fronts.rest.shapes_of_items import ItemSent, changes_of
from kitabxana.fronts.rest.tests.callers import Caller, World, a_librarian, a_world, codes
from kitabxana.holdings.operations import move, set_entry, set_series
from kitabxana.holdings.queries import history_of, item_by_barcode, items_by_id
from kitabxana.holdings.rules import PERMISSION_OF

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
WHOLE = {
    "external_id": "N1", "home_library_id": "GNC-M", "holding_library_id": "GNC-2", "item_type_id": "BK",
    "callnumber": "821.512.162 Ş", "call_number_source": "udc", "copy_number": "2", "inventory_number": "48211",
    "serial_issue_number": "2-ci cild", "location": "Abonement", "collection_code": "NADİR", "public_notes": "imzalı",
    "internal_notes": "seyf", "acquisition_source": "gift", "purchase_price": 12.5, "replacement_price": 40.0,
    "lost_status": 4, "damaged_status": 1, "withdrawn": 0, "not_for_loan_status": 1, "restricted_status": 1,
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return a_world()


def put(caller: Caller, path: str, body: Any) -> Any:
    return caller.send("PUT", path, orjson.dumps(body))


def test_what_is_sent_comes_back(world: World) -> None:
    admin = world.people["administrator"]
    answer = admin.post(f"/biblios/{world.record}/items", WHOLE)
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert answer.headers["Location"] == f"/api/v1/items/{made['item_id']}"
    assert admin.get(f"/items/{made['item_id']}").json() == made
    again = put(admin, f"/items/{made['item_id']}", made)
    assert (again.status_code, again.json()) == (200, made)
    assert len(history_of(made["item_id"])) == 1  # nothing differed, nothing was written


def test_every_field_that_can_be_changed_can_be_sent() -> None:
    sent = changes_of(ItemSent(**WHOLE))  # type: ignore[arg-type]
    assert set(sent) == set(PERMISSION_OF) - {"currency"}


def test_without_a_barcode_it_gets_the_next_of_its_library(world: World) -> None:
    here = a_librarian("GNC-M", role="cataloguer", name="cat")
    body = {"item_type_id": "BK"}  # the caller's own library
    answer = here.post(f"/biblios/{world.record}/items", body)
    assert (answer.status_code, codes(answer)) == (409, ["no_series"])
    set_series(unit="GNC", kind="barcode", prefix="994", digits=4, last=0, by=SYSTEM)
    made = here.post(f"/biblios/{world.record}/items", body).json()
    assert (made["external_id"], made["home_library_id"]) == ("9940001", "GNC-M")


def test_what_is_left_out_stays_and_null_empties(world: World) -> None:
    here = a_librarian("GNC-M", role="cataloguer", name="cat")
    put(here, f"/items/{world.item}", {"public_notes": "bir", "purchase_price": 3.1})
    put(here, f"/items/{world.item}", {"public_notes": None, "callnumber": "821"})
    item = items_by_id([world.item])[world.item]
    assert (item.note, item.price_minor, item.call_number, item.barcode) == ("", 310, "821", "B1")


def test_refusals_are_told_together_in_the_caller_s_language(world: World) -> None:
    set_entry(kind="location", unit="GNC", code="RR", names={}, by=SYSTEM)
    admin = world.people["administrator"]
    answer = put(admin, f"/items/{world.item}", {"external_id": "B2"})
    assert (answer.status_code, codes(answer)) == (409, ["barcode_taken"])
    answer = put(admin, f"/items/{world.item}", {"location": "XX", "call_number_source": "bbk"})
    assert (answer.status_code, codes(answer)) == (409, ["scheme_not_known", "location_not_listed"])
    assert put(admin, f"/items/{world.item}", {"item_type_id": "XX"}).status_code == 404
    for wrong in (
        {"lost_status": 9},
        {"purchase_price": -1},
        {"damaged_status": 2},
        {"colour": "red"},
        {"external_id": ""},
    ):
        assert put(admin, f"/items/{world.item}", wrong).status_code == 400, wrong


def test_a_copy_of_another_record_is_not_there(world: World) -> None:
    from kitabxana.catalogue.tests.builders import a_record

    answer = put(world.people["administrator"], f"/biblios/{a_record()}/items/{world.item}", {})
    assert (answer.status_code, codes(answer)) == (404, ["unknown_item"])
    assert world.people["administrator"].post("/biblios/999999999/items", WHOLE).status_code == 404


def test_the_desk_may_say_what_is_lost_but_not_what_is_withdrawn(world: World) -> None:
    here = world.people["librarian here"]
    assert put(here, f"/items/{world.item}", {"lost_status": 1}).json()["lost_status"] == 1
    answer = put(here, f"/items/{world.item}", {"withdrawn": 1})
    assert (answer.status_code, codes(answer)) == (403, ["not_permitted"])


def test_deleting_a_copy_says_where_it_is_when_it_can_t_be_done(world: World) -> None:
    from datetime import UTC, datetime

    admin = world.people["administrator"]
    answer = admin.send("DELETE", f"/items/{world.lent}")
    assert (answer.status_code, codes(answer)) == (409, ["item_lent"])
    for place, code in (("hold_shelf", "item_waits"), ("transit", "item_travels")):
        move(item_id=world.item, place=place, now=datetime(2026, 11, 23, tzinfo=UTC))
        assert codes(admin.send("DELETE", f"/items/{world.item}")) == [code]
    move(item_id=world.item, place="shelf", now=datetime(2026, 11, 23, tzinfo=UTC))
    assert admin.send("DELETE", f"/items/{world.item}").status_code == 204
    assert item_by_barcode("B1") is None
    assert admin.get(f"/items/{world.item}").status_code == 404


def test_what_a_write_costs(world: World) -> None:
    here = a_librarian("GNC-M", role="cataloguer", name="cat")
    with CaptureQueriesContext(connection) as queries:
        here.post(f"/biblios/{world.record}/items", WHOLE | {"lost_status": 0})
    assert len(queries) <= 30
    with CaptureQueriesContext(connection) as queries:
        put(here, f"/items/{world.item}", {"public_notes": "x"})
    assert len(queries) <= 26
