"""A cataloguer at the keyboard: a record typed, its fault mended, saved, changed by two, looked back at, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import history, record
from kitabxana.catalogue.tests.builders import a_record, field, marc
from kitabxana.organisation.tests.builders import PASSWORD, a_login

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


@pytest.fixture
def number(nation: None) -> int:
    a_login("ayla", role="cataloguer", unit="GNC-M")
    return a_record(field("650", " 4", a="Azərbaycan ədəbiyyatı", x="Tarix və tənqid"), title="Dəli Kur", number="77")


@pytest.fixture
def ayla(visitor: Visitor, number: int) -> Visitor:
    visitor.context.add_cookies([{"name": "editor", "value": "text", "url": visitor.base}])
    page = visitor.open("/desk/login/")
    page.fill("[name=username]", "ayla")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    return visitor


def brief_title(number: int) -> str:
    found = record(number)
    return str(found.brief["title"]) if found else ""


def test_a_record_is_mended_by_keyboard_and_its_history_tells_it(ayla: Visitor, number: int) -> None:
    page = ayla.open(f"/desk/records/{number}/")
    ayla.look()
    page.keyboard.press("Alt+e")
    page.wait_for_url("**/edit/")
    ayla.look()
    box = page.locator("#text")
    text = box.input_value()
    box.fill(text.replace("Kur", "Kür") + "\n020 ## $a9789952800006")
    page.locator("#check button[data-line='8']").click()
    chosen = "(box) => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert box.evaluate(chosen) == "020 ## $a9789952800006"
    ayla.look()
    box.fill(text.replace("Kur", "Kür") + "\n020 ## $a9789952800005")
    page.locator("#check .k-state--in").wait_for()
    page.keyboard.press("Control+s")
    page.wait_for_url("**/?saved=2")
    ayla.look()
    assert brief_title(number) == "Dəli Kür"
    ayla.open(f"/desk/records/{number}/history/")
    ayla.look()
    page.locator("button[name=wanted]").first.click()
    page.wait_for_load_state("networkidle")
    assert brief_title(number) == "Dəli Kur"
    assert [one.version for one in history(number)] == [3, 2, 1]


def test_two_at_one_record_see_each_other(ayla: Visitor, number: int) -> None:
    page = ayla.open(f"/desk/records/{number}/edit/")
    theirs = marc(field("500", a="Başqasının qeydi."), title="Dəli Kür (başqası)", number="77")
    save_record(record_id=number, marc=theirs, version=1, by=SYSTEM, now=_now(), through="rest")
    box = page.locator("#text")
    box.fill(box.input_value().replace("Kur", "Kür"))
    ayla.complaints.clear()
    page.locator("form[data-record-form] button").last.click()
    page.locator("tr.k-conflict").wait_for()
    ayla.complaints[:] = [one for one in ayla.complaints if "409" not in one]  # the browser names the answer's status
    ayla.look()
    assert "Başqasının qeydi." in box.input_value()
    page.keyboard.press("Control+s")
    page.wait_for_url("**/?saved=3")
    assert brief_title(number) == "Dəli Kür"


def test_a_new_record_and_a_tombstone(ayla: Visitor, number: int) -> None:
    page = ayla.open("/desk/")
    page.keyboard.press("Alt+5")
    page.wait_for_url("**/records/new/")
    ayla.look()
    ayla.open(f"/desk/records/{number}/history/")
    page.locator("main details summary").click()
    page.locator("details button").click()
    page.wait_for_load_state("networkidle")
    ayla.look()
    assert record(number, hidden=True) is None
    page.locator("form[action$='/undelete/'] button").click()
    page.wait_for_load_state("networkidle")
    assert brief_title(number) == "Dəli Kur"
    ayla.look()


def _now() -> datetime:
    return datetime.now(tz=UTC)
