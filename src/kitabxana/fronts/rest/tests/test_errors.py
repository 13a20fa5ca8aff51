"""Whatever goes wrong is answered in one shape, in the caller's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.test import RequestFactory

from kitabxana.circulation import messages as circulation
from kitabxana.circulation.rules import REFUSAL_CODES
from kitabxana.fronts.rest import messages
from kitabxana.fronts.rest.routes import api
from kitabxana.fronts.rest.tests.callers import NOBODY, Caller, World, a_world, codes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def here(world: World) -> Caller:
    return world.people["librarian here"]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/items?_page=0", ["query", "_page"]),
        ("/items?_per_page=0", ["query", "_per_page"]),
        ("/items?_per_page=1001", ["query", "_per_page"]),
        ("/items?_page=x", ["query", "_page"]),
        ("/items?_order_by=secret", ["query", "_order_by"]),
        ("/items?_order_by=home_unit__code", ["query", "_order_by"]),
        ("/items?external_id=", ["query", "external_id"]),
        ("/items?external_id=a%00b", ["query", "external_id"]),
        ('/patrons?q={"surname":"R2"}', ["query", "q"]),
        ('/patrons?q={"cardnumber":""}', ["query", "cardnumber"]),
        ("/patrons?query=R2", ["query", "query"]),
        ("/patrons?cardnumber=R1&cardnumber=R2", ["query", "cardnumber"]),
        ("/checkouts?checked_in=1", ["query", "patron_id"]),
        ("/items/B1", ["path", "item_id"]),
        ("/items/99999999999999999999", ["path", "item_id"]),
    ],
)
def test_what_can_not_be_used_is_named(here: Caller, path: str, where: list[str]) -> None:
    answer = here.get(path)
    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])
    assert answer.json()["errors"][0]["where"] == where
    assert answer.json()["errors"][0]["override"] is None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"item_id": 1}, ["body", "patron_id"]),
        ({"patron_id": 1}, ["body"]),
        ({"patron_id": 1, "item_id": 1, "external_id": "B1"}, ["body"]),
        ({"patron_id": 1, "item_id": 1, "due_date": "2030-01-01"}, ["body", "due_date"]),
        ({"patron_id": True, "item_id": [], "override": "all"}, ["body", "item_id"]),
        ({"patron_id": 1, "external_id": "a\0"}, ["body", "external_id"]),
        ([], ["body"]),
    ],
)
def test_a_body_is_taken_as_described_or_not_at_all(here: Caller, body: object, where: list[str]) -> None:
    answer = here.post("/checkouts", body)
    assert answer.status_code == 400
    assert where in [problem["where"] for problem in answer.json()["errors"]]


@pytest.mark.parametrize("sent", [b"{", b"\xff", b'"\\ud800"', b"[" * 100_000, b'{"patron_id": NaN}'])
def test_what_is_no_json_is_told_apart(here: Caller, sent: bytes) -> None:
    answer = here.send("POST", "/checkouts", sent)
    assert (answer.status_code, codes(answer)) == (400, ["bad_request"])
    assert answer.json()["errors"][0]["where"] == ["body"]


def test_an_empty_body_lacks_everything(here: Caller) -> None:
    assert (here.post("/checkins").status_code, here.post("/checkouts").status_code) == (400, 400)


def test_only_json_is_taken(here: Caller) -> None:
    for content_type in ("application/x-www-form-urlencoded", "text/plain", ""):
        answer = here.send("POST", "/checkins", b"external_id=B1", content_type)
        assert (answer.status_code, codes(answer)) == (415, ["unsupported_media_type"]), content_type
    assert here.send("POST", "/checkins", b'{"external_id":"B1"}', "application/json; charset=utf-8").status_code == 201


def test_a_body_beyond_the_limit(here: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = here.post("/checkins", {"external_id": "B" * 200})
    assert (answer.status_code, codes(answer)) == (413, ["too_large"])


def test_wrong_methods_and_addresses(here: Caller) -> None:
    answer = here.send("PUT", "/checkouts")
    assert (answer.status_code, codes(answer)) == (405, ["method_not_allowed"])
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    for path in ("/biblio/1", "/items/", "/", "/docs", "/items/1/"):
        answer = NOBODY.get(path)
        assert (answer.status_code, codes(answer)) == (404, ["not_found"]), path
    head = here.send("HEAD", "/items")
    assert (head.status_code, head.headers["X-Total-Count"]) == (200, "4")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"patron_id": 999999, "external_id": "B1"}, "unknown_patron"),
        ({"patron_id": "{patron}", "external_id": "nothing"}, "unknown_item"),
        ({"patron_id": "{patron}", "item_id": 999999}, "unknown_item"),
        ({"patron_id": "{patron}", "external_id": "B1", "library_id": "GNC"}, "unknown_unit"),
        ({"patron_id": "{patron}", "external_id": "B1", "library_id": "nowhere"}, "unknown_unit"),
    ],
)
def test_what_is_not_there_is_404(world: World, here: Caller, body: dict[str, object], code: str) -> None:
    sent = {key: world.patron if value == "{patron}" else value for key, value in body.items()}
    answer = here.post("/checkouts", sent)
    assert (answer.status_code, codes(answer)) == (404, [code])


def test_another_library_is_not_ones_own(world: World, here: Caller) -> None:
    answer = here.post("/checkouts", {"patron_id": world.patron, "external_id": "B1", "library_id": "SAK-M"})
    assert (answer.status_code, codes(answer)) == (403, ["not_permitted"])
    assert "circulation.check_out" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RuntimeError("secret of the database"), 500, "internal_error"),
        (OperationalError("deadlock detected, secret"), 503, "try_again"),
        (RequestDataTooBig("secret"), 413, "too_large"),
    ],
)
def test_a_failure_tells_no_secret(failure: Exception, status: int, code: str) -> None:
    answer = api.on_exception(RequestFactory().get("/api/v1/items"), failure)
    assert (answer.status_code, codes_of(answer)) == (status, [code])
    assert b"secret" not in answer.content


def codes_of(answer: Any) -> list[str]:
    import json

    return [problem["code"] for problem in json.loads(answer.content)["errors"]]


def test_the_language_of_the_caller() -> None:
    for asked, spoken in (("ru-RU,ru;q=0.9,en;q=0.5", "ru"), ("xx,en-GB", "en"), ("", "az"), ("*", "az"), ("xx", "az")):
        assert NOBODY.get("/items", headers={"Accept-Language": asked}).headers["Content-Language"] == spoken
    english = NOBODY.get("/items", headers={"Accept-Language": "en"}).json()["errors"][0]["message"]
    assert english == "Sign in with HTTP Basic or with a bearer token."


def test_every_code_has_its_sentence() -> None:
    assert set(circulation.REFUSALS) >= REFUSAL_CODES
    for code, sentence in messages.PROBLEMS.items():
        assert str(sentence), code
