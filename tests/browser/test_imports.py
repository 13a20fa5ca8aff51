"""An import at the desk in a browser: a file chosen, progress that moves by itself, a doubtful record looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import count_records
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.operations import advance, import_marc
from kitabxana.exchange.tests.builders import a_file, copy_952, numbered
from tests.browser.test_desk import sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Visitor


def test_an_import_from_the_file_to_the_shelf_and_back(visitor: Visitor, tmp_path: Path) -> None:
    import_marc(
        a_file(tmp_path / "ours.mrc", [book(title="Dəli Kür"), book(title="Xəmsə", author="Nizami")]), by=SYSTEM
    )
    doubtful = book(copy_952("T2"), title="Dəli Kür", year="1983", publisher="", pages="")
    same = book(copy_952("T1"), title="Хәмсә", author="Низами", publisher="Јазычы")
    file = a_file(tmp_path / "ankara.mrc", [doubtful, same, *numbered(4)], junk_after=2)
    page = visitor.page
    sign_in(page, visitor.base, role="cataloguer")
    visitor.open("/desk/imports/")
    visitor.look()
    page.set_input_files("#file", str(file))
    page.locator("form[enctype] button").click()
    expect(page.locator("progress")).to_be_visible()
    while advance():
        pass
    expect(page.locator("progress")).to_have_count(0)  # the page has seen the end by itself
    visitor.look()
    expect(page.locator("form[action$='/commit/'] button")).to_be_disabled()
    page.locator("tbody tr").first.locator("a").first.click()
    page.wait_for_load_state("networkidle")
    visitor.look()
    page.locator("button[name=decision][value=join]").click()
    page.wait_for_load_state("networkidle")
    page.locator("form[action$='/commit/'] button").click()
    while advance():
        pass
    page.wait_for_selector("form[action$='/undo/'] button")
    assert count_records() == 6
    visitor.look()
    page.locator("form[action$='/undo/'] button").click()
    while advance():
        pass
    expect(page.locator("progress")).to_have_count(0)
    assert count_records() == 2
    visitor.open("/desk/imports/")
    visitor.look()


@pytest.mark.parametrize("visitor", [("desk", "light", "az")], indirect=True, ids=["desk"])
def test_the_imports_are_a_key_away(visitor: Visitor) -> None:
    sign_in(visitor.page, visitor.base, role="cataloguer")
    visitor.page.keyboard.press("Alt+7")
    visitor.page.wait_for_url("**/desk/imports/")
