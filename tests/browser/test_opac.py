"""The reader's pages in a browser: seen, searched and used at every screen, by mouse and by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.fronts.opac.tests.readers import PIN, a_book, a_copy, a_reader, index_all
from kitabxana.patrons.operations import set_pin

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def a_shelf() -> int:
    """Books enough for facets and two pages; returns one with everything on it."""
    for number in range(23):
        a_record(
            field("650", " 7", a=f"Mövzu {number % 5}"), title=f"Kür nağılları {number}", author=f"Müəllif {number % 6}"
        )
    rich = a_book(
        field("520", a="Kür boyunda bir nəslin taleyi."),
        field("650", " 7", a="Azərbaycan ədəbiyyatı"),
        field("880", "10", _6="245-01/(3/r", a="دلی کور"),
        title="Dəli Kür",
        copies=("GNC-M", "GNC-M", "SAK-M"),
    )
    check_out(item_id=a_copy(rich, barcode="L1"), patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=timezone.now())
    index_all()
    return rich


def test_every_public_page_is_whole_at_every_screen(visitor: Visitor) -> None:
    rich = a_shelf()
    addresses = (
        "/", "/search?q=kür", "/search?q=zzzq&library=GNC&in=title", "/search?q=kür&library=GNC&language=aze&page=2",
        f"/records/{rich}/", f"/records/{rich}/marc/", "/sign-in/",
    )  # fmt: skip
    for address in addresses:
        visitor.open(address)
        visitor.look()


def test_a_reader_finds_narrows_and_opens_a_book(visitor: Visitor) -> None:
    rich = a_shelf()
    page = visitor.open("/")
    page.locator("input[type=search]").fill("deli kur")
    page.keyboard.press("Enter")
    expect(page.locator(".k-hit")).to_have_count(1)
    visitor.open("/search?q=kür")
    if visitor.width < 992:
        page.locator(".k-drawer-open").click()
    page.locator("details.k-facet").first.get_by_role("link").first.click()
    expect(page.locator(".k-chip")).to_have_count(1)
    expect(page).to_have_url(f"{visitor.base}/search?q=k%C3%BCr&library=GNC")
    expect(page.locator("#said")).not_to_be_empty()
    assert page.locator("#here").input_value() == "/search?q=k%C3%BCr&library=GNC"
    visitor.look()
    page.go_back()
    expect(page.locator(".k-chip")).to_have_count(0)
    page.locator("#sort").select_option("title")
    expect(page.locator(".k-hit-title").first).to_have_text("Dəli Kür")
    page.locator(".k-hit-title").get_by_role("link", name="Dəli Kür").click()
    expect(page).to_have_url(f"{visitor.base}/records/{rich}/")
    expect(page.locator(".k-branch")).to_have_count(2)


def test_what_is_typed_is_offered_and_what_is_on_the_shelf_is_kept(visitor: Visitor) -> None:
    a_shelf()
    page = visitor.open("/")
    box = page.locator("input[type=search]")
    box.press_sequentially("DELI")
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("Dəli Kür")
    box.press("ArrowDown")
    expect(page.locator("#suggestions [aria-selected=true]")).to_have_count(1)
    visitor.look()
    box.press("Enter")
    expect(page.locator(".k-hit-title").first).to_have_text("Dəli Kür")
    visitor.open("/search?q=kür&available=1")
    expect(page.locator(".k-chip")).to_have_count(1)
    page.locator(".k-chip").click()
    expect(page).to_have_url(f"{visitor.base}/search?q=k%C3%BCr")


def test_a_reader_signs_in_renews_and_leaves(visitor: Visitor) -> None:
    reader, other = a_reader(card="AZ77"), a_reader(card="AZ78")
    set_pin(patron_id=reader, pin=PIN, by=SYSTEM)
    now = timezone.now()
    for title, days in (("Dəli Kür", 0), ("Xəmsə", 40)):
        item = a_copy(a_record(title=title), barcode=title)
        check_out(item_id=item, patron_id=reader, unit="GNC-M", by=SYSTEM, now=now - timedelta(days=days))
    wanted = a_record(title="Əli və Nino")
    check_out(item_id=a_copy(wanted, barcode="N"), patron_id=other, unit="GNC-M", by=SYSTEM, now=now)
    place_hold(record_id=wanted, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=now)
    page = visitor.open("/account/")
    page.fill("#card", "AZ77")
    page.fill("#pin", PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".k-person h1")).to_contain_text("Əliyeva")
    expect(page.locator(".k-state--late")).to_have_count(1)
    visitor.look()
    page.locator(".k-results-head button").click()
    expect(page.locator(".k-note--ok")).to_have_count(2)
    expect(page.locator(".k-state--late")).to_have_count(0)
    visitor.look()
    page.locator(".k-person-do button").click()
    expect(page).to_have_url(f"{visitor.base}/")
    page.goto(f"{visitor.base}/account/")
    expect(page.locator("#pin")).to_be_visible()


def test_the_keyboard_reaches_everything_and_gets_out_again(visitor: Visitor) -> None:
    a_shelf()
    page = visitor.open("/search?q=kür&language=aze")
    wanted = page.evaluate("[...document.querySelectorAll('main a, main button, main input, main select')]"
                           ".filter(one => one.checkVisibility() && one.type !== 'hidden').length")  # fmt: skip
    page.evaluate("document.body.focus()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    met = 0
    for _ in range(3 * wanted):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement.closest('main a, main button, main input, main select') !== null"
        )
        if not inside and met >= wanted:
            break
        met += inside
    assert met == wanted
    assert page.evaluate("document.activeElement.closest('footer') !== null"), "the way out leads on"


def test_without_javascript_it_all_works(visitor: Visitor) -> None:
    a_shelf()
    browser = visitor.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, viewport={"width": visitor.width, "height": 740})
    page = plain.new_page()
    page.goto(f"{visitor.base}/?")
    page.fill("input[name=q]", "kür")
    page.locator("main button.btn-primary").click()
    assert page.locator(".k-hit").count() == 20
    page.locator(".k-pager a[rel=next]").click()
    assert page.locator(".k-hit").count() == 4
    page.locator("button[name=language][value=ru]").click()
    assert page.locator("html").get_attribute("lang") == "ru"
    assert page.locator(".k-hit").count() == 4, "the switch stays on the page"
    plain.close()


def test_no_page_shifts_while_it_loads(visitor: Visitor) -> None:
    rich = a_shelf()
    visitor.page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) "
        "if (!entry.hadRecentInput) window.shifted += entry.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    for address in ("/", "/search?q=kür", f"/records/{rich}/"):
        page = visitor.open(address)
        assert page.evaluate("window.shifted") < 0.02, address
