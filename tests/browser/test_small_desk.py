"""Every page of the desk's menu on a library's small screen, in the language with the longest words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils.translation.reloader import translation_file_changed

from kitabxana.base.actor import SYSTEM
from kitabxana.cli.install import compile_translations
from kitabxana.organisation.operations import describe_unit
from kitabxana.organisation.tests.builders import a_login
from tests.browser.conftest import HEADER, ONE_ROW, SMALL_DESK, WIDER
from tests.browser.test_desk_pages import sign_in

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

LANGUAGES = ("az", "tr", "en", "ru")
MENU = "Array.from(document.querySelectorAll('.k-nav a'), link => link.getAttribute('href'))"
LEAST_PAGES = 30


@pytest.fixture
def _in_its_words() -> None:
    """The pages' translations as they stand in the .po files now."""
    compile_translations()
    translation_file_changed(None, Path("django.mo"))


@pytest.mark.usefixtures("_in_its_words")
@pytest.mark.parametrize("visitor", [("desk", "light", "en")], indirect=True, ids=["desk"])
def test_the_desk_fits_a_small_screen_in_every_language(visitor: Visitor, nation: None) -> None:
    describe_unit(code="GNC-M", names={"az": "Gəncə şəhər Mərkəzi Kitabxanası"}, by=SYSTEM)
    a_login("boss", role="administrator", unit="GNC-M")
    page = visitor.page
    page.set_viewport_size({"width": SMALL_DESK[0], "height": SMALL_DESK[1]})
    sign_in(visitor, "boss")
    headings = set()
    for language in LANGUAGES:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": visitor.base}])
        page.goto(f"{visitor.base}/desk/check-in/")
        assert page.locator("html").get_attribute("lang") == language
        headings.add(page.locator("h1").first.inner_text())
        assert page.evaluate(HEADER) < ONE_ROW, language
        assert page.evaluate(WIDER) <= 0, language
    assert len(headings) == len(LANGUAGES), "each page is in its own language"
    addresses = page.evaluate(MENU)
    assert len(addresses) >= LEAST_PAGES
    for address in addresses:
        answer = page.goto(visitor.base + address)
        assert answer is not None
        assert answer.ok, address
        assert page.evaluate(HEADER) < ONE_ROW, address
        assert page.evaluate(WIDER) <= 0, address
    assert visitor.complaints == []
