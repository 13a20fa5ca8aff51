"""The desk at work in a browser: fast scanners, refusals, keys, a lost line, every role, and no JavaScript at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.circulation.queries import loans_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.search.operations import index_records

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Visitor

IN_ENGLISH = pytest.mark.parametrize(
    "visitor", [("desk", "light", "en"), ("phone", "light", "en")], indirect=True, ids=["desk", "phone"]
)


def sign_in(page: Page, base: str, *, role: str = "librarian", unit: str | None = "GNC-M") -> None:
    """By keyboard: the cursor stands in the name's field when the page opens."""
    a_login("nigar", role=role, unit=unit)
    page.goto(f"{base}/desk/")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("nigar")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-bar], button[name=unit]")


def scan(page: Page, code: str) -> None:
    """What a scanner does: type, then Enter; it does not look whether the page is ready."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def scan_with_patience(page: Page, code: str) -> None:
    """Without a script the cursor stands in the bar only when the page has its styles: a librarian sees it blink."""
    expect(page.locator("input[name=q]").first).to_be_focused()
    scan(page, code)


def says(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".k-say-do").first).to_contain_text(text)


@IN_ENGLISH
def test_a_loan_and_its_return_tell_what_to_do(visitor: Visitor) -> None:
    patron, page = a_reader(surname="Əliyeva"), visitor.page
    a_copy(a_record(title="Dəli Kür"), call_number="84(5Az) Ş-66")
    sign_in(page, visitor.base)
    scan(page, "R1")
    expect(page.get_by_role("heading", name="Əliyeva Aytən")).to_be_visible()
    scan(page, "B1")
    says(page, re.compile(r"Lent. Due \d+ \w+ \d{4}"))
    visitor.look()
    expect(page.locator("[data-bar]")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(f"{visitor.base}/desk/")
    page.keyboard.press("Alt+2")
    page.wait_for_url("**/desk/check-in/")
    scan(page, "B1")
    says(page, "To shelf")
    expect(page.locator(".k-say")).to_contain_text("84(5Az) Ş-66")
    visitor.look()
    assert loans_of(patron) == []


@IN_ENGLISH
def test_the_last_scan_is_undone_by_a_key_and_the_book_is_scanned_anew(visitor: Visitor) -> None:
    patron, page = a_reader(), visitor.page
    for number, title in enumerate(("Dəli Kür", "Mahmud və Məryəm")):
        a_copy(a_record(title=title), barcode=f"B{number}")
    sign_in(page, visitor.base)
    visitor.open(f"/desk/check-out/{patron}/")
    scan(page, "B0")
    says(page, "Lent. Due")
    scan(page, "B1")
    page.keyboard.press("Alt+z")  # before the answer to that scan is seen: it is still the one that is undone
    says(page, "Lending undone")
    expect(page.locator(".k-say")).to_contain_text("Mahmud və Məryəm")
    expect(page.locator("[data-bar]")).to_be_focused()
    visitor.look()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("Alt+z")  # nothing is left to be undone
    scan(page, "B1")
    says(page, "Lent. Due")
    expect(page.locator("tbody tr")).to_have_count(2)
    visitor.open("/desk/check-in/")
    scan(page, "B0")
    says(page, "To shelf")
    page.get_by_role("button", name="Undo the last scan").click()
    says(page, "Check-in undone")
    expect(page.locator("[data-bar]")).to_be_focused()
    visitor.look()
    assert len(loans_of(patron)) == 2


@IN_ENGLISH
def test_a_scanner_faster_than_the_server_loses_nothing(visitor: Visitor) -> None:
    set_policy(name="max_loans", value=50, by=SYSTEM)
    patron, record, page = a_reader(), a_record(), visitor.page
    codes = [f"B{number}" for number in range(6)]
    for code in codes:
        a_copy(record, barcode=code)
    sign_in(page, visitor.base)
    visitor.open(f"/desk/check-out/{patron}/")
    for code in (*codes, codes[0]):
        scan(page, code)
    says(page, "Already lent to this reader")
    assert len(loans_of(patron)) == 6
    expect(page.locator("tbody tr")).to_have_count(6)
    expect(page.locator("[data-bar]")).to_have_value("")


@IN_ENGLISH
def test_refusals_stay_until_read_and_escape_goes_back_step_by_step(visitor: Visitor) -> None:
    patron, record, page = a_reader(), a_record(), visitor.page
    a_copy(record, damaged=True)
    a_copy(record, barcode="B2")
    sign_in(page, visitor.base)
    visitor.open(f"/desk/check-out/{patron}/")
    scan(page, "YOX")
    scan(page, "B1")
    expect(page.locator(".k-problem")).to_have_count(2)
    says(page, "Not lent")
    visitor.look()
    page.keyboard.press("Alt+o")
    says(page, "Lent. Due")
    scan(page, "B2")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".k-problem")).to_have_count(1)
    page.keyboard.type("unfinished")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bar]")).to_have_value("")
    expect(page.locator(".k-problem")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".k-problem")).to_have_count(0)
    expect(page.locator("[data-bar]")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(f"{visitor.base}/desk/")


@IN_ENGLISH
def test_the_keys_are_shown_on_a_question_mark_and_leave_on_escape(visitor: Visitor) -> None:
    page = visitor.page
    sign_in(page, visitor.base)
    page.keyboard.type("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    visitor.look()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator("[data-bar]")).to_be_focused()


@IN_ENGLISH
def test_a_lost_line_is_told_with_what_was_not_done(visitor: Visitor) -> None:
    patron, page = a_reader(), visitor.page
    a_copy(a_record())
    sign_in(page, visitor.base)
    visitor.open(f"/desk/check-out/{patron}/")
    visitor.context.set_offline(True)
    scan(page, "B1")
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#lost")).to_contain_text("B1")
    assert loans_of(patron) == []
    visitor.context.set_offline(False)
    scan(page, "B1")
    says(page, "Lent. Due")
    expect(page.locator("#lost")).to_be_visible()  # told until read


def test_without_javascript_the_same_forms_do_the_same(
    chromium: Browser, nation: None, live_server: LiveServer
) -> None:
    patron = a_reader()
    a_copy(a_record(), damaged=True)
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = context.new_page()
    sign_in(page, live_server.url)
    scan_with_patience(page, "R1")
    page.wait_for_url("**/check-out/**")
    scan_with_patience(page, "B1")
    says(page, "Not lent")
    page.get_by_role("button", name="Lend all the same").click()
    says(page, "Lent. Due")
    page.get_by_role("button", name="Renew all").click()
    says(page, "Renewed. Due")
    assert [loan.renewals for loan in loans_of(patron)] == [1]
    page.get_by_role("button", name="Done").click()
    page.get_by_role("navigation").get_by_role("link", name="Check in").click()
    page.wait_for_url("**/check-in/")
    scan_with_patience(page, "B1")
    says(page, "To shelf")
    context.close()


@pytest.mark.parametrize(("role", "unit"), [("librarian", "GNC-M"), ("cataloguer", "GNC-M"), ("administrator", None)])
def test_every_page_for_every_role(visitor: Visitor, role: str, unit: str | None) -> None:
    record = a_record(field("880", "1 ", _6="245-01/(3/r", a="دلی کور"), title="Dəli Kür")
    patron, other = a_reader(surname="Dəliyeva", phone="+994 50 000 00 00"), a_reader(card="R2", surname="Dəlizadə")
    lent, now = a_copy(record), timezone.now()
    a_copy(record, barcode="B2", unit="SAK-M", withdrawn=True)
    check_out(item_id=lent, patron_id=patron, unit="GNC-M", by=SYSTEM, now=now)
    place_hold(record_id=record, patron_id=other, pickup_unit="GNC-M", by=SYSTEM, now=now)
    index_records([record])
    sign_in(visitor.page, visitor.base, role=role, unit=unit)
    visitor.look()
    if unit is None:
        visitor.page.click("button[value=GNC-M]")
        visitor.page.wait_for_url("**/desk/")
    paths = ["?q=dəli", "?q=yoxdur", f"records/{record}/", f"records/{record}/?copy={lent}", "library/"]
    if role != "cataloguer":
        paths += ["readers/", "readers/?q=yoxdur", f"readers/{other}/"]
    for path in paths:
        visitor.open(f"/desk/{path}")
        visitor.look()
