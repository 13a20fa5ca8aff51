"""The tour that takes the pictures of docs/librarian, in az and en; it goes round with --pictures only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_public_holidays, assign_role, describe_unit, set_policy
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.operations import set_category
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.search.operations import index_records
from tests.browser.test_desk_pages import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Visitor

MOST_BYTES = 60_000
NAMES = {
    "GNC": ("Gəncə MKS", "Ganja library system"),
    "GNC-M": ("Gəncə Mərkəzi Kitabxanası", "Ganja Central Library"),
    "GNC-2": ("Gəncə 2 saylı kitabxana", "Ganja Library No. 2"),
    "SAK": ("Şəki MKS", "Shaki library system"),
    "SAK-M": ("Şəki Mərkəzi Kitabxanası", "Shaki Central Library"),
}
BOOKS = (
    ("Dəli Kür", "Şıxlı, İsmayıl"),
    ("Leyli və Məcnun", "Füzuli, Məhəmməd"),
    ("Ölülər", "Məmmədquluzadə, Cəlil"),
    ("Bahadır və Sona", "Nərimanov, Nəriman"),
    ("Xəmsə", "Gəncəvi, Nizami"),
)


@pytest.fixture
def town(nation: None) -> dict[str, int]:
    """A town's library in the middle of a day: loans, one of them late, a hold, staff with roles."""
    for code, (az, en) in NAMES.items():
        describe_unit(code=code, names={"az": az, "en": en}, by=SYSTEM)
    add_public_holidays(unit="AZ", country="AZ", by=SYSTEM)
    set_policy(name="loan_length", value=15, unit="AZ", by=SYSTEM)
    set_policy(name="loan_length", value=21, unit="GNC-M", by=SYSTEM)
    patron, other = a_reader(phone="+994 50 000 00 00", city="Gəncə"), a_reader(card="R2", surname="Quliyev")
    set_category(code="ADULT", names={"az": "Böyük", "en": "Adult"}, by=SYSTEM)
    records = [a_record(title=title, author=by, number=str(at)) for at, (title, by) in enumerate(BOOKS, 1)]
    now = datetime.now(tz=UTC)
    for number, record in enumerate(records):
        item = a_copy(record, barcode=f"B{number}")
        if number < 3:
            lent = now - timedelta(days=number * 12)
            check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent)
    place_hold(record_id=records[4], patron_id=other, pickup_unit="GNC-M", by=SYSTEM, now=now)
    index_records(records)
    masa = a_login("aynur", role="librarian", unit="GNC-M")
    assign_role(user_id=masa.pk, role="cataloguer", unit="GNC", by=SYSTEM)
    a_login("rustam", role="administrator", unit="GNC")
    boss = a_login("boss", role="administrator", unit="GNC-M")
    assign_role(user_id=boss.pk, role="data_protection", unit="GNC-M", by=SYSTEM)
    az, en = NAMES["GNC-M"]
    place = {"city": "Gəncə", "address": "Atatürk prospekti 244", "latitude": 40.6828, "longitude": 46.3606}
    describe_unit(code="GNC-M", names={"az": az, "en": en}, by=SYSTEM, phone="+994 22 256 10 10", **place)
    return {"patron": patron, "record": records[0]}


@pytest.mark.parametrize("visitor", [("desk", "light", "az"), ("desk", "light", "en")], indirect=True, ids=["az", "en"])
def test_the_tour(
    visitor: Visitor, town: dict[str, int], picture: Callable[[Page, str], None], pytestconfig: pytest.Config
) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(visitor, "boss")
    language = page.evaluate("document.documentElement.lang")
    for name, path in {
        "desk": "", "lend": f"check-out/{town['patron']}/", "reader": f"readers/{town['patron']}/", "holds": "holds/",
        "form": f"records/{town['record']}/edit/", "rules": "rules/", "calendar": "calendar/?unit=GNC-M",
        "unit": "organisation/GNC-M/", "staff": "staff/",
    }.items():  # fmt: skip
        visitor.open(f"/desk/{path}")
        picture(page, f"{name}-{language}")
    visitor.open("/desk/check-in/")
    page.keyboard.type("B1")
    page.keyboard.press("Enter")
    page.locator("[data-say]").first.wait_for()
    picture(page, f"back-{language}")
    visitor.open("/desk/organisation/")
    page.locator(".k-nav summary").last.click()
    picture(page, f"menu-{language}")
    taken = list((pytestconfig.rootpath / "docs" / "librarian" / "pictures").glob("*.png"))
    assert len(taken) <= 25
    assert {one.name: one.stat().st_size for one in taken if one.stat().st_size > MOST_BYTES} == {}
