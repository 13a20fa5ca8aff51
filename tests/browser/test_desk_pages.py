"""The desk's pages as a librarian sees them, and the main job by keyboard from the search box to the returned book."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record, field
from kitabxana.circulation.operations import check_out
from kitabxana.circulation.queries import loans_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.queries import patron_by_card
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.search.operations import index_records

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


@pytest.fixture
def house(nation: None) -> dict[str, int]:
    """A reader with a late loan and one that is not, copies on two shelves, a librarian at GNC-M."""
    records = [
        a_record(field("880", "10", _6="245-01/(N", a="Дәли Күр"), title="Dəli Kür", number="1"),
        a_record(title="Əsli və Kərəm: sətirdən sətrə keçən çox uzun bir nağılın tam mətni", number="2"),
    ]
    patron = a_reader()
    for at, record in enumerate(records):
        item = a_copy(record, barcode=f"B{at}")
        lent = datetime.now(tz=UTC) - timedelta(days=at * 30)
        check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent)
        a_copy(record, barcode=f"C{at}", unit="GNC-2")
    index_records(records)
    a_login("masa", role="librarian", unit="GNC-M")
    return {"record": records[0], "patron": patron}


def sign_in(visitor: Visitor, name: str = "masa") -> None:
    page = visitor.open("/desk/login/")
    visitor.look()
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def test_the_desk_is_whole_quiet_and_accessible(visitor: Visitor, house: dict[str, int]) -> None:
    sign_in(visitor)
    visitor.look()
    for path in (
        f"check-out/{house['patron']}/", "check-in/", "readers/", f"readers/{house['patron']}/",
        f"records/{house['record']}/",
    ):  # fmt: skip
        visitor.open(f"/desk/{path}")
        visitor.look()


def test_the_pages_of_readers_are_whole_quiet_and_accessible(visitor: Visitor, house: dict[str, int]) -> None:
    a_login("boss", role="administrator", unit="GNC-M")
    a_login("officer", role="data_protection", unit="GNC-M")
    at = f"readers/{house['patron']}"
    sign_in(visitor, "boss")
    for path in (
        "readers/new/",
        f"{at}/edit/", f"{at}/merge/?card=R1", f"{at}/leave/", "readers/applications/", "readers/import/",
        "readers/many/",
    ):  # fmt: skip
        visitor.open(f"/desk/{path}")
        visitor.look()
    page = visitor.open(f"/desk/{at}/")
    for more in page.locator("details.k-more").all():
        more.evaluate("element => element.open = true")
    visitor.look()
    page.context.clear_cookies(name="sessionid")
    sign_in(visitor, "officer")
    visitor.open("/desk/audit/")
    visitor.look()
    visitor.open("/join/")
    visitor.look()


def test_a_reader_is_registered_by_keyboard(visitor: Visitor, house: dict[str, int]) -> None:
    sign_in(visitor)
    page = visitor.open("/desk/readers/")
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/readers/new/")
    page.wait_for_selector("input:focus")
    page.keyboard.type("Quliyeva")
    page.keyboard.press("Tab")
    page.keyboard.type("Nərgiz")
    for _ in range(40):
        if page.evaluate("document.activeElement.name") == "category":
            page.keyboard.type("A")
        if page.evaluate("document.activeElement.name") == "card":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("N1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/readers/\d+/$"))
    visitor.look()
    found = patron_by_card("N1", scopes=("",))
    assert found is not None
    assert (found.name, found.category) == ("Quliyeva Nərgiz", "ADULT")


def test_a_book_is_found_lent_and_taken_back_by_keyboard(visitor: Visitor, house: dict[str, int]) -> None:
    page = visitor.open("/")
    page.keyboard.type("deli kur")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search**")
    assert "Dəli Kür" in page.inner_text("main")
    sign_in(visitor)
    page.keyboard.type("R1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-out/**")
    page.wait_for_selector("input:focus")
    page.keyboard.type("C0")
    page.keyboard.press("Enter")
    page.get_by_text("C0").first.wait_for()
    visitor.look()
    assert len(loans_of(house["patron"])) == 3
    visitor.open("/desk/check-in/")
    page.keyboard.type("C0")
    page.keyboard.press("Enter")
    page.get_by_text("GNC-2").first.wait_for()
    visitor.look()
    assert len(loans_of(house["patron"])) == 2
