"""The menu, the pages of administration, and a newcomer's first day from an empty nation to the first loan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.models import User
from kitabxana.circulation.queries import loans_of
from kitabxana.cli.install import ADMINISTRATOR, ensure_administrator, first_words, password_file
from kitabxana.organisation.queries import setup_open, tree
from kitabxana.organisation.rules import HOLIDAYS, value
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.queries import patrons_page
from tests.browser.test_desk_pages import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Visitor

OWN = "öz-gizli-sözüm-64"
HEADER = "document.querySelector('.k-top').getBoundingClientRect().height"


def test_administration_is_whole_quiet_and_accessible(visitor: Visitor, nation: None) -> None:
    a_login("boss", role="administrator", unit="GNC-M")
    aygun = a_login("aygun", role="librarian", unit="GNC-M")
    a_login("officer", role="data_protection", unit="GNC-M")
    sign_in(visitor, "boss")
    for path in (
        "organisation/", "organisation/GNC-M/", "staff/?new=1", f"staff/{aygun.pk}/", "rules/many/?name=max_loans",
        "rules/many/?name=max_loans&value=7&at=GNC-M&look=1", "password/",
    ):  # fmt: skip
        visitor.open(f"/desk/{path}")
        visitor.look()
    visitor.page.context.clear_cookies(name="sessionid")
    sign_in(visitor, "officer")
    visitor.open("/desk/trail/")
    visitor.look()


def test_the_menu_is_one_row_and_goes_by_keyboard(visitor: Visitor, nation: None) -> None:
    a_login("boss", role="administrator", unit="GNC-M")
    sign_in(visitor, "boss")
    page = visitor.open("/desk/check-in/")
    if visitor.width > 1000:
        page.set_viewport_size({"width": 1366, "height": 768})
        assert page.evaluate(HEADER) < 70
    page.locator(".k-nav summary").first.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".k-nav details[open]")
    assert opened.count() == 1
    visitor.look()
    page.keyboard.press("Escape")
    assert opened.count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/readers/")
    page.locator(".k-nav summary").last.click()
    page.locator(".k-nav summary").first.click()
    assert opened.count() == 1
    page.mouse.click(visitor.width // 2, 690)
    assert opened.count() == 0
    page.keyboard.press("Alt+4")
    page.wait_for_url("**/rules/")


@pytest.fixture
def newcomer(
    chromium: Browser, transactional_db: None, settings: Settings, tmp_path: Path, live_server: LiveServer
) -> Visitor:
    """Who comes to what `kitabxana init` left: a nation without any library, and the administrator's password."""
    from tests.browser.conftest import Visitor

    settings.DATA_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    first_words("AZ")
    ensure_administrator()
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="az", reduced_motion="reduce")
    context.add_cookies([{"name": "django_language", "value": "az", "url": live_server.url}])
    context.set_default_timeout(10_000)
    one = Visitor(context, live_server.url, context.new_page(), 1366)
    one._listen()
    return one


class Counted:
    """What a person does at a page: boxes filled and buttons pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.boxes, self.presses = page, 0, 0

    def fill(self, name: str, text: str) -> None:
        self.boxes += 1
        self.page.fill(f"main [name={name}]", text)

    def press(self, selector: str) -> None:
        self.presses += 1
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state("networkidle")


def test_from_an_empty_nation_to_the_first_loan(
    newcomer: Visitor, picture: Callable[[Page, str], None]
) -> None:  # fmt: skip
    page = newcomer.open("/desk/login/")
    by = Counted(page)
    by.fill("username", ADMINISTRATOR)
    by.fill("password", password_file().read_text().strip())
    by.press("main form button.btn-primary")
    once = _set_up(newcomer, by, picture)
    assert not setup_open()
    unit = tree().units["BICO"]
    assert (unit.path, unit.city, len(tree().closures["AZ"])) == ("AZ/AGSU/BICO/", "Bico", len(HOLIDAYS["AZ"]))
    assert value(tree(), "loan_length", unit="BICO", category="ADULT", item_type="BK") == 30
    _first_loan(newcomer, by, once)
    # Ten minutes are 600 seconds: with 20 for each box and 10 for each press there is time left to look around.
    assert by.boxes * 20 + by.presses * 10 <= 600
    assert (by.boxes, by.presses) == (18, 16)


def _set_up(newcomer: Visitor, by: Counted, picture: Callable[[Page, str], None]) -> str:
    """All steps, one of them left out and taken up again; the librarian's one-time password."""
    page, keep = newcomer.page, "#step button.btn-primary"

    def at(step: str) -> None:
        page.wait_for_url(f"**/setup/{step}/")
        newcomer.look()

    at("nation")
    by.press(keep)
    at("library")
    by.press("#step button[name=skip]")
    at("calendar")
    newcomer.open("/desk/")  # left in the middle and come back: nothing is lost
    at("calendar")
    newcomer.open("/desk/setup/library/")
    by.fill("system_az", "Ağsu MKS")
    by.fill("library_az", "Bico kənd kitabxanası")
    by.fill("city", "Bico")
    picture(page, "setup-library")
    by.press(keep)
    at("calendar")
    picture(page, "setup-calendar")
    by.press(keep)
    at("rules")
    by.press(keep)
    at("staff")
    by.fill("username", "gulnar")
    by.fill("name", "Gülnar Məmmədova")
    by.press(keep)
    once = page.inner_text("#made-title")
    newcomer.look()
    by.press("main a.btn-primary")
    at("finished")
    picture(page, "setup-finished")
    by.press("main form button.btn-primary")
    page.wait_for_url("**/desk/")
    return once


def _first_loan(newcomer: Visitor, by: Counted, once: str) -> None:
    """The librarian signs in with the one-time password, registers a reader and lends a book nobody catalogued."""
    page = newcomer.page
    page.context.clear_cookies(name="sessionid")
    newcomer.open("/desk/login/")
    by.fill("username", "gulnar")
    by.fill("password", once)
    by.press("main form button.btn-primary")
    page.wait_for_url("**/password/")
    newcomer.look()
    for name, text in (("old", once), ("new", OWN), ("again", OWN)):
        by.fill(name, text)
    by.press("main form button.btn-primary")
    page.wait_for_url("**/desk/")
    newcomer.open("/desk/readers/new/")
    by.presses += 1
    by.fill("surname", "Həsənov")
    by.fill("firstname", "Elvin")
    page.select_option("main [name=category]", "ADULT")
    by.boxes += 1
    by.fill("card", "K0001")
    by.press("main form.k-reader-form button[data-key=s]")
    by.press("main a.btn-primary")
    page.wait_for_url("**/check-out/**")
    by.boxes += 1
    page.fill("[data-bar]", "B0001")
    page.keyboard.press("Enter")
    page.locator("a[href*='new-copy']").first.wait_for()
    by.press("a[href*='new-copy']")
    by.fill("title", "Kitabi-Dədə Qorqud")
    by.press("main form.k-reader-form button.btn-primary")
    page.wait_for_url("**/check-out/*/")
    [reader] = patrons_page(scopes=("",), offset=0, limit=9)[1]
    assert len(loans_of(reader.id)) == 1
    assert User.objects.get(username="gulnar").one_time_until is None
    page.context.close()
