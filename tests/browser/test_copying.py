"""A book with its ISBN at another catalogue: from the first page to the copy with its barcode, counted key by key."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import newest
from kitabxana.exchange.facts import SearchTarget
from kitabxana.exchange.operations import set_target
from kitabxana.exchange.tests.test_copying import real as real  # noqa: PLC0414 - a fixture
from kitabxana.exchange.tests.test_copying import with_isbn
from kitabxana.exchange.tests.test_z3950 import host_of
from kitabxana.holdings.operations import add_item_type
from kitabxana.holdings.queries import items_of
from kitabxana.organisation.tests.builders import a_login
from tests.browser.test_desk_form import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Visitor

KEYS = 3
"""Alt 0 asks other catalogues, Enter takes the record over, Alt S adds the copy."""


class Hands:
    """What a cataloguer does, counted: a scan (with the Enter that a scanner sends) is one deed, a key another."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.scans = page, 0, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def scan(self, text: str) -> None:
        """Into wherever the keyboard is: the page must have put it there."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        self.scans += 1


@pytest.fixture
def targets(nation: None, real: str, settings: Any) -> None:
    settings.OUTGOING_INSIDE = [ipaddress.ip_network("127.0.0.0/8")]
    a_login("ayla", role="cataloguer", unit="GNC-M")
    a_login("rza", role="administrator", unit="GNC-M")
    add_item_type(code="BK", names={"az": "Kitab", "en": "Book"}, by=SYSTEM)
    set_target(SearchTarget("Ankara", real, unit="GNC-M"), by=SYSTEM)
    z3950 = SearchTarget(
        "Bakı", host_of(real), protocol="z3950", database="Default", unit="GNC-M", login="a", password="b"
    )
    set_target(z3950, by=SYSTEM)
    set_target(SearchTarget("Heç kim", "127.0.0.1:9", protocol="z3950", database="d", unit="GNC-M"), by=SYSTEM)


def test_a_book_found_elsewhere_is_on_the_shelf_in_two_scans_and_three_keys(visitor: Visitor, targets: None) -> None:
    page = sign_in(visitor, "ayla")
    isbn, marc = with_isbn()
    hands = Hands(page)
    hands.press("Alt+0")
    page.wait_for_url("**/copying/")
    hands.scan(isbn)
    expect(page.locator("button[name=then][value=items]:focus")).to_have_count(1)
    visitor.look()
    hands.press("Enter")
    page.wait_for_url("**/items/new/")
    visitor.look()
    hands.scan("4760001234567")
    hands.press("Alt+s")
    page.wait_for_url(lambda url: "/items/new/" not in url)
    visitor.look()
    [(number, brief)] = newest(1)
    assert brief["isbn"] == isbn
    assert [item.barcode for item in items_of([number])[number]] == ["4760001234567"]
    assert (hands.scans, hands.keys) == (2, KEYS)
    assert len(marc["fields"]) > 5


def test_the_form_of_a_target_shows_what_its_protocol_asks_for(visitor: Visitor, targets: None) -> None:
    page = sign_in(visitor, "rza")
    visitor.open("/desk/copying/catalogues/?unit=GNC-M")
    page.locator("summary", has_text="Bakı").click()
    page.locator("details[open] [name=database]").wait_for()
    visitor.look()
    new = page.locator("form.k-target").last
    expect(new.locator("[name=version]")).to_be_visible()
    expect(new.locator("[name=database]")).to_be_hidden()
    new.locator("[name=protocol]").select_option("z3950")
    expect(new.locator("[name=version]")).to_be_hidden()
    new.locator("[name=name]").fill("LC")
    new.locator("[name=address]").fill("z3950.example.org:7090")
    new.locator("[name=database]").fill("VOYAGER")
    visitor.look()
    new.locator("button.btn-primary").click()
    expect(page.locator("summary", has_text="LC")).to_be_visible()
