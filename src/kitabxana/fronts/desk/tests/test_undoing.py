"""Undo of the last scan: with htmx and without, told in place, once, and only that of this page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import place_hold
from kitabxana.circulation.queries import loans_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.fronts.desk.tests.people import cataloguer, librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

HTMX = {"hx-request": "true"}
BUTTON = "Undo the last scan"


def form_of(page: str) -> dict[str, str]:
    """What the page's form for undoing would send; {} where it has none."""
    forms = re.findall(r"<form[^>]* data-undo>.*?</form>", page, re.DOTALL)
    assert len(forms) <= 1
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[0])) if forms else {}


def part(client: Client, address: str, **values: Any) -> str:
    """As the page does it with a script."""
    answer = client.post(address, values, headers=HTMX)
    assert answer.status_code == 200
    return str(answer.content.decode())


def whole(client: Client, address: str, **values: Any) -> str:
    """Without a script."""
    return str(client.post(address, values, follow=True).content.decode())


@pytest.mark.parametrize("send", [part, whole])
def test_a_lending_is_undone_in_place_and_the_same_scan_lends_again(send: Callable[..., str]) -> None:
    patron, record = a_reader(), a_record(title="Əli və Nino")
    a_copy(record)
    client, address = librarian(), f"/desk/check-out/{patron}/"
    assert form_of(client.get(address).content.decode()) == {}
    lent = send(client, address, q="B1", once="k1", onsite="1")
    form = form_of(lent)
    assert (form["act"], form["loan"], form["barcode"]) == ("lend", str(loans_of(patron)[0].id), "B1")
    assert BUTTON in lent
    undone = send(client, "/desk/undo/", **form)
    assert "Lending undone" in undone
    assert undone.index("Lending undone") < undone.index("Əli və Nino") < undone.index("B1</p>")
    assert "The reader has no loans." in undone
    assert form_of(undone) == {}, "nothing is left to be undone"
    assert ('name="onsite" value="1" checked' in undone) == (send is whole), (
        "what was ticked stays; htmx leaves the bar"
    )
    assert loans_of(patron) == []
    assert "Lending undone" in send(client, "/desk/undo/", **form), "the answer was lost: told again, done once"
    assert "Lent. Due" in send(client, address, q="B1", once="k1"), "the key of what was undone is free again"
    assert len(loans_of(patron)) == 1
    assert_all_true()


@pytest.mark.parametrize("send", [part, whole])
def test_a_return_is_undone_in_place_and_leaves_the_list(send: Callable[..., str]) -> None:
    patron, record = a_reader(), a_record(title="Əli və Nino")
    client = librarian()
    for number, unit in enumerate(("GNC-M", "GNC-2")):
        a_copy(record, barcode=f"B{number}", unit=unit)
        part(client, f"/desk/check-out/{patron}/", q=f"B{number}")
    loans = loans_of(patron)
    send(client, "/desk/check-in/", q="B0")
    taken = send(client, "/desk/check-in/", q="B1", once="k1")
    assert "Send to GNC-2" in taken
    form = form_of(send(client, "/desk/check-in/", q="B1"))
    assert form["barcode"] == "B1", "a scanner that reads a book twice takes nothing from it"
    undone = send(client, "/desk/undo/", **form)
    assert undone.index("Check-in undone") < undone.index("Əli və Nino") < undone.index("B1</p>")
    assert ("Send to GNC-2" in undone, 'data-label="Barcode">B1' in undone) == (False, False)
    assert 'data-label="Barcode">B0' in undone
    assert loans_of(patron) == loans[1:]
    assert "Send to GNC-2" in send(client, "/desk/check-in/", q="B1", once="k1")
    assert loans_of(patron) == []
    assert_all_true()


def test_what_is_not_undone_any_more_is_told_in_place() -> None:
    set_policy(name="rental_fee", value=50, by=SYSTEM)
    patron, record = a_reader(), a_record(title="Dumanlı Təbriz")
    a_copy(record)
    client, address = librarian(), f"/desk/check-out/{patron}/"
    form = form_of(part(client, address, q="B1"))
    refused = part(client, "/desk/undo/", **form)
    assert "Not undone" in refused
    assert "This can&#x27;t be undone any more. Check the item in, or lend it again." in refused
    assert "Dumanlı Təbriz · B1" in refused
    assert form_of(refused) == {}
    assert len(loans_of(patron)) == 1
    place_hold(
        record_id=record, patron_id=a_reader(card="R2"), pickup_unit="GNC-M", by=SYSTEM, now=loans_of(patron)[0].lent_at
    )
    held = whole(client, "/desk/check-in/", q="B1")
    assert "Hold shelf" in held
    assert "Not undone" in whole(client, "/desk/undo/", **form_of(held))
    assert loans_of(patron) == []


def test_only_the_last_act_of_this_sitting_is_offered() -> None:
    patron, record, client = a_reader(), a_record(), librarian()
    for number in range(3):
        a_copy(record, barcode=f"B{number}")
    address = f"/desk/check-out/{patron}/"
    first = form_of(part(client, address, q="B0"))
    part(client, address, q="B1")
    stale = part(client, "/desk/undo/", **first)
    assert "Not undone" in stale, "another scan came after that of this page"
    assert len(loans_of(patron)) == 2
    for after in ("/desk/done/", f"/desk/check-out/{patron}/renew/"):
        part(client, address, q="B2")
        assert form_of(client.get(address).content.decode())["barcode"] == "B2", "a page looked at again still has it"
        assert form_of(client.get("/desk/check-in/").content.decode()) == {}
        client.post(after, {"all": "1"})
        assert form_of(client.get(address).content.decode()) == {}
        part(client, "/desk/check-in/", q="B2")
    part(client, address, q="B2")
    assert form_of(part(client, address, q="B2"))["barcode"] == "B2", "read twice by the scanner"
    assert form_of(part(client, address, q="NOPE")) == {}


def test_an_undo_that_names_nothing_goes_home_and_one_without_the_permission_nowhere() -> None:
    client = librarian()
    for form in ({}, {"act": "lend"}, {"act": "lend", "loan": "x"}, {"act": "burn", "loan": "1"}):
        assert client.post("/desk/undo/", form)["Location"] == "/desk/"
    lend = {"act": "lend", "loan": "1", "barcode": "B1"}
    assert client.post("/desk/undo/", lend)["Location"] == "/desk/", "nobody stands at the desk"
    assert client.post("/desk/undo/", lend, headers=HTMX)["HX-Redirect"] == "/desk/"
    assert "Not undone" in whole(client, "/desk/undo/", act="return", loan="1")
    assert cataloguer().post("/desk/undo/", lend).status_code == 403
