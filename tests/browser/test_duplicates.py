"""Duplicates by keys alone, and the pages of authorities: whole, quiet and accessible in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import begin_search, search_on
from kitabxana.catalogue.queries import record
from kitabxana.catalogue.queries.duplicates import clusters_page, merged_into
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_authorities import NIZAMI, authority, save
from kitabxana.catalogue.tests.test_duplicates import OTHER_FORM, stored
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.organisation.tests.builders import PASSWORD, a_login

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor


@pytest.fixture
def ayla(visitor: Visitor, nation: None) -> Visitor:
    a_login("ayla", role="cataloguer", unit="GNC-M")
    page = visitor.open("/desk/login/")
    page.fill("[name=username]", "ayla")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    return visitor


def clusters() -> list[tuple[int, ...]]:
    return [one.records for one in clusters_page(offset=0, limit=9)[1]]


def test_clusters_are_worked_through_without_a_mouse(ayla: Visitor) -> None:
    one, two = stored(book(field("520", a="Kür sahilində"))), stored(OTHER_FORM)
    long = book(
        title="Qılınc və qələm", author="Ordubadi, M. S.", publisher="AzərbaycanDövlətNəşriyyatıPoliqrafiyaBirliyi"
    )
    three, four, five = (stored(long) for _ in range(3))
    begin_search(by=SYSTEM, least=60)
    page = ayla.open("/desk/duplicates/")
    ayla.look()
    while search_on():
        pass
    page.reload()
    ayla.look()
    page.keyboard.press("Enter")  # the first cluster has the focus
    page.wait_for_selector("[data-duplicate]")
    ayla.look()
    page.keyboard.press("s")
    page.wait_for_selector("text=Дәли Күр")
    assert clusters() == [(one, two), (three, four, five)]
    page.keyboard.press("2")
    page.wait_for_url("**keep=**")
    ayla.look()
    page.keyboard.press("m")
    page.wait_for_url("**merged=**")
    ayla.look()
    assert merged_into(one) == two
    page.keyboard.press("n")
    page.wait_for_url("**/desk/duplicates/")
    assert clusters() == []
    page.click("form[action*='/undo/'] button")
    page.wait_for_selector(".k-note--ok")
    ayla.look()
    assert record(one) is not None


def test_the_pages_of_authorities_are_whole_quiet_and_accessible(ayla: Visitor) -> None:
    keep = save(authority(NIZAMI, field("400", "1 ", a="Nizami, Ganjavi"), field("700", "1 ", a="Низами Гянджеви")))
    gone = save(authority(field("100", "0 ", a="Nizami")))
    work = stored(book(field("700", "0 ", a="Nizami"), field("650", " 4", a="Roman")))
    for path in (
        "authorities/", "authorities/?q=низами", f"authorities/{keep}/", f"authorities/{keep}/merge/",
        f"authorities/{keep}/merge/?with={gone}", f"records/{work}/headings/", f"records/{work}/merge/",
    ):  # fmt: skip
        ayla.open(f"/desk/{path}")
        ayla.look()
