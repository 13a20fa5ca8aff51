"""Readers through REST: registered, changed, forgotten, in Koha's shapes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, a_world, codes
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import set_category
from kitabxana.patrons.queries import details
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
NEW = {"surname": "Quliyeva", "firstname": "Nərgiz", "library_id": "GNC-M", "category_id": "ADULT",
       "date_of_birth": "1990-05-17", "cardnumber": "N1"}  # fmt: skip


@pytest.fixture
def here() -> Caller:
    a_nation()
    set_category(code="ADULT", names={}, by=SYSTEM)
    return a_librarian()


def put(caller: Caller, patron_id: int, body: dict[str, Any]) -> Any:
    return caller.send("PUT", f"/patrons/{patron_id}", orjson.dumps(body))


def test_a_reader_is_registered_and_read_back(here: Caller) -> None:
    made = here.post("/patrons", NEW | {"privacy": 2, "city": "Gəncə", "postal_code": "AZ2000", "staff_notes": "x"})
    assert made.status_code == 201
    patron = made.json()
    assert made.headers["Location"] == f"/api/v1/patrons/{patron['patron_id']}"
    assert here.get(f"/patrons/{patron['patron_id']}").json() == patron
    kept = {name: patron[name] for name in (*NEW, "privacy", "city", "postal_code", "staff_notes", "lang")}
    assert kept == NEW | {
        "privacy": 2, "city": "Gəncə", "postal_code": "AZ2000", "staff_notes": "x", "lang": "default",
    }  # fmt: skip
    assert (
        here.post("/patrons", NEW | {"cardnumber": None, "date_of_birth": None}).json()["cardnumber"].startswith("AZ")
    )


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"category_id": "NONE"}, 404, "unknown_category"),
        ({"library_id": "NONE"}, 404, "unknown_unit"),
        ({"library_id": "SAK-M"}, 403, "not_permitted"),
        ({"email": "nobody"}, 409, "bad_email"),
        ({"date_of_birth": "2090-01-01"}, 409, "bad_birth_date"),
        ({"cardnumber": "R1"}, 409, "card_taken"),
        ({"surname": ""}, 400, "bad_request"),
        ({"privacy": 3}, 400, "bad_request"),
        ({"userid": "x"}, 400, "bad_request"),
        ({"flags": 1}, 400, "bad_request"),
        ({"date_of_birth": "17.05.1990"}, 400, "bad_request"),
        ({"staff_notes": "a\0b"}, 400, "bad_request"),
    ],
)
def test_what_can_t_be_registered_is_told(here: Caller, changed: dict[str, Any], status: int, code: str) -> None:
    a_reader(card="R1")
    answer = here.post("/patrons", NEW | changed)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert here.get("/patrons").headers["X-Total-Count"] == "1"


def test_one_who_seems_known_is_registered_with_the_override(here: Caller) -> None:
    here.post("/patrons", NEW)
    again = here.post("/patrons", NEW | {"cardnumber": "N2", "surname": "Гулиева", "firstname": "Наргиз"})
    assert (again.status_code, codes(again)) == (409, ["likely_duplicate"])
    assert again.json()["errors"][0]["override"] == "patrons.edit"
    assert here.post("/patrons", NEW | {"cardnumber": "N2", "override": ["likely_duplicate"]}).status_code == 201


def test_what_is_read_may_be_sent_back_changed(here: Caller) -> None:
    patron = here.post("/patrons", NEW | {"phone": "050 123 45 67", "opac_notes": "salam"}).json()
    answer = put(here, patron["patron_id"], patron | {"phone": None, "email": "N@Example.az", "cardnumber": "N2"})
    assert answer.status_code == 200
    after = answer.json()
    assert (after["phone"], after["email"], after["cardnumber"], after["opac_notes"]) == (
        None, "n@example.az", "N2", "salam",
    )  # fmt: skip
    found = details(patron["patron_id"], scopes=("",))
    assert found is not None
    assert [(card.number, card.state) for card in found.cards] == [("N2", "valid"), ("N1", "replaced")]
    late = put(here, patron["patron_id"], patron | {"phone": "050 000 00 00"})
    assert (late.status_code, codes(late)) == (409, ["changed_meanwhile"])


def test_what_is_not_named_stays_and_what_can_t_change_is_refused(here: Caller) -> None:
    patron = here.post("/patrons", NEW | {"phone": "050 123 45 67"}).json()
    basics = {name: NEW[name] for name in ("surname", "library_id", "category_id")}
    assert put(here, patron["patron_id"], basics | {"surname": "Rzayeva"}).json()["phone"] == "050 123 45 67"
    for name, value in (("restricted", True), ("patron_id", 1), ("expired", True)):
        answer = put(here, patron["patron_id"], basics | {name: value})
        assert (answer.status_code, codes(answer)) == (400, ["bad_request"])
    assert put(here, 10**9, basics).status_code == 404
    taken = put(here, patron["patron_id"], basics | {"surname": "Başqa", "cardnumber": "N1 x"})
    assert codes(taken) == ["bad_card"]
    assert here.get(f"/patrons/{patron['patron_id']}").json()["surname"] == "Rzayeva"  # all or nothing


def test_a_reader_is_forgotten_when_nothing_is_open(here: Caller) -> None:
    one = here.post("/patrons", NEW).json()["patron_id"]
    boss = a_librarian(None, role="administrator", name="admin")
    assert here.send("DELETE", f"/patrons/{one}").status_code == 403
    answer = boss.send("DELETE", f"/patrons/{one}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert boss.get(f"/patrons/{one}").status_code == 404
    assert boss.send("DELETE", f"/patrons/{one}").status_code == 404


def test_a_reader_with_a_loan_is_not_forgotten() -> None:
    world = a_world()
    answer = world.people["administrator"].send("DELETE", f"/patrons/{world.patron}")
    assert answer.status_code == 409
    assert world.people["administrator"].get(f"/patrons/{world.patron}").status_code == 200


def test_a_pin_is_given_twice_and_is_not_trivial(here: Caller) -> None:
    one = here.post("/patrons", NEW).json()["patron_id"]
    for body, status, code in (
        ({"password": "8302", "password_2": "8303"}, 400, "bad_request"),
        ({"password": "1111", "password_2": "1111"}, 409, "pin_trivial"),
        ({"password": "8302"}, 400, "bad_request"),
    ):
        answer = here.post(f"/patrons/{one}/password", body)
        assert (answer.status_code, codes(answer)) == (status, [code])
        assert "8302" not in answer.content.decode()
    assert here.post(f"/patrons/{one}/password", {"password": "8302", "password_2": "8302"}).json() == ""


def test_readers_are_searched_by_anything(here: Caller) -> None:
    one = here.post("/patrons", NEW | {"phone": "050 123 45 67"}).json()["patron_id"]
    a_reader(card="R1")
    for text in ("Гулиева", "quliyevva", "N1", "0501234567", "nergiz quliyeva"):
        assert [patron["patron_id"] for patron in here.get("/patrons", {"search": text}).json()] == [one], text


def test_that_a_reader_was_looked_at_is_written_down(here: Caller) -> None:
    from django.core.cache import cache

    cache.clear()
    one = a_reader(card="R1")
    here.get(f"/patrons/{one}")
    [entry] = AuditEntry.objects.filter(action="patron.view")
    assert (entry.actor_name, entry.object_id, entry.address) == ("leyla", str(one), "127.0.0.1")
