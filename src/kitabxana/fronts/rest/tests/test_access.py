"""Every route × five people: a route without a row here fails."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db import transaction
from django.test import Client

from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.circulation.queries import loan
from kitabxana.fronts.rest.routes import METHODS, api
from kitabxana.fronts.rest.tests.callers import PASSWORD, Caller, World, a_signed_in_reader, a_world, basic, codes
from kitabxana.organisation.tests.builders import a_login, a_nation

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]

PEOPLE = ("nobody", "reader", "librarian here", "librarian elsewhere", "administrator")
LEND = {"patron_id": "{patron}", "item_id": "{item}", "library_id": "GNC-M"}
TAKE_BACK = {"item_id": "{lent}", "library_id": "GNC-M"}
CHARGE = {"amount": 2.5, "library_id": "GNC-M"}
PAY = {"amount": 1, "payment_type": "CARD", "library_id": "GNC-M"}
ACCOUNT = "/patrons/{patron_id}/account"
BATCH = "/import_batches/{import_batch_id}"
NEW_PATRON = {"surname": "Quliyeva", "library_id": "GNC-M", "category_id": "ADULT"}
PIN = {"password": "gizli-söz-83", "password_2": "gizli-söz-83"}
COPY = {"external_id": "NEW", "home_library_id": "GNC-M", "item_type_id": "BK"}
OWN_HOLD = "/public/patrons/{patron_id}/holds/{hold_id}"
OWN = "/public/patrons/{patron_id}/checkouts/{checkout_id}"
NOT_THEIRS = (401, 404, 404, 404, 404)
OFFLINE = {
    "library_id": "GNC-M",
    "events": [{"key": "1", "action": "check_in", "external_id": "B2", "date": "2026-11-23T10:00:00+04:00"}],
}
HERE_ONLY = (401, 403, 200, 404, 200)
WAIT = {"patron_id": "{reader}", "item_id": "{lent}", "pickup_library_id": "GNC-M"}
TABLE = {
    # (method, route): (path, body, status for each of PEOPLE); loans, readers and copies are of "here"
    ("GET", "/libraries"): ("/libraries", None, (401, 200, 200, 200, 200)),
    ("GET", "/libraries/{library_id}"): ("/libraries/GNC-M", None, (401, 200, 200, 200, 200)),
    ("GET", "/biblios/{biblio_id}"): ("/biblios/{record}", None, (401, 200, 200, 200, 200)),
    ("GET", "/biblios"): ("/biblios", None, (401, 200, 200, 200, 200)),
    ("GET", "/authorities"): ("/authorities", None, (401, 403, 200, 200, 200)),
    ("POST", "/biblios"): ("/biblios", None, (401, 403, 403, 403, 415)),
    ("PUT", "/biblios/{biblio_id}"): ("/biblios/{record}", None, (401, 403, 403, 403, 415)),
    ("DELETE", "/biblios/{biblio_id}"): ("/biblios/{record}", None, (401, 403, 403, 403, 409)),
    ("POST", "/authorities"): ("/authorities", None, (401, 403, 403, 403, 415)),
    ("GET", "/authorities/{authority_id}"): ("/authorities/{record}", None, (401, 403, 404, 404, 404)),
    ("PUT", "/authorities/{authority_id}"): ("/authorities/{record}", None, (401, 403, 403, 403, 415)),
    ("DELETE", "/authorities/{authority_id}"): ("/authorities/{record}", None, (401, 403, 403, 403, 404)),
    ("GET", "/biblios/{biblio_id}/items"): ("/biblios/{record}/items", None, (401, 403, 200, 200, 200)),
    ("GET", "/items"): ("/items", None, (401, 403, 200, 200, 200)),
    ("GET", "/items/{item_id}"): ("/items/{item}", None, (401, 403, 200, 404, 200)),
    ("POST", "/biblios/{biblio_id}/items"): ("/biblios/{record}/items", COPY, (401, 403, 403, 403, 201)),
    ("PUT", "/items/{item_id}"): ("/items/{item}", {"public_notes": "x"}, (401, 403, 403, 404, 200)),
    ("PUT", "/biblios/{biblio_id}/items/{item_id}"): (
        "/biblios/{record}/items/{item}",
        {"lost_status": 4},
        (401, 403, 200, 404, 200),
    ),
    ("DELETE", "/items/{item_id}"): ("/items/{item}", None, (401, 403, 403, 403, 204)),
    ("GET", "/patrons"): ("/patrons", None, (401, 403, 200, 200, 200)),
    ("GET", "/patrons/{patron_id}"): ("/patrons/{patron}", None, (401, 403, 200, 404, 200)),
    ("GET", ACCOUNT): ("/patrons/{patron}/account", None, (401, 403, 200, 404, 200)),
    ("GET", f"{ACCOUNT}/debits"): ("/patrons/{patron}/account/debits", None, (401, 403, 200, 404, 200)),
    ("GET", f"{ACCOUNT}/credits"): ("/patrons/{patron}/account/credits", None, (401, 403, 200, 404, 200)),
    ("POST", f"{ACCOUNT}/debits"): ("/patrons/{patron}/account/debits", CHARGE, (401, 403, 201, 403, 201)),
    ("POST", f"{ACCOUNT}/credits"): ("/patrons/{patron}/account/credits", PAY, (401, 403, 201, 403, 201)),
    ("POST", "/patrons"): ("/patrons", NEW_PATRON, (401, 403, 201, 403, 201)),
    ("PUT", "/patrons/{patron_id}"): ("/patrons/{patron}", NEW_PATRON, (401, 403, 200, 404, 200)),
    ("DELETE", "/patrons/{patron_id}"): ("/patrons/{patron}", None, (401, 403, 403, 403, 409)),
    ("POST", "/patrons/{patron_id}/password"): ("/patrons/{patron}/password", PIN, (401, 403, 200, 404, 200)),
    ("GET", "/checkouts"): ("/checkouts", None, (401, 403, 200, 200, 200)),
    ("POST", "/checkouts"): ("/checkouts", LEND, (401, 403, 201, 404, 201)),
    ("GET", "/checkouts/{checkout_id}"): ("/checkouts/{loan}", None, (401, 403, 200, 404, 200)),
    ("POST", "/checkouts/{checkout_id}/renewal"): ("/checkouts/{loan}/renewal", None, (401, 403, 201, 403, 201)),
    ("POST", "/checkouts/{checkout_id}/renewals"): ("/checkouts/{loan}/renewals", None, (401, 403, 201, 403, 201)),
    ("POST", "/checkins"): ("/checkins", TAKE_BACK, (401, 403, 201, 403, 201)),
    ("GET", "/import_batches"): ("/import_batches", None, (401, 403, 403, 403, 200)),
    ("POST", "/import_batches"): ("/import_batches", None, (401, 403, 403, 403, 201)),
    ("GET", BATCH): ("/import_batches/{batch}", None, (401, 403, 403, 403, 200)),
    ("GET", f"{BATCH}/records"): ("/import_batches/{batch}/records", None, (401, 403, 403, 403, 200)),
    ("PUT", f"{BATCH}/decisions"): (
        "/import_batches/{batch}/decisions",
        {"decision": "skip", "verdict": "new"},
        (401, 403, 403, 403, 200),
    ),
    ("POST", f"{BATCH}/commit"): ("/import_batches/{batch}/commit", None, (401, 403, 403, 403, 202)),
    ("POST", f"{BATCH}/undo"): ("/import_batches/{batch}/undo", None, (401, 403, 403, 403, 409)),
    ("GET", "/jobs"): ("/jobs", None, (401, 403, 403, 403, 200)),
    ("GET", "/jobs/{job_id}"): ("/jobs/{batch}", None, (401, 403, 403, 403, 200)),
    ("GET", "/checkouts/availability"): (
        "/checkouts/availability?patron_id={patron}&item_id={item}",
        None,
        (401, 403, 200, 404, 200),
    ),
    **{
        ("GET", f"/checkouts/{{checkout_id}}/{word}"): (f"/checkouts/{{loan}}/{word}", None, (401, 403, 200, 403, 200))
        for word in ("allows_renewal", "renewability")
    },
    ("POST", "/return_claims"): ("/return_claims", {"item_id": "{lent}"}, (401, 403, 201, 404, 201)),
    ("PUT", "/return_claims/{claim_id}/notes"): ("/return_claims/{claim}/notes", {"notes": "x"}, HERE_ONLY),
    ("PUT", "/return_claims/{claim_id}/resolve"): (
        "/return_claims/{claim}/resolve",
        {"resolution": "reader_had_it"},
        HERE_ONLY,
    ),
    ("DELETE", "/return_claims/{claim_id}"): ("/return_claims/{claim}", None, (401, 403, 204, 404, 204)),
    ("POST", "/offline_events"): ("/offline_events", OFFLINE, (401, 403, 200, 403, 200)),
    ("GET", "/transfers"): ("/transfers", None, (401, 403, 200, 200, 200)),
    ("GET", "/circulation_rules"): ("/circulation_rules?library_id=GNC-M", None, (401, 403, 200, 200, 200)),
    ("PUT", "/circulation_rules"): (
        "/circulation_rules",
        {"library_id": "GNC-M", "rules": {"loan_length": 9}},
        (401, 403, 403, 403, 200),
    ),
    **{
        ("GET", f"/public/patrons/{{patron_id}}/{word}"): (f"/public/patrons/{{patron}}/{word}", None, NOT_THEIRS)
        for word in ("account", "checkouts", "holds")
    },
    ("POST", "/public/patrons/{patron_id}/holds"): (
        "/public/patrons/{patron}/holds",
        {"item_id": "{lent}", "pickup_library_id": "GNC-M"},
        NOT_THEIRS,
    ),
    ("PATCH", "/public/patrons/{patron_id}"): ("/public/patrons/{patron}", {"email": "a@b.az"}, NOT_THEIRS),
    **{
        (method, f"{OWN_HOLD}{part}"): (f"/public/patrons/{{patron}}/holds/{{hold}}{part}", body, NOT_THEIRS)
        for method, part, body in (
            ("PATCH", "", {"pickup_library_id": "GNC-2"}),
            ("DELETE", "", None),
            ("POST", "/suspension", None),
            ("DELETE", "/suspension", None),
            ("GET", "/pickup_locations", None),
        )
    },
    ("GET", f"{OWN}/allows_renewal"): ("/public/patrons/{patron}/checkouts/{loan}/allows_renewal", None, NOT_THEIRS),
    ("POST", f"{OWN}/renewal"): ("/public/patrons/{patron}/checkouts/{loan}/renewal", None, NOT_THEIRS),
    ("POST", "/public/patrons/{patron_id}/password"): (
        "/public/patrons/{patron}/password",
        {"old_password": "x", "password": "gizli-söz-83", "password_repeated": "gizli-söz-83"},
        NOT_THEIRS,
    ),
    ("GET", "/holds"): ("/holds", None, (401, 403, 200, 200, 200)),
    ("POST", "/holds"): ("/holds", WAIT, (401, 201, 201, 404, 201)),
    ("PUT", "/holds/{hold_id}"): ("/holds/{hold}", {"notes": "x"}, (401, 403, 200, 403, 200)),
    ("PATCH", "/holds/{hold_id}"): ("/holds/{hold}", {"notes": "x"}, (401, 403, 200, 403, 200)),
    ("DELETE", "/holds/{hold_id}"): ("/holds/{hold}", None, (401, 403, 204, 403, 204)),
    ("POST", "/holds/{hold_id}/suspension"): ("/holds/{hold}/suspension", None, (401, 403, 201, 403, 201)),
    ("DELETE", "/holds/{hold_id}/suspension"): ("/holds/{hold}/suspension", None, (401, 403, 409, 403, 409)),
    ("PUT", "/holds/{hold_id}/priority"): ("/holds/{hold}/priority", 1, (401, 403, 200, 403, 200)),
    ("PUT", "/holds/{hold_id}/pickup_location"): (
        "/holds/{hold}/pickup_location",
        {"pickup_library_id": "GNC-2"},
        (401, 403, 200, 403, 200),
    ),
    ("GET", "/holds/{hold_id}/pickup_locations"): ("/holds/{hold}/pickup_locations", None, (401, 403, 200, 404, 200)),
    ("GET", "/biblios/{biblio_id}/pickup_locations"): (
        "/biblios/{record}/pickup_locations?patron_id={reader}",
        None,
        (401, 200, 200, 404, 200),
    ),
    ("GET", "/items/{item_id}/pickup_locations"): (
        "/items/{item}/pickup_locations?patron_id={reader}",
        None,
        (401, 200, 200, 404, 200),
    ),
    ("POST", "/oauth/token"): ("/oauth/token", None, (400, 400, 400, 400, 400)),
    ("GET", "/openapi.json"): ("/openapi.json", None, (200, 200, 200, 200, 200)),
    **{(method, "/{path:rest}"): ("/no/such/thing", None, (404,) * 5) for method in METHODS},
    **{(method, ""): ("/", None, (404,) * 5) for method in METHODS},
}


def _routes() -> set[tuple[str, str]]:
    return {
        (method, route)
        for router in api._get_bound_routers()
        for route, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def _filled(value: object, world: World) -> object:
    if isinstance(value, dict):
        return {key: _filled(part, world) for key, part in value.items()}
    if isinstance(value, str) and value.startswith("{"):
        return getattr(world, value.strip("{}"))
    return value


def test_every_route_has_its_row_and_no_row_is_left_over() -> None:
    assert _routes() == set(TABLE)


@pytest.mark.slow
def test_who_may_enter() -> None:
    world = a_world()
    found = {row: tuple(_status(world, row, name) for name in PEOPLE) for row in TABLE}
    assert found == {row: expected for row, (_path, _body, expected) in TABLE.items()}


def _status(world: World, row: tuple[str, str], name: str) -> int:
    path, body, _expected = TABLE[row]
    path = path.format_map(vars(world))
    caller = world.people[name]
    with transaction.atomic():
        answer = caller.get(path) if row[0] == "GET" else _send(caller, row[0], path, _filled(body, world))
        transaction.set_rollback(True)
    assert answer.headers["Content-Type"].startswith("application/json"), (row, name)
    assert answer.headers["Cache-Control"] == "no-store", (row, name)
    assert answer.headers.get("WWW-Authenticate", "").startswith("Basic ") == (answer.status_code == 401), (row, name)
    return int(answer.status_code)


def _send(caller: Caller, method: str, path: str, body: object) -> Any:
    if method in ("PUT", "PATCH") and body is not None:
        return caller.send(method, path, orjson.dumps(body))
    return caller.post(path, body) if method == "POST" else caller.send(method, path)


def test_lists_hold_nothing_of_another_system() -> None:
    elsewhere = a_world().people["librarian elsewhere"]
    for path in ("/items", "/patrons", "/checkouts", "/items?external_id=B1", "/patrons?cardnumber=R2"):
        answer = elsewhere.get(path)
        assert answer.json() == [], path
        assert answer.headers["X-Total-Count"] == "0"
        assert answer.headers["X-Base-Total-Count"] == "0"


def test_a_reader_sees_and_renews_what_is_their_own_and_nothing_else() -> None:
    world = a_world()
    here = world.people["librarian here"]
    patron, reader = a_signed_in_reader(card="R3", surname="Quliyeva")
    lent = here.post("/checkouts", {"patron_id": patron, "external_id": "B1"}).json()
    assert reader.get(f"/patrons/{patron}").json()["surname"] == "Quliyeva"
    assert reader.get(f"/checkouts/{lent['checkout_id']}").json() == lent
    assert reader.get("/checkouts", {"patron_id": patron}).json() == [lent]
    assert reader.get("/checkouts", {"patron_id": world.patron}).status_code == 403
    renewed = reader.post(f"/checkouts/{lent['checkout_id']}/renewal")
    assert (renewed.status_code, renewed.json()["renewals_count"]) == (201, 1)
    again = reader.post(f"/checkouts/{lent['checkout_id']}/renewal", {"override": ["too_many_renewals"]})
    assert (again.status_code, codes(again)) == (409, ["too_many_renewals"])
    here.post("/checkins", {"external_id": "B1"})
    past = reader.get("/checkouts", {"patron_id": patron, "checked_in": "1"}).json()
    assert [entry["checkout_id"] for entry in past] == [lent["checkout_id"]]
    assert reader.get(f"/checkouts/{lent['checkout_id']}").json() == past[0]


def test_a_session_is_no_credential() -> None:
    a_nation()
    client = Client()
    client.force_login(a_login("leyla", role="administrator"))
    assert client.get("/api/v1/patrons").status_code == 401
    assert client.post("/api/v1/checkins", "{}", "application/json").status_code == 401
    assert client.get("/api/v1/public/patrons/1/account").status_code == 401  # a librarian is no reader


def test_reading_writes_nothing() -> None:
    world = a_world()
    seen = AuditEntry.objects.exclude(action="patron.view")  # that someone looked at a reader is written down
    before = seen.count(), OutboxEvent.objects.count(), loan(world.loan)
    for (method, _route), (path, _body, expected) in TABLE.items():
        if method == "GET":
            answer = world.people["administrator"].get(path.format_map(vars(world)))
            assert answer.status_code == expected[-1]
    assert before == (seen.count(), OutboxEvent.objects.count(), loan(world.loan))


def test_a_wrong_password_waits_and_says_how_long() -> None:
    a_nation()
    a_login("leyla", role="librarian", unit="GNC-M", password=PASSWORD)
    wrong = Caller(basic("leyla", "not-this-one"))
    found = [wrong.get("/libraries").status_code for _ in range(6)]
    assert found == [401, 401, 401, 401, 429, 429]
    answer = Caller(basic("leyla", PASSWORD)).get("/libraries")
    assert (answer.status_code, codes(answer)) == (429, ["throttled"])
    assert 1 <= int(answer.headers["Retry-After"]) <= 4


@pytest.mark.parametrize("sent", ["Basic", "Basic !!!", "Basic bGV5bGE=", "Digest x", "Bearer", "Bearer a.b.c", "\xff"])
def test_credentials_that_are_none(sent: str) -> None:
    answer = Caller(sent).get("/libraries")
    assert (answer.status_code, codes(answer)) == (401, ["not_authenticated"])
    assert ('error="invalid_token"' in answer.headers["WWW-Authenticate"]) == sent.startswith("Bearer ")
