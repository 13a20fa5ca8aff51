"""A desk's day over REST: find, lend, be refused, lift, renew, take back, as a client of Koha would."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import place_hold
from kitabxana.fronts.rest.tests.callers import Caller, a_librarian, codes
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def here() -> Caller:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    cache.clear()
    a_nation()
    return a_librarian()


def test_from_barcode_and_card_to_the_shelf_again(here: Caller) -> None:
    item, patron = a_copy(a_record()), a_reader()
    found = here.get("/items", {"external_id": "B1"}).json()[0]
    reader = here.get("/patrons", {"cardnumber": "R1"}).json()[0]
    lent = here.post("/checkouts", {"patron_id": reader["patron_id"], "item_id": found["item_id"]})
    assert lent.status_code == 201
    made = lent.json()
    assert (made["patron_id"], made["item_id"], made["library_id"]) == (patron, item, "GNC-M")
    assert lent.headers["Location"] == f"/api/v1/checkouts/{made['checkout_id']}"
    assert here.get(lent.headers["Location"].removeprefix("/api/v1")).json() == made
    due = datetime.fromisoformat(made["due_date"])
    assert due.utcoffset() == timedelta(hours=4)
    renewed = here.post(f"/checkouts/{made['checkout_id']}/renewal").json()
    assert datetime.fromisoformat(renewed["due_date"]) == due + timedelta(days=15)
    back = here.post("/checkins", {"external_id": "B1", "library_id": "GNC-M"})
    assert (back.status_code, back.json()) == (
        201,
        {
            "item_id": item, "checkout_id": made["checkout_id"], "instruction": "to_shelf", "to_library_id": "GNC-M",
            "hold_id": None, "messages": [],
        },
    )  # fmt: skip
    assert here.get("/checkouts").json() == []
    past = here.get(f"/checkouts/{made['checkout_id']}", {"checked_in": "1"}).json()
    assert past["checkin_library_id"] == "GNC-M"
    assert past["checkin_date"].endswith("+04:00")
    assert here.get(f"/checkouts/{made['checkout_id']}", {"checked_in": "0"}).status_code == 404
    listed = here.get("/checkouts", {"patron_id": patron, "checked_in": "true", "_order_by": "-checkin_date"})
    assert listed.json() == [past]
    actions = AuditEntry.objects.filter(actor_name="leyla").order_by("at").values_list("action", "address")
    assert list(actions) == [(f"loan.{verb}", "127.0.0.1") for verb in ("check_out", "renew", "check_in")]


def test_every_refusal_at_once_and_lifted_by_name(here: Caller) -> None:
    a_copy(a_record(), damaged=True)
    patron = a_reader(expires_on=date(2026, 1, 2))
    sent = {"patron_id": patron, "external_id": "B1"}
    refused = here.post("/checkouts", sent, headers={"Accept-Language": "en"})
    assert refused.status_code == 409
    assert refused.json()["errors"] == [
        {
            "code": "card_expired",
            "message": "The membership ended on 2026-01-02. Extend it, then lend.",
            "override": "circulation.override.card_expired",
        },
        {
            "code": "item_damaged",
            "message": "The item is recorded as damaged.",
            "override": "circulation.override.item_damaged",
        },
    ]
    assert codes(here.post("/checkouts", {**sent, "override": ["card_expired"]})) == ["item_damaged"]
    assert here.post("/checkouts", {**sent, "override": ["card_expired", "item_damaged"]}).status_code == 201


def test_what_a_librarian_may_not_lift_an_administrator_may(here: Caller) -> None:
    a_copy(a_record())
    patron = a_reader()
    restrict(patron_id=patron, reason="itirilmiş kitab", by=SYSTEM)
    sent = {"patron_id": patron, "external_id": "B1", "override": ["patron_restricted"]}
    assert codes(here.post("/checkouts", sent)) == ["patron_restricted"]
    admin = a_librarian("GNC", role="administrator", name="admin")
    made = admin.post("/checkouts", sent)
    assert (made.status_code, made.json()["library_id"]) == (201, "GNC-M")  # no library of one's own: where the item is


def test_renewals_end_at_their_limit_and_may_be_lifted(here: Caller) -> None:
    set_policy(name="renewals_allowed", value=0, by=SYSTEM)
    a_copy(a_record())
    made = here.post("/checkouts", {"patron_id": a_reader(), "external_id": "B1"}).json()
    address = f"/checkouts/{made['checkout_id']}/renewal"
    assert codes(here.post(address)) == ["too_many_renewals"]
    assert codes(here.post(address, {})) == ["too_many_renewals"]
    lifted = here.post(address, {"override": ["too_many_renewals"]})
    assert (lifted.status_code, lifted.json()["renewals_count"]) == (201, 1)
    here.post("/checkins", {"external_id": "B1"})
    gone = here.post(address)
    assert (gone.status_code, codes(gone)) == (404, ["unknown_loan"])


def test_a_copy_someone_waits_for(here: Caller) -> None:
    record = a_record()
    a_copy(record)
    first, waiting = a_reader(), a_reader(card="R2")
    here.post("/checkouts", {"patron_id": first, "external_id": "B1"})
    hold = place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-2", by=SYSTEM, now=timezone.now())
    back = here.post("/checkins", {"external_id": "B1"}).json()
    assert (back["instruction"], back["to_library_id"], back["hold_id"]) == ("transfer", "GNC-2", hold.id)
    assert codes(here.post("/checkouts", {"patron_id": first, "external_id": "B1"})) == ["held_for_other"]
    there = a_librarian("GNC-2", name="nigar")
    again = there.post("/checkins", {"external_id": "B1"}, headers={"Accept-Language": "en"}).json()
    assert (again["instruction"], again["messages"]) == ("hold_shelf", [])


def test_what_the_desk_must_see(here: Caller) -> None:
    a_copy(a_record(), damaged=True, withdrawn=True)
    back = here.post("/checkins", {"external_id": "B1"}, headers={"Accept-Language": "en"}).json()
    assert back["checkout_id"] is None
    assert [message["code"] for message in back["messages"]] == ["not_on_loan", "is_withdrawn", "is_damaged"]
    assert back["messages"][0]["message"] == "The item was not on loan."


def test_a_copy_from_anywhere_is_taken_back_and_sent_home(here: Caller) -> None:
    item = a_copy(a_record(), unit="SAK-M")
    back = here.post("/checkins", {"item_id": item, "library_id": "GNC-M"}).json()
    assert (back["instruction"], back["to_library_id"]) == ("transfer", "SAK-M")


def test_statements_stay_few(here: Caller, django_assert_max_num_queries: Any) -> None:
    a_copy(a_record())
    patron = a_reader()
    here.get("/libraries")  # the password is verified and remembered
    with django_assert_max_num_queries(35):
        made = here.post("/checkouts", {"patron_id": patron, "external_id": "B1"}).json()
    # Looking at a reader leaves its line in the audit.
    for most, path in ((10, "/items?external_id=B1"), (10, "/patrons?cardnumber=R1"), (9, "/checkouts?patron_id={0}"),
                       (7, "/checkouts/{1}"), (11, "/patrons/{0}"), (4, "/libraries/GNC-M")):  # fmt: skip
        filled = path.format(patron, made["checkout_id"])
        here.get(filled)  # the list's whole length is counted once a minute
        with django_assert_max_num_queries(most):
            assert here.get(filled).status_code == 200
    with django_assert_max_num_queries(30):
        here.post(f"/checkouts/{made['checkout_id']}/renewal")
    with django_assert_max_num_queries(35):
        assert here.post("/checkins", {"external_id": "B1"}).status_code == 201


def test_case_11_a_request_sent_twice_with_one_key_is_done_once(here: Caller) -> None:
    a_copy(a_record())
    patron = a_reader()
    key, body = {"Idempotency-Key": "desk-7-0001"}, {"patron_id": patron, "external_id": "B1"}
    first, second = (here.post("/checkouts", body, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["Location"] == second.headers["Location"]
    renewal = f"/checkouts/{first.json()['checkout_id']}/renewal"
    renewed = [here.post(renewal, headers={"Idempotency-Key": "desk-7-0002"}).json() for _ in range(3)]
    assert [one["renewals_count"] for one in renewed] == [1, 1, 1]
    returned = [here.post("/checkins", {"external_id": "B1"}, headers={"Idempotency-Key": "k3"}) for _ in range(2)]
    assert [one.json()["messages"] for one in returned] == [[], []]  # the second does not say "was not on loan"
    actions = AuditEntry.objects.filter(actor_name="leyla").order_by("at").values_list("action", flat=True)
    assert list(actions) == ["loan.check_out", "loan.renew", "loan.check_in"]


def test_case_11_a_key_is_one_caller_s_and_one_request_s_and_a_refusal_does_not_use_it_up(here: Caller) -> None:
    a_copy(a_record())
    patron = a_reader()
    key = {"Idempotency-Key": "k"}
    item = a_copy(a_record(), barcode="B2", damaged=True)
    asked = {"patron_id": patron, "item_id": item}
    assert codes(here.post("/checkouts", asked, headers=key)) == ["item_damaged"]
    lifted = asked | {"override": ["item_damaged"]}
    assert here.post("/checkouts", lifted, headers=key).status_code == 201
    other = here.post("/checkouts", {"patron_id": patron, "external_id": "B1"}, headers=key)
    assert (other.status_code, codes(other)) == (409, ["key_reused"])
    second = a_librarian(name="sevda")
    assert second.post("/checkouts", {"patron_id": patron, "external_id": "B1"}, headers=key).status_code == 201
    assert codes(here.post("/checkins", {"external_id": "B1"}, headers={"Idempotency-Key": "x" * 81})) == ["bad_key"]
