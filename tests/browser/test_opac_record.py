"""A book's page and what it leads to, in a browser: citations, the shelf, one's own library; without script too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.fronts.opac.limits import buckets
from kitabxana.fronts.opac.tests.readers import a_book, a_copy, index_all

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def a_shelf() -> int:
    """Thirty books with call numbers; returns one in the middle, in two libraries and two editions."""
    records = [a_record(title=f"Qonşu kitab {at}", author=f"Müəllif {at}") for at in range(30)]
    for at, record in enumerate(records):
        a_copy(record, barcode=f"Q{at}", call_number=f"821.{at:02} Q")
    rich = records[15]
    a_copy(rich, barcode="SECOND", unit="SAK-M", call_number="821.15 Q")
    a_book(field("250", a="2-ci nəşr"), title="Qonşu kitab 15", author="Müəllif 15")
    index_all()
    return rich


def test_a_book_and_what_it_leads_to_is_whole_at_every_screen(visitor: Visitor) -> None:
    rich = a_shelf()
    page = visitor.open(f"/records/{rich}/")
    shelf = page.locator(".k-branch a").first.get_attribute("href")
    for address in (f"/records/{rich}/", f"/records/{rich}/cite/", shelf or "", "/shelf/SAK-M?after=1", "/my-library/"):
        visitor.open(address)
        visitor.look()


def test_a_reader_chooses_a_library_and_sees_how_far_each_copy_is(visitor: Visitor) -> None:
    rich = a_shelf()
    page = visitor.open(f"/records/{rich}/")
    expect(page.locator(".k-away")).to_have_count(0)
    page.locator("#copies > p a").click()
    page.locator("button[name=library][value=SAK-M]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{visitor.base}/records/{rich}/")
    expect(page.locator(".k-away")).to_have_count(2)
    expect(page.locator(".k-branch h3").first).to_have_text("SAK-M kitabxanası")
    visitor.look()


def test_without_javascript_the_shelf_is_walked_and_a_book_cited(visitor: Visitor) -> None:
    rich = a_shelf()
    browser = visitor.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, viewport={"width": visitor.width, "height": 740})
    page = plain.new_page()
    page.goto(f"{visitor.base}/records/{rich}/")
    page.locator(".k-branch a").first.click()
    assert page.locator(".k-spine[aria-current]").count() == 1
    page.locator(".k-pager a[rel~=prev]").click()
    assert page.locator(".k-spine").count() > 0
    page.goto(f"{visitor.base}/records/{rich}/")
    page.locator(f'a[href="/records/{rich}/cite/"]').click()
    assert page.locator(".k-cite").count() == 4
    with page.expect_download() as download:
        page.locator(f'a[href="/records/{rich}.ris"]').click()
    assert download.value.suggested_filename == f"record-{rich}.ris"
    plain.close()


def test_who_searches_too_much_reads_when_to_come_back(visitor: Visitor, settings: Settings) -> None:
    a_shelf()
    page = visitor.open("/search?q=kitab")
    settings.SEARCHES_PER_MINUTE = 1
    buckets.cache_clear()
    page.locator("#sort").select_option("title")
    expect(page).to_have_url(f"{visitor.base}/search?q=kitab&sort=title")
    page.locator("#sort").select_option("newest")
    expect(page.locator(".k-error-code")).to_have_text("429")
    buckets.cache_clear()
