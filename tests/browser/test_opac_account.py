"""A reader's own account in a browser: finding a book, its hold, renewing, history, family, details and PIN."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.operations import charge_by_hand, pay
from kitabxana.charges.queries import receipts_of
from kitabxana.charges.tests.builders import a_till
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.circulation.queries import holds_of, loans_of, past_loans_count
from kitabxana.fronts.opac.tests.readers import PIN, a_book, a_copy, a_reader, a_record, index_all
from kitabxana.patrons.operations import add_guarantor, set_category, set_pin
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
NEW_PIN = "826407"


def enter(page: Page, pin: str = PIN) -> None:
    page.fill("#card", "AZ77")
    page.fill("#pin", pin)
    page.keyboard.press("Enter")


def test_a_reader_finds_a_book_waits_for_it_and_changes_their_mind(visitor: Visitor) -> None:
    reader, other = a_reader(card="AZ77"), a_reader(card="AZ78")
    set_pin(patron_id=reader, pin=PIN, by=SYSTEM)
    now = timezone.now()
    book = a_book(title="Əli və Nino", copies=("GNC-2",))
    check_out(item_id=a_copy(book, barcode="N2", volume="2-ci cild"), patron_id=other, unit="GNC-M", by=SYSTEM, now=now)
    lent = a_copy(a_record(title="Dəli Kür"), barcode="D")
    check_out(item_id=lent, patron_id=reader, unit="GNC-M", by=SYSTEM, now=now)
    index_all()
    page = visitor.open("/search?q=nino")
    visitor.look()
    page.locator(".k-hit-do").click()
    enter(page)
    expect(page.locator("#pickup")).to_be_visible()
    visitor.look()
    page.select_option("#what", "volume:2-ci cild")
    page.select_option("#pickup", "GNC-M")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".k-note--ok")).to_contain_text("Əli və Nino")
    visitor.look()
    page.locator("td a[href*='/account/holds/']").click()
    expect(page.locator("#rest")).to_be_visible()
    visitor.look()
    page.select_option("#pickup", "GNC-2")
    page.locator("button[value=pickup]").click()
    expect(page.locator(".k-facts dd").first).to_have_text("GNC-2 kitabxanası")
    page.fill("#rest", (now + timedelta(days=20)).date().isoformat())
    page.locator("button[value=suspend]").click()
    expect(page.locator("button[value=resume]")).to_be_visible()
    (hold,) = holds_of(reader)
    assert (hold.pickup_unit, hold.suspended, hold.volume) == ("GNC-2", True, "2-ci cild")
    visitor.look()
    page.locator("button[value=cancel]").click()
    expect(page.locator(".k-note--ok")).to_be_visible()
    assert holds_of(reader) == []
    before = loans_of(reader)[0].due_at
    page.locator("form[action='/account/renew/'] button").first.click()
    expect(page.locator(".k-note--ok")).to_contain_text("Dəli Kür")
    assert loans_of(reader)[0].due_at > before


def a_reader_with_a_past() -> tuple[int, int]:
    """A reader with two loans that ended, two wards and a payment: (reader, number of the receipt's page)."""
    reader = a_reader(card="AZ77", email="old@kitab.az")
    set_pin(patron_id=reader, pin=PIN, by=SYSTEM)
    set_category(code="CHILD", names={"az": "Uşaq"}, needs_guarantor=True, by=SYSTEM)
    for number, name in enumerate(("Körpə", "Babayev")):
        child = a_reader(card=f"C{number}", surname=name, category="CHILD")
        add_guarantor(patron_id=child, guarantor_id=reader, relation="parent", by=SYSTEM)
    now = timezone.now()
    for title in ("Dəli Kür", "Xəmsə"):
        item = a_copy(a_record(title=title), barcode=title)
        check_out(item_id=item, patron_id=reader, unit="GNC-M", by=SYSTEM, now=now - timedelta(days=9))
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=now)
    charge_by_hand(patron_id=reader, kind="copy", amount_minor=300, unit="GNC-M", by=SYSTEM, now=now)
    paid = pay(patron_id=reader, amount_minor=100, till=a_till(), by=SYSTEM, now=now, keep_rest=True).id
    return reader, receipts_of([paid])[paid]


def test_a_reader_looks_back_changes_details_and_the_pin_and_sees_the_family(visitor: Visitor) -> None:
    reader, receipt = a_reader_with_a_past()
    page = visitor.open("/account/history/")
    enter(page)
    expect(page.locator("button[value=forget]")).to_have_count(2)
    visitor.look()
    page.locator("button[value=forget]").first.click()
    expect(page.locator("button[value=forget]")).to_have_count(1)
    page.select_option("#history", "never")
    page.locator("button[value=keep]").click()
    expect(page.locator("#history")).to_have_value("never")
    page.locator("details.k-more summary").click()
    visitor.look()
    page.locator("button[value=forget_all]").click()
    expect(page.locator("button[value=forget]")).to_have_count(0)
    assert past_loans_count(reader) == 0
    for address in ("/account/charges/", f"/account/receipts/{receipt}/", "/account/notices/"):
        visitor.open(address)
        visitor.look()
    visitor.open("/account/family/")
    page.locator(".k-chip:not([aria-current])").click()
    expect(page.locator(".k-chip[aria-current]")).to_have_count(1)
    visitor.look()
    visitor.open("/account/details/")
    visitor.look()
    page.fill("#email", "new@kitab.az")
    page.locator("button[value=contact]").click()
    expect(page.locator(".k-note--ok")).to_be_visible()
    assert patrons_by_id([reader])[reader].email == "new@kitab.az"
    for name, pin in (("old_pin", PIN), ("pin", NEW_PIN), ("again", NEW_PIN)):
        page.fill(f"#{name}", pin)
    page.locator("button[value=pin]").click()
    expect(page.locator(".k-note--ok")).to_be_visible()
    with page.expect_download() as download:
        page.locator("form[action='/account/everything/'] button").click()
    assert download.value.suggested_filename.endswith(".json")
    page.context.clear_cookies(name="sessionid")
    visitor.open("/account/")
    enter(page, NEW_PIN)
    expect(page.locator(".k-person h1")).to_contain_text("Əliyeva")
