"""Headless Chromium over a live server of the test's own; without Chromium these tests say so and are skipped."""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
SCREENS = {"desk": (1440, 900), "phone": (360, 740)}
SMALL_DESK = (1366, 768)
"""The commonest screen of a library's desk: what is whole at 1440 must not scroll sideways there."""

ONE_ROW = 70
"""Dots: the desk's header is one row below this."""

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HEADER = "document.querySelector('.k-top .k-nav') ? document.querySelector('.k-top').getBoundingClientRect().height : 0"
# Playwright's loop runs in the thread where Django's ORM is asked: that is known, and no view runs in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM: the pages were not looked at (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person at one screen. Every page opened must be silent, whole, and clean to axe-core."""

    context: BrowserContext
    base: str
    page: Page
    width: int
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def look(self) -> None:
        """What stands on the screen now has no console error, no horizontal scroll, and nothing axe-core minds."""
        where = f"{self.page.url} at {self.width}"
        assert self.complaints == [], where
        self.fits()
        violations: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        told = [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in violations]
        assert told == [], where

    def fits(self) -> None:
        """No horizontal scroll here, nor on a desk's small screen, where the header stays one row."""
        wider = self.page.evaluate(WIDER)
        assert wider <= 0, f"{self.page.url} at {self.width} scrolls sideways by {wider}"
        now = self.page.viewport_size
        if now is None or now["width"] < SMALL_DESK[0]:
            return
        self.page.set_viewport_size({"width": SMALL_DESK[0], "height": SMALL_DESK[1]})
        wider, header = self.page.evaluate(f"[{WIDER}, {HEADER}]")
        assert wider <= 0, f"{self.page.url} at {SMALL_DESK[0]} scrolls sideways by {wider}"
        assert header < ONE_ROW, f"{self.page.url} at {SMALL_DESK[0]} has a header of {header}"
        self.page.set_viewport_size(now)

    def _listen(self) -> None:
        def complain(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(message.text)

        self.page.on("console", complain)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The tour that takes pictures goes round when they are asked for."""
    return True if collection_path.name == "test_pictures.py" and not config.getoption("--pictures") else None


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """With --pictures, keep what the page shows as docs/librarian/pictures/<name>.png, in 48 colours."""
    wanted, folder = request.config.getoption("--pictures"), request.config.rootpath / "docs" / "librarian" / "pictures"

    def take(page: Page, name: str) -> None:
        if not wanted:
            return
        from PIL import Image

        folder.mkdir(exist_ok=True)
        seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        seen.quantize(colors=48, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)

    return take


@pytest.fixture
def nation(transactional_db: None, settings: Settings, tmp_path: Path) -> None:
    """The small nation of the builders, with an index of its own."""
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    a_nation()


@pytest.fixture(params=[(screen, theme, language) for screen, theme, language in (
    ("desk", "light", "az"), ("desk", "dark", "en"), ("phone", "light", "en"), ("phone", "dark", "az"),
)], ids="-".join)  # fmt: skip
def visitor(
    request: pytest.FixtureRequest, chromium: Browser, nation: None, live_server: LiveServer
) -> Iterator[Visitor]:
    """A visitor at each screen, in light and dark, in az and en."""
    screen, theme, language = request.param
    width, height = SCREENS[screen]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=language, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    context.set_default_timeout(10_000)
    one = Visitor(context, live_server.url, context.new_page(), width)
    one._listen()
    yield one
    one.page.wait_for_load_state("networkidle")  # a request still open would meet the emptying of the database
    context.close()
