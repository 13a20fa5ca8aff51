"""A reader's own things under /public: with the pages' session or card and PIN, and for nobody else."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import User
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.tests.builders import owes
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import loan
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.fronts.rest.tests.callers import PASSWORD, Caller, a_signed_in_reader, a_world, basic, codes
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
NEW = "yeni-söz-1848"


@pytest.fixture
def reader() -> tuple[int, Caller]:
    a_world()
    return a_signed_in_reader(card="R3", surname="Quliyeva")


def browser(card: str = "R3") -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username=card))
    return client


def lent(patron: int, barcode: str = "P1") -> int:
    item = a_copy(a_record(), barcode=barcode)
    return check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now()).id


def test_account_loans_and_holds_of_one_s_own(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    loan_id, record = lent(patron), a_record()
    copy = a_copy(record, barcode="P2")
    owes(patron, 250)
    place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    check_in(item_id=copy, unit="GNC-M", by=SYSTEM, now=timezone.now())
    own = f"/public/patrons/{patron}"
    assert caller.get(f"{own}/account").json()["balance"] == 2.5
    assert [one["checkout_id"] for one in caller.get(f"{own}/checkouts").json()] == [loan_id]
    [hold] = caller.get(f"{own}/holds").json()
    assert (hold["biblio_id"], hold["item_id"], hold["status"]) == (record, copy, "W")
    assert hold["expiration_date"] is not None
    assert browser().get(f"/api/v1{own}/account").json()["balance"] == 2.5


def test_nobody_else_sees_them_be_it_the_administrator(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    other, _ = a_signed_in_reader(card="R4")
    theirs = lent(other)
    assert codes(caller.get(f"/public/patrons/{other}/account")) == ["unknown_patron"]
    assert codes(caller.get(f"/public/patrons/{patron}/checkouts/{theirs}/allows_renewal")) == ["unknown_loan"]
    assert codes(caller.post(f"/public/patrons/{patron}/checkouts/{theirs}/renewal")) == ["unknown_loan"]
    boss = Caller(basic("admin", PASSWORD))
    assert codes(boss.get(f"/public/patrons/{patron}/holds")) == ["unknown_patron"]


def test_a_renewal_from_afar_is_unseen_and_nothing_is_lifted(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    loan_id = lent(patron)
    set_policy(name="unseen_renewals_allowed", value=1, by=SYSTEM)
    set_policy(name="renewals_allowed", value=9, by=SYSTEM)
    own = f"/public/patrons/{patron}/checkouts/{loan_id}"
    assert caller.get(f"{own}/allows_renewal").json()["allows_renewal"] is True
    assert caller.post(f"{own}/renewal").json()["renewals_count"] == 1
    assert caller.get(f"{own}/allows_renewal").json()["error"] == "too_many_unseen_renewals"
    assert codes(caller.post(f"{own}/renewal")) == ["too_many_unseen_renewals"]


def test_a_session_writes_only_with_the_page_s_token(reader: tuple[int, Caller]) -> None:
    patron, _ = reader
    loan_id = lent(patron)
    client, address = browser(), f"/api/v1/public/patrons/{patron}/checkouts/{loan_id}/renewal"
    assert client.post(address).status_code == 415  # a form of another site could be sent so
    refused = client.post(address, content_type="application/json")
    assert (refused.status_code, codes(refused)) == (403, ["no_csrf_token"])
    found = loan(loan_id)
    assert found is not None
    assert found.renewals == 0
    client.cookies["csrftoken"] = token = "a" * 32
    assert client.post(address, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 201


def test_the_password_is_changed_by_who_knows_the_old_one(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    address = f"/public/patrons/{patron}/password"

    def sent(old: str, new: str, again: str) -> Any:
        return caller.post(address, {"old_password": old, "password": new, "password_repeated": again})

    assert sent(PASSWORD, NEW, NEW + "x").status_code == 400
    assert codes(sent("yanlış", NEW, NEW)) == ["wrong_pin"]
    assert codes(sent(PASSWORD, "1", "1")) == ["pin_too_short"]
    assert sent(PASSWORD, NEW, NEW).status_code == 200
    assert caller.get(f"/public/patrons/{patron}/holds").status_code == 401
    assert Caller(basic("R3", NEW)).get(f"/public/patrons/{patron}/holds").status_code == 200


def test_whoever_tries_passwords_must_wait(reader: tuple[int, Caller]) -> None:
    patron, _ = reader
    client = browser()
    client.cookies["csrftoken"] = token = "a" * 32
    body = orjson.dumps({"old_password": "yanlış", "password": NEW, "password_repeated": NEW})
    found = [
        client.post(f"/api/v1/public/patrons/{patron}/password", body, "application/json",
                    headers={"X-CSRFToken": token}).status_code
        for _ in range(6)
    ]  # fmt: skip
    assert found[:3] == [409] * 3
    assert found[-1] == 429


def test_holds_are_asked_for_changed_and_left_by_their_reader(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    record = a_record()
    item = a_copy(record, barcode="P9", volume="2")
    own = f"/public/patrons/{patron}/holds"
    set_policy(name="sent_to", value="system", by=SYSTEM)
    far = caller.post(own, {"biblio_id": record, "pickup_library_id": "SAK-M"})
    assert codes(far) == ["pickup_out_of_reach"]
    made = caller.post(own, {"item_id": item, "pickup_library_id": "GNC-M", "expiration_date": "2099-01-01"})
    assert (made.status_code, made.json()["priority"], made.json()["expiration_date"]) == (201, 1, "2099-01-01")
    one = f"{own}/{made.json()['hold_id']}"
    assert codes(caller.post(own, {"biblio_id": record, "volume": "2", "pickup_library_id": "GNC-M"})) == [
        "already_on_hold"
    ]
    assert [unit["library_id"] for unit in caller.get(f"{one}/pickup_locations").json()] == ["GNC-2", "GNC-M"]
    assert codes(caller.send("PATCH", one, orjson.dumps({"pickup_library_id": "SAK-M"}))) == ["pickup_out_of_reach"]
    changed = caller.send("PATCH", one, orjson.dumps({"pickup_library_id": "GNC-2", "expiration_date": None})).json()
    assert (changed["pickup_library_id"], changed["expiration_date"]) == ("GNC-2", None)
    assert caller.post(f"{one}/suspension", {"end_date": "2099-01-01"}).json() == {"end_date": "2099-01-01"}
    assert caller.get(own).json()[0]["suspended"] is True
    assert caller.send("DELETE", f"{one}/suspension").status_code == 204
    assert codes(caller.send("DELETE", f"{one}/suspension")) == ["not_suspended"]
    assert caller.send("DELETE", one).status_code == 204
    assert caller.get(own).json() == []


def test_nobody_touches_another_reader_s_hold_over_rest(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    other, _ = a_signed_in_reader(card="R4")
    record = a_record()
    a_copy(record, barcode="P9")
    now = timezone.now()
    hold = place_hold(record_id=record, patron_id=other, pickup_unit="GNC-M", by=SYSTEM, now=now).id
    for own in (f"/public/patrons/{patron}/holds/{hold}", f"/public/patrons/{other}/holds/{hold}"):
        for method, part in (("DELETE", ""), ("POST", "/suspension"), ("GET", "/pickup_locations")):
            assert caller.send(method, own + part).status_code == 404
        assert caller.send("PATCH", own, orjson.dumps({"pickup_library_id": "GNC-2"})).status_code == 404
    found = one_hold(hold)
    assert found is not None
    assert (found.pickup_unit, found.suspended) == ("GNC-M", False)


def test_contacts_and_history_are_the_reader_s_as_far_as_the_library_says(reader: tuple[int, Caller]) -> None:
    patron, caller = reader
    own = f"/public/patrons/{patron}"
    sent = {"email": "q@kitab.az", "postal_code": "AZ2000", "privacy": 2, "phone": None}
    found = caller.send("PATCH", own, orjson.dumps(sent)).json()
    assert (found["email"], found["postal_code"], found["privacy"], found["phone"]) == ("q@kitab.az", "AZ2000", 2, None)
    assert codes(caller.send("PATCH", own, orjson.dumps({"email": "nothing"}))) == ["bad_email"]
    assert caller.send("PATCH", own, orjson.dumps({"surname": "Başqa"})).status_code == 400
    set_policy(name="own_contact", value="nothing", by=SYSTEM)
    assert codes(caller.send("PATCH", own, orjson.dumps({"email": "x@kitab.az"}))) == ["ask_library"]
