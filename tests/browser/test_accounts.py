"""Money at the desk as a librarian sees it, and what the reader sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Source
from kitabxana.charges.operations import charge, set_accruing
from kitabxana.charges.queries import account
from kitabxana.charges.tests.builders import NOW, a_register
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.operations import set_pin
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


@pytest.fixture
def reader(nation: None) -> int:
    """A reader who lost two books, one of no price, and keeps a third too long; a register, a librarian at GNC-M."""
    patron, record = a_reader(), a_record(title="Əsli və Kərəm: sətirdən sətrə keçən çox uzun bir nağılın tam mətni")
    for number, minor in ((1, 1250), (2, 0)):
        charge(patron_id=patron, kind="lost", amount_minor=minor, unit="GNC-M", by=SYSTEM, now=NOW,
               source=Source("loan", number), item_id=a_copy(record, barcode=f"B{number}"))  # fmt: skip
    set_accruing(patron_id=patron, source=Source("loan", 3), amount_minor=60, unit="GNC-M", by=SYSTEM, now=NOW)
    a_register()
    set_pin(patron_id=patron, pin=PASSWORD, by=SYSTEM)
    a_login("masa", role="administrator", unit="GNC-M")
    return patron


def test_a_debt_is_paid_and_the_receipt_stands_there(visitor: Visitor, reader: int) -> None:
    page = visitor.open("/desk/login/")
    page.fill("input[name=username]", "masa")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    visitor.open(f"/desk/readers/{reader}/account/")
    visitor.look()
    page.focus("#amount")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/receipts/*/")
    visitor.look()
    assert "1" in page.inner_text("h1")
    assert account(reader).balances["AZN"].owed_minor == 0
    for line in account(reader).debits:
        visitor.open(f"/desk/readers/{reader}/account/{line.id}/")
        visitor.look()
    for path in ("/desk/registers/", page_of_first_register(visitor)):
        visitor.open(path)
        visitor.look()


def page_of_first_register(visitor: Visitor) -> str:
    page = visitor.open("/desk/registers/")
    return str(page.get_attribute("a[href^='/desk/registers/']:has(strong)", "href"))


def test_the_reader_sees_what_is_owed(visitor: Visitor, reader: int) -> None:
    page = visitor.open("/sign-in/")
    page.fill("input[name=card]", "R1")
    page.fill("input[name=pin]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    visitor.look()
    assert "13,10" in page.inner_text("#charges ~ p") or "13.10" in page.inner_text("#charges ~ p")
