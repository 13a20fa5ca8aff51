"""Accounts in Koha's shapes: what is owed, what comes in, and who sees whose."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source
from kitabxana.charges.operations import charge, set_accruing
from kitabxana.charges.tests.builders import a_library_in_turkiye, a_register, faults, owes
from kitabxana.fronts.rest.tests.callers import World, a_signed_in_reader, a_world, codes

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


@pytest.fixture
def world() -> World:
    return a_world()


def address(world: World, rest: str = "") -> str:
    return f"/patrons/{world.patron}/account{rest}"


def test_an_account_as_koha_tells_it(world: World) -> None:
    a_library_in_turkiye()
    here = world.people["librarian here"]
    owes(world.patron, 4000, unit="ANK")
    fine = set_accruing(patron_id=world.patron, source=Source("loan", world.loan), amount_minor=60, unit="GNC-M",
                        by=SYSTEM, now=timezone.now(), item_id=world.lent)  # fmt: skip
    assert fine is not None
    told = here.get(address(world)).json()
    assert (told["balance"], told["currency"]) == (0.6, "AZN")
    assert told["outstanding_credits"] == {"total": 0, "lines": []}
    assert told["outstanding_debits"]["total"] == 0.6
    line = told["outstanding_debits"]["lines"][1]
    expected = {
        "account_line_id": fine.id, "patron_id": world.patron, "checkout_id": world.loan, "item_id": world.lent,
        "amount": 0.6, "amount_outstanding": 0.6, "currency": "AZN", "debit_type": "OVERDUE", "credit_type": None,
        "library_id": "GNC-M", "status": "UNRETURNED", "cash_register_id": None,
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert [(one["currency"], one["balance"]) for one in told["balances"]] == [("AZN", 0.6), ("TRY", 40.0)]


def test_a_charge_and_a_payment_of_it(world: World) -> None:
    here, register = world.people["librarian here"], a_register()
    made = here.post(address(world, "/debits"), {"amount": 2.50, "type": "NEW_CARD", "internal_note": "itirib"})
    assert made.status_code == 201
    debit = made.json()
    assert (debit["amount"], debit["debit_type"], debit["internal_note"]) == (2.5, "NEW_CARD", "itirib")
    paid = here.post(
        address(world, "/credits"),
        {"amount": 3, "cash_register_id": register, "account_lines_ids": [debit["account_line_id"]]},
    )
    assert paid.status_code == 201
    credit = paid.json()
    assert (credit["amount"], credit["amount_outstanding"], credit["credit_type"]) == (-3.0, -0.5, "PAYMENT")
    assert (credit["payment_type"], credit["cash_register_id"]) == ("CASH", register)
    told = here.get(address(world)).json()
    assert (told["balance"], told["outstanding_credits"]["total"]) == (-0.5, -0.5)
    assert here.get(address(world, "/credits")).json() == [credit]
    assert here.get(address(world, "/debits")).json() == [debit | {"amount_outstanding": 0.0}]
    assert faults() == {}


def test_a_write_off_names_one_line_and_needs_the_permission(world: World) -> None:
    boss, here = world.people["administrator"], world.people["librarian here"]
    debit = owes(world.patron, 250)
    asked = {"amount": 1, "credit_type": "WRITEOFF", "account_lines_ids": [debit], "library_id": "GNC-M"}
    assert codes(here.post(address(world, "/credits"), asked)) == ["not_permitted"]
    assert boss.post(address(world, "/credits"), asked).json()["credit_type"] == "WRITEOFF"
    assert boss.get(address(world)).json()["balance"] == 1.5
    assert boss.post(address(world, "/credits"), asked | {"account_lines_ids": []}).status_code == 400
    other, _caller = a_signed_in_reader(card="R7")
    assert codes(boss.post(f"/patrons/{other}/account/credits", asked)) == ["unknown_debit"]


def test_a_request_sent_twice_is_done_once(world: World) -> None:
    here, key = world.people["librarian here"], {"Idempotency-Key": str(uuid4())}
    charges = [here.post(address(world, "/debits"), {"amount": 1}, headers=key).json() for _ in range(2)]
    assert charges[0] == charges[1]
    paying, key = {"amount": 1, "payment_type": "CARD"}, {"Idempotency-Key": str(uuid4())}
    paid = [here.post(address(world, "/credits"), paying, headers=key).json() for _ in range(2)]
    assert paid[0] == paid[1]
    assert here.get(address(world)).json()["balance"] == 0
    assert here.post(address(world, "/debits"), {"amount": 1}, headers={"Idempotency-Key": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("part", "body", "status", "code"),
    [
        ("/debits", {"amount": -1}, 400, "bad_request"),
        ("/debits", {"amount": 0.001}, 400, "bad_request"),
        ("/debits", {"amount": 1, "type": "OVERDUE"}, 404, "unknown_charge"),
        ("/debits", {"amount": 1, "library_id": "AZ"}, 404, "unknown_unit"),
        ("/debits", {"amount": 1, "library_id": "SAK-M"}, 403, "not_permitted"),
        ("/debits", {"amount": 1, "patron_id": 1}, 400, "bad_request"),
        ("/credits", {"amount": 1}, 409, "cash_needs_register"),
        ("/credits", {"amount": 0, "payment_type": "CARD"}, 409, "bad_amount"),
        ("/credits", {"amount": 1, "payment_type": "GOLD"}, 404, "unknown_method"),
        ("/credits", {"amount": 1, "cash_register_id": 0}, 404, "unknown_register"),
        ("/credits", {"amount": 1, "payment_type": "CARD", "account_lines_ids": [0]}, 404, "unknown_debit"),
        ("/credits", {"amount": 1, "credit_type": "LOST_FOUND"}, 400, "bad_request"),
    ],
)
def test_what_is_refused(world: World, part: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = world.people["librarian here"].post(address(world, part), body)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert world.people["librarian here"].get(address(world)).json()["balances"] == []


def test_three_people_at_one_account(world: World) -> None:
    """The reader sees what is theirs, without the notes for staff; another reader and another system see nothing."""
    patron, reader = a_signed_in_reader(card="R3")
    _other, stranger = a_signed_in_reader(card="R4")
    here, elsewhere = world.people["librarian here"], world.people["librarian elsewhere"]
    path = f"/patrons/{patron}/account"
    here.post(f"{path}/debits", {"amount": 1, "internal_note": "mübahisəli"})
    assert here.get(path).json()["outstanding_debits"]["lines"][0]["internal_note"] == "mübahisəli"
    own = reader.get(path)
    assert (own.status_code, own.json()["balance"]) == (200, 1.0)
    assert "mübahisəli" not in own.content.decode()
    for part in ("", "/debits", "/credits"):
        assert reader.get(path + part).status_code == 200
        assert stranger.get(path + part).status_code == 403
        assert elsewhere.get(path + part).status_code == 404
    for part in ("/debits", "/credits"):
        assert reader.post(path + part, {"amount": 1}).status_code == 403
    sent = {"amount": 1, "library_id": "SAK-M"}
    assert codes(elsewhere.post(f"{path}/debits", sent)) == ["unknown_patron"]
    assert here.get(path).json()["balance"] == 1.0


def test_lists_go_page_by_page_at_a_price_that_does_not_grow(world: World) -> None:
    here = world.people["librarian here"]
    here.get(address(world, "/debits"))  # the process holds the tree from here on
    costs = []
    for count in (1, 6):
        for number in range(count):
            charge(patron_id=world.patron, kind="rental", amount_minor=10, unit="GNC-M", by=SYSTEM,
                   now=timezone.now(), source=Source("loan", 1000 * count + number))  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            page = here.get(address(world, "/debits"), {"_per_page": 5})
        costs.append(len(queries))
    assert (len(page.json()), page.headers["X-Total-Count"]) == (5, "7")
    assert costs[0] == costs[1] <= 20
    assert here.get(address(world, "/debits"), {"_order_by": "amount"}).status_code == 400
