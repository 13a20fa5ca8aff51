"""A cataloguer's form by keyboard: filled, chosen from authorities and codes, moved about, checked, kept, saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import newest, record
from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.organisation.tests.builders import PASSWORD, a_login

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Visitor

FIXED = "240101n| azannaabn          |n aaa     d"


@pytest.fixture
def number(nation: None) -> int:
    a_login("ayla", role="cataloguer", unit="GNC-M")
    a_login("rza", role="administrator")
    heading = field("100", "1 ", a="Şıxlı, İsmayıl,", d="1919-1995")
    authority = [{"001": "n1"}, {"003": "AzBaMK"}, {"008": FIXED}, heading]
    save_record(
        record_id=None, marc={"leader": "00000nz  a2200000n  4500", "fields": authority}, version=None, by=SYSTEM,
        now=timezone.now(), through="desk",
    )  # fmt: skip
    return a_record(field("513", a="Məruzə"), field("500", a="bir"), field("500", a="iki"), title="Dəli Kur")


def sign_in(visitor: Visitor, name: str) -> Page:
    if visitor.width > 1000:
        visitor.page.set_viewport_size({"width": 1366, "height": 768})
    page = visitor.open("/desk/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


@pytest.fixture
def ayla(visitor: Visitor, number: int) -> Visitor:
    sign_in(visitor, "ayla")
    return visitor


def box(page: Page, tag: str, code: str, *, row: int = 0) -> Locator:
    """The box of a subfield, by its code."""
    inside = page.locator(f'[data-tag="{tag}"]').nth(row).locator(".k-sub")
    return inside.filter(has=page.locator(f'.k-code[value="{code}"]')).locator("textarea, input.form-control").first


def test_a_new_book_is_catalogued_by_keyboard(ayla: Visitor, number: int) -> None:
    page = ayla.open("/desk/records/new/?framework=book")
    ayla.look()
    box(page, "100", "a").fill("şıxlı")
    page.locator("#look [role=option]").first.wait_for()
    ayla.look()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator('[data-tag="100"] textarea', has_text="1919-1995").wait_for()
    assert box(page, "100", "0").input_value() == "(AzBaMK)n1"
    box(page, "245", "a").fill("Dəli Kür /")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == box(page, "245", "a").get_attribute("name")
    page.keyboard.press("Enter")
    page.keyboard.type("İsmayıl Şıxlı")
    page.locator("#preview h2", has_text="Dəli Kür").wait_for()
    page.locator("#check .k-state--in").wait_for()
    page.locator('[data-tag="008"] summary').click()
    page.locator('[data-build="008"] select[data-start="33"]').select_option("f")
    assert page.locator('[data-tag="008"] input[name^=c]').input_value()[33] == "f"
    place = page.locator('[data-build="008"] [data-look="country"]')
    place.fill("tu")
    page.locator("#look [role=option]", has_text="tu").first.click()
    assert page.locator('[data-tag="008"] input[name^=c]').input_value()[15:18] == "tu#"
    ayla.look()
    page.keyboard.press("Control+s")
    page.wait_for_url("**/?saved=1")
    found = record(newest(1)[0][0])
    assert found is not None
    assert (found.brief["title"], found.brief["author"]) == ("Dəli Kür", "Şıxlı, İsmayıl")


def test_rows_are_moved_by_keyboard_and_nothing_unshown_is_lost(ayla: Visitor, number: int) -> None:
    page = ayla.open(f"/desk/records/{number}/edit/")
    ayla.look()
    box(page, "500", "a", row=1).focus()
    page.keyboard.press("Alt+ArrowUp")
    assert [one.input_value() for one in page.locator('[data-tag="500"] textarea').all()] == ["iki", "bir"]
    page.keyboard.press("Alt+k")
    page.keyboard.type("üç")
    page.keyboard.press("Alt+s")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("AzBaMK")
    page.keyboard.press("Alt+a")
    page.keyboard.type("586")
    page.keyboard.press("Enter")
    page.locator('[data-tag="586"] textarea').wait_for()
    page.keyboard.type("Mükafat")
    page.locator("#check .k-small").last.wait_for()
    ayla.look()
    page.keyboard.press("Control+s")
    page.wait_for_url("**/?saved=2")
    found = record(number)
    assert found is not None
    assert [entry for entry in found.marc["fields"] if "500" in entry] == [
        field("500", a="iki"), field("500", a="üç", _5="AzBaMK"), field("500", a="bir"),
    ]  # fmt: skip
    assert field("513", a="Məruzə") in found.marc["fields"]
    assert field("586", a="Mükafat") in found.marc["fields"]


def test_a_fault_leads_to_its_box_and_what_was_typed_comes_back(ayla: Visitor, number: int) -> None:
    page = ayla.open(f"/desk/records/{number}/edit/")
    box(page, "020", "a").fill("9789952800006")
    page.locator("#check button[data-to][data-code=a]").click()
    assert page.evaluate("document.activeElement.value") == "9789952800006"
    page.locator("#check p.k-small").wait_for()
    ayla.open("/desk/")
    ayla.complaints.clear()  # the preview that was still on its way when the page was left
    page = ayla.open(f"/desk/records/{number}/edit/")
    ayla.look()
    page.locator("a[href='?draft=1']").click()
    page.wait_for_url("**/?draft=1")
    assert box(page, "020", "a").input_value() == "9789952800006"
    page.keyboard.press("Alt+t")
    page.locator("#text").wait_for()
    assert "020 ## $a9789952800006" in page.locator("#text").input_value()
    ayla.look()
    page.keyboard.press("Alt+t")
    page.locator("#rows").wait_for()
    ayla.open("/desk/macros/")
    ayla.look()


def test_a_framework_is_changed_at_a_level(visitor: Visitor, number: int) -> None:
    page = sign_in(visitor, "rza")
    visitor.open("/desk/frameworks/?unit=GNC-M&framework=book&tag=500")
    if "/library/" in page.url:
        page.locator("main button").first.click()
        page.wait_for_load_state("networkidle")
        visitor.open("/desk/frameworks/?unit=GNC-M&framework=book&tag=500")
    visitor.look()
    page.locator("#n-1-az").fill("Bizim qeyd")
    page.locator(".k-opened button.btn-primary").first.click()
    page.locator(".k-note--ok").wait_for()
    visitor.look()
    assert page.locator("#t500", has_text="GNC-M").count() == 1
    visitor.open("/desk/values/?unit=GNC-M")
    page.locator("#list").fill("source")
    page.locator("#code").fill("gift")
    page.locator("#new-az").fill("Hədiyyə")
    page.keyboard.press("Enter")
    page.locator(".k-note--ok").wait_for()
    visitor.look()
