"""Holds through the API: Koha's words in and out, the house's line behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.fronts.rest.tests.callers import Caller, World, a_world, codes
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def world() -> World:
    return a_world()


def put(caller: Caller, path: str, body: Any, method: str = "PUT") -> Any:
    return caller.send(method, path, orjson.dumps(body))


def waits(caller: Caller, patron: int, **more: Any) -> Any:
    return caller.post("/holds", {"patron_id": patron, "pickup_library_id": "GNC-M", **more})


def a_line(world: World, length: int) -> tuple[int, list[int]]:
    """(record, holds in line) of a title whose only copy is out."""
    record = a_record()
    check_out(item_id=a_copy(record, barcode="OUT"), patron_id=world.patron, unit="GNC-M", by=SYSTEM,
              now=timezone.now())  # fmt: skip
    here = world.people["librarian here"]
    people = [a_reader(card=f"W{number}") for number in range(length)]
    return record, [waits(here, reader, biblio_id=record).json()["hold_id"] for reader in people]


def test_a_hold_comes_back_as_koha_says_it(world: World) -> None:
    here = world.people["librarian here"]
    until = (timezone.now() + timedelta(days=30)).date().isoformat()
    answer = waits(here, world.reader, biblio_id=world.record, expiration_date=until, notes="qapıda")
    assert answer.status_code == 201
    made = answer.json()
    told = {name: made[name] for name in ("biblio_id", "item_level", "priority", "status", "target_item_id", "notes")}
    assert told == {
        "biblio_id": world.record, "item_level": False, "priority": 1, "status": None, "target_item_id": world.item,
        "notes": "qapıda",
    }  # fmt: skip
    assert made["expiration_date"] == until
    assert here.get("/holds", {"patron_id": world.reader}).json() == [made]
    check_in(item_id=world.item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    (ready,) = here.get("/holds", {"patron_id": world.reader}).json()
    assert (ready["status"], ready["priority"], ready["item_id"]) == ("W", 0, world.item)
    assert ready["waiting_date"]


def test_the_rules_refuse_and_the_desk_lifts(world: World) -> None:
    here = world.people["librarian here"]
    set_policy(name="max_holds", value=0, by=SYSTEM)
    refused = waits(here, world.reader, biblio_id=world.record)
    assert (refused.status_code, codes(refused)) == (409, ["too_many_holds"])
    override = refused.json()["errors"][0]["override"]
    assert override == "circulation.override.too_many_holds"
    assert waits(here, world.reader, biblio_id=world.record, override=["too_many_holds"]).status_code == 201
    mixed = waits(here, world.reader, biblio_id=world.record, item_id=a_copy(a_record(), barcode="Z"))
    assert (mixed.status_code, codes(mixed)) == (404, ["unknown_item"])
    assert waits(here, world.reader).status_code == 400


def test_the_line_moves_by_number_and_by_patch(world: World) -> None:
    here = world.people["librarian here"]
    record, line = a_line(world, 4)
    moved = put(here, f"/holds/{line[3]}/priority", 2)
    assert (moved.status_code, moved.json()) == (200, 2)
    ranks = {one["hold_id"]: one["priority"] for one in here.get("/holds", {"biblio_id": record}).json()}
    assert ranks == {line[0]: 1, line[3]: 2, line[1]: 3, line[2]: 4}
    last = put(here, f"/holds/{line[0]}", {"lowest_priority": True}, "PATCH").json()
    assert (last["priority"], last["lowest_priority"]) == (4, True)
    assert put(here, f"/holds/{line[1]}/priority", 0).status_code == 400


def test_suspended_and_resumed(world: World) -> None:
    here = world.people["librarian here"]
    day = (timezone.now() + timedelta(days=9)).date().isoformat()
    path = f"/holds/{world.hold}"
    assert here.post(f"{path}/suspension", {"end_date": day}).json() == {"end_date": day}
    (told,) = here.get("/holds", {"suspended": "true"}).json()
    assert (told["hold_id"], told["target_item_id"]) == (world.hold, None)
    assert here.send("DELETE", f"{path}/suspension").status_code == 204
    assert codes(here.send("DELETE", f"{path}/suspension")) == ["not_suspended"]
    both = put(here, path, {"notes": "x", "suspended_until": "2001-01-01"}, "PATCH")
    assert (both.status_code, codes(both)) == (409, ["suspended_in_past"])
    assert here.get("/holds", {"hold_id": world.hold}).json()[0]["notes"] is None  # all of it or nothing


def test_where_it_may_be_fetched(world: World) -> None:
    here = world.people["librarian here"]
    set_policy(name="sent_to", value="system", unit="GNC", by=SYSTEM)
    set_policy(name="pickup_here", value=False, unit="GNC-2", by=SYSTEM)
    for path in (f"/biblios/{world.record}", f"/items/{world.item}"):
        answer = here.get(f"{path}/pickup_locations", {"patron_id": world.reader})
        assert [one["library_id"] for one in answer.json()] == ["GNC-M"]
        assert answer.headers["X-Total-Count"] == "1"
    assert [one["library_id"] for one in here.get(f"/holds/{world.hold}/pickup_locations").json()] == ["GNC-M"]
    moved = put(here, f"/holds/{world.hold}/pickup_location", {"pickup_library_id": "GNC-2"})
    assert (moved.status_code, codes(moved)) == (409, ["pickup_not_here"])


def test_a_reader_does_so_with_their_own(world: World) -> None:
    reader = world.people["reader"]
    made = waits(reader, world.reader, biblio_id=world.record).json()
    assert [one["hold_id"] for one in reader.get("/holds", {"patron_id": world.reader}).json()] == [made["hold_id"]]
    moved = put(reader, f"/holds/{made['hold_id']}/priority", 1)
    assert (moved.status_code, codes(moved)) == (403, ["not_permitted"])
    assert reader.send("DELETE", f"/holds/{made['hold_id']}").status_code == 204
    assert reader.send("DELETE", f"/holds/{made['hold_id']}").status_code == 404


def test_the_first_of_several(world: World) -> None:
    here = world.people["librarian here"]
    other = a_record()
    a_copy(other, barcode="O1")
    answer = here.post(
        "/holds",
        {"patron_id": world.reader, "pickup_library_id": "GNC-M", "biblio_ids": [other, world.record]},
    )
    assert answer.status_code == 201
    found = here.get("/holds", {"patron_id": world.reader}).json()
    assert {one["biblio_id"] for one in found} == {other, world.record}
    assert {one["hold_group_id"] for one in found} == {answer.json()["hold_id"]}
    assert sum(one["target_item_id"] is not None for one in found) == 1


def test_sent_again_with_its_key_it_is_done_once(world: World) -> None:
    here = world.people["librarian here"]
    body = {"patron_id": world.reader, "pickup_library_id": "GNC-M", "biblio_id": world.record}
    first = here.post("/holds", body, headers={"Idempotency-Key": "k1"})
    again = here.post("/holds", body, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (201, first.json())
    path = f"/holds/{first.json()['hold_id']}/priority"
    moves = [here.send("PUT", path, b"1", headers={"Idempotency-Key": "k2"}) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in moves] == [(200, 1), (200, 1)]
