"""Claims, renewability, availability, moments of one's own, transfers and rules in Koha's shapes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.operations import check_in
from kitabxana.fronts.rest.tests.callers import World, a_world, codes, table
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def world() -> World:
    return a_world()


def test_a_claim_from_its_word_to_its_outcome(world: World) -> None:
    here = world.people["librarian here"]
    made = here.post("/return_claims", {"item_id": world.lent, "notes": "qutuya qoydum"})
    assert made.status_code == 201
    told = made.json()
    assert (told["item_id"], told["patron_id"], told["checkout_id"]) == (world.lent, world.patron, world.loan)
    assert (told["notes"], told["resolution"], told["resolved_on"]) == ("qutuya qoydum", None, None)
    assert codes(here.post("/return_claims", {"item_id": world.lent})) == ["already_claimed"]
    address = f"/return_claims/{told['claim_id']}"
    assert here.send("PUT", f"{address}/notes", '{"notes": "rəfdədir"}'.encode()).json()["notes"] == "rəfdədir"
    assert here.send("PUT", f"{address}/resolve", b'{"resolution": "elsewhere"}').status_code == 400
    ended = here.send("PUT", f"{address}/resolve", b'{"resolution": "found"}').json()
    assert (ended["resolution"], ended["checkout_id"], ended["old_checkout_id"]) == ("found", None, world.loan)
    assert ended["resolved_on"] is not None
    assert codes(here.send("DELETE", address)) == ["not_claimed"]
    assert codes(here.send("DELETE", "/return_claims/999999")) == ["unknown_claim"]


def test_whether_a_loan_could_be_renewed_and_why_not(world: World) -> None:
    here = world.people["librarian here"]
    assert here.get(f"/checkouts/{world.loan}/allows_renewal").json() == {
        "allows_renewal": True, "max_renewals": 1, "current_renewals": 0, "unseen_renewals": 0, "error": None,
        "reasons": [],
    }  # fmt: skip
    renewed = here.post(f"/checkouts/{world.loan}/renewal", {"seen": False}).json()
    assert renewed["renewals_count"] == 1
    told = here.get(f"/checkouts/{world.loan}/renewability").json()
    assert (told["allows_renewal"], told["error"], told["unseen_renewals"]) == (False, "too_many_renewals", 1)
    assert told["reasons"][0]["override"] == "circulation.override.too_many_renewals"
    assert table("circulation.Loan").get(pk=world.loan).renewals == 1


def test_whether_a_copy_could_be_lent(world: World) -> None:
    here = world.people["librarian here"]
    free = here.get("/checkouts/availability", {"patron_id": world.patron, "item_id": world.item})
    assert free.json() == {"blockers": {}, "confirms": {}, "warnings": {}, "confirmation_token": None}
    set_policy(name="max_loans", value=2, by=SYSTEM)
    a_copy(world.record, barcode="D1", damaged=True)
    damaged = table("holdings.Item").get(barcode="D1").pk
    asked = here.get("/checkouts/availability", {"patron_id": world.patron, "item_id": damaged}).json()
    assert set(asked["confirms"]) == {"item_damaged", "too_many_loans"}
    assert asked["confirms"]["too_many_loans"]["limit"] == 2


def test_a_loan_for_use_here_to_a_day_of_one_s_choice_and_a_return_dated_back(world: World) -> None:
    here, due = world.people["librarian here"], (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    asked = {"patron_id": world.patron, "external_id": "B1", "onsite_checkout": True, "due_date": due.isoformat()}
    made = here.post("/checkouts", asked).json()
    assert made["onsite_checkout"] is True
    assert datetime.fromisoformat(made["due_date"]) == due
    assert here.post("/checkouts", asked | {"due_date": "2030-01-01T10:00:00"}).status_code == 400
    early = (timezone.now() - timedelta(days=9)).isoformat()
    refused = here.post("/checkins", {"external_id": "B1", "checkin_date": early})
    assert codes(refused) == ["return_before_loan"]
    both = {"external_id": "B1", "checkin_date": early, "drop_box": True}
    assert here.post("/checkins", both).status_code == 400
    assert here.post("/checkins", {"external_id": "B1", "drop_box": True}).status_code == 201


def test_transfers_are_seen_from_both_ends_and_nowhere_else(world: World) -> None:
    away = a_copy(world.record, barcode="T1", unit="GNC-2")
    check_in(item_id=away, unit="GNC-M", by=SYSTEM, now=timezone.now())
    here, elsewhere = world.people["librarian here"], world.people["librarian elsewhere"]
    [told] = here.get("/transfers").json()
    assert (told["item_id"], told["from_library_id"], told["to_library_id"]) == (away, "GNC-M", "GNC-2")
    assert (told["reason"], told["date_arrived"]) == ("home", None)
    assert here.get("/transfers", {"to_library_id": "GNC-M"}).json() == []
    assert elsewhere.get("/transfers").json() == []
    check_in(item_id=away, unit="GNC-2", by=SYSTEM, now=timezone.now())
    assert here.get("/transfers").json() == []
    [arrived] = here.get("/transfers", {"arrived": "1", "item_id": away}).json()
    assert arrived["date_arrived"] is not None


def test_rules_are_told_with_the_row_that_won(world: World) -> None:
    here = world.people["librarian here"]
    set_policy(name="loan_length", value=20, unit="GNC", by=SYSTEM)
    query = {"library_id": "GNC-M", "patron_category_id": "ADULT", "item_type_id": "BK"}
    [told] = here.get("/circulation_rules", query | {"rules": "loan_length,max_loans"}).json()
    assert told["rules"] == {"loan_length": 20, "max_loans": 5}
    assert told["sources"] == {
        "loan_length": {"library_id": "GNC", "patron_category_id": None, "item_type_id": None}, "max_loans": None
    }  # fmt: skip
    [row] = here.get("/circulation_rules", {"effective": "0"}).json()
    assert (row["context"]["library_id"], row["rules"]) == ("GNC", {"loan_length": 20})
    assert here.get("/circulation_rules", {"effective": "0", "library_id": "GNC-M"}).json() == []
    assert here.get("/circulation_rules").status_code == 400
    assert here.get("/circulation_rules", query | {"rules": "luck"}).status_code == 400
    assert codes(here.get("/circulation_rules", query | {"patron_category_id": "NOBODY"})) == ["unknown_category"]


def test_rules_are_set_together_or_not_at_all(world: World) -> None:
    boss = world.people["administrator"]
    sent = b'{"library_id": "GNC-M", "rules": {"loan_length": 9, "max_loans": null}}'
    [told] = boss.send("PUT", "/circulation_rules", sent).json()
    assert told["rules"] == {"loan_length": 9, "max_loans": None}
    wrong = b'{"library_id": "GNC-M", "rules": {"loan_length": 30, "renewals_allowed": "many"}}'
    assert codes(boss.send("PUT", "/circulation_rules", wrong)) == ["wrong_type"]
    assert tree().policies["loan_length"] == {("GNC-M", None, None): 9}
    back = b'{"library_id": "GNC-M", "give_back": ["loan_length"]}'
    [told] = boss.send("PUT", "/circulation_rules", back).json()
    assert told["rules"] == {"max_loans": None}
    assert boss.send("PUT", "/circulation_rules", b"{}").status_code == 400
