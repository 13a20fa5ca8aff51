"""The line is cut: two desks go on lending and taking back, and when it returns nothing is lost and nothing doubled."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.models import OfflineEvent
from kitabxana.circulation.operations import check_out
from kitabxana.circulation.queries import loans_of, past_loans_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.queries import item_by_barcode, items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.tests.builders import a_reader
from tests.browser.conftest import SCREENS, Visitor
from tests.browser.test_rules_page import shot
from tests.browser.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

KEPT = """async () => {
    const open = indexedDB.open("kitabxana-desk");
    await new Promise((done) => { open.onsuccess = done; });
    const found = {};
    const bytes = (one) => one instanceof ArrayBuffer || ArrayBuffer.isView(one);
    for (const name of open.result.objectStoreNames) {
        const asked = open.result.transaction([name]).objectStore(name).getAll();
        await new Promise((done) => { asked.onsuccess = done; });
        const plain = (_, one) => bytes(one) ? new TextDecoder("latin1").decode(one) : one;
        found[name] = JSON.stringify(asked.result, plain);
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) found[request.url] = await (await cache.match(request)).text();
    }
    return found;
}"""
"""Everything this device keeps for the desk, as text: its database and the files of the worker."""

TO_BE_SENT = """async () => {
    const open = indexedDB.open("kitabxana-desk");
    await new Promise((done) => { open.onsuccess = done; });
    const asked = open.result.transaction(["events"]).objectStore("events").count();
    await new Promise((done) => { asked.onsuccess = done; });
    return asked.result;
}"""


A_FOREIGN_EVENT = """async () => {
    const open = indexedDB.open("kitabxana-desk");
    await new Promise((done) => { open.onsuccess = done; });
    const event = { key: crypto.randomUUID(), kind: "check_in", barcode: "B3", card: "", by: "kamran",
                    at: new Date().toISOString(), unit: "SAK-M" };
    const writing = open.result.transaction(["events"], "readwrite");
    writing.objectStore("events").put(event);
    await new Promise((done) => { writing.oncomplete = done; });
}"""


@pytest.fixture
def wire(nation: None, live_server: LiveServer) -> Iterator[Wire]:
    one = Wire(live_server.url)
    yield one
    one.cut()


class Device(Visitor):
    """A browser of its own behind the wire. That a cut line fails is no complaint."""

    def look(self) -> None:
        self.complaints[:] = [one for one in self.complaints if "net::ERR" not in one]
        super().look()

    def ready(self, login: str) -> None:
        """Sign in, and make the device ready with the password once more."""
        page = self.open("/desk/login/?next=/desk/without-line/")
        page.fill("input[name=username]", login)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#prepare:not([hidden])")
        self.look()
        shot(self, "line-prepare")
        page.fill("#prepare-password", "başqa-bir-söz")
        page.click("#prepare button")
        page.wait_for_selector("#prepare [role=alert]:not([hidden])")
        page.fill("#prepare-password", PASSWORD)
        page.click("#prepare button")
        page.wait_for_function("() => localStorage.getItem('kitabxana-line') === 'ready'")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def enter(self, login: str, password: str = PASSWORD) -> None:
        """Whatever page of the desk is asked for, the one without a line comes; it opens with the password."""
        page = self.page
        page.goto(f"{self.base}/desk/check-in/")
        page.wait_for_selector("#open:not([hidden])")
        page.fill("#login", login)
        page.fill("#open-password", password)
        page.click("#open button")

    def scan(self, *texts: str) -> str:
        """Scan one after another, as fast as a scanner does; the big word after the last."""
        page = self.page
        for text in texts:
            page.fill("#q", text)
            page.press("#q", "Enter")
        page.wait_for_function("() => document.querySelector('[data-scans]').dataset.scans === '0'")
        return page.inner_text("#said")

    def met(self) -> None:
        """The line is noticed now, not at the next of its looks; all that waits is sent."""
        self.page.evaluate("dispatchEvent(new Event('online'))")
        self.page.wait_for_selector("#state[data-state=there]")
        self.waits_with(0)

    def waits_with(self, events: int) -> None:
        """Until so many events wait to be sent, asked again and again: `wait_for_function` takes a promise for yes."""
        last = time.monotonic() + 40  # the page looks for the line every 15 seconds
        while (found := self.page.evaluate(TO_BE_SENT)) != events:
            assert time.monotonic() < last, (found, events, self.page.inner_text("body"))
            self.page.wait_for_timeout(50)


def device(chromium: Browser, wire: Wire, *, screen: str, language: str) -> Device:
    width, height = SCREENS[screen]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale=language, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": wire.url}])
    context.set_default_timeout(20_000)
    one = Device(context, wire.url, context.new_page(), width)
    one._listen()
    return one


def barcodes(loans: Iterable[int]) -> list[str]:
    return sorted(item.barcode or "" for item in items_by_id(loans).values())


def a_library() -> tuple[int, int, datetime]:
    """Two logins, two readers, eight copies; each reader has one. Ids of the readers, and when they borrowed."""
    set_policy(name="max_loans", value=20, by=SYSTEM)
    for login in ("aygun", "kamran"):
        a_login(login, role="librarian", unit="GNC-M")
    here, there = a_reader(surname="Humbatova"), a_reader(card="R2", surname="Xudayarli")
    record, lent = a_record(title="Dumanli daglar"), timezone.now() - timedelta(days=3)
    for number in range(1, 9):
        a_copy(record, barcode=f"B{number}")
    for barcode, reader in (("B7", here), ("B8", there)):
        item = item_by_barcode(barcode)
        assert item is not None
        check_out(item_id=item.id, patron_id=reader, unit="GNC-M", by=SYSTEM, now=lent)
    return here, there, lent


def five_at_the_first(one: Device) -> None:
    """Three loans, one of them done twice and undone once, a renewal, a return; a wrong password before."""
    one.enter("aygun", "yanlış-parol-1")
    one.page.wait_for_selector("#open [role=alert]:not([hidden])")
    one.look()
    shot(one, "line-open")
    one.enter("aygun")
    one.page.wait_for_selector("#work:not([hidden])")
    one.scan("R1", "B1", "B2", "B5")
    one.page.click("#undo")
    one.scan("B5")
    one.look()
    shot(one, "line-lent")
    one.page.locator("#person tr", has_text="B7").locator("button").click()
    one.waits_with(4)
    one.page.click("[data-mode=return]")
    one.scan("B8")
    one.waits_with(5)
    one.look()
    shot(one, "line-returned")


def five_at_the_second(other: Device) -> None:
    """Four loans, one of a copy that the first desk lent before, and a return; three scans that are refused."""
    other.enter("kamran")
    other.page.wait_for_selector("#work:not([hidden])")
    assert "already" in other.scan("R2", "B8")
    assert "on loan to someone else" in other.scan("B7")
    other.look()
    shot(other, "line-refused")
    assert "not in the list" in other.scan("B99")
    assert "Lent until" in other.scan("B3", "B4", "B1", "B6")
    other.page.click("[data-mode=return]")
    assert "To its shelf" in other.scan("B4")
    assert "No line since" in other.page.inner_text("#state")
    assert other.page.inner_text("#state").endswith("Waiting to be sent: 5")
    other.look()
    shot(other, "line-waiting")


def assert_sealed(device: Device) -> None:
    """No name, no title and no password can be read in what the device keeps; the numbers of what waits can."""
    kept = device.page.evaluate(KEPT)
    assert "B1" in kept["events"]
    assert len(kept["rows"]) > 1000
    whole = "".join(kept.values())
    assert [name for name in ("Humbatova", "Xudayarli", "Dumanli", "Aytən", PASSWORD) if name in whole] == []


def assert_all_done_once(here: int, there: int, *, lent: datetime, cut: datetime) -> None:
    happened = OfflineEvent.objects.order_by("happened_at")
    assert happened.count() == 10
    assert [event.barcode for event in happened.filter(outcome="conflict")] == ["B1"]
    assert all(cut < event.happened_at < event.received_at for event in happened)
    assert barcodes(loan.item_id for loan in loans_of(here)) == ["B1", "B2", "B5", "B7"]
    assert barcodes(loan.item_id for loan in loans_of(there)) == ["B3", "B6"]
    assert [loan.renewals for loan in loans_of(here) if loan.lent_at == lent] == [1]
    assert barcodes(loan.item_id for loan in past_loans_of(there)) == ["B4", "B8"]
    assert past_loans_of(here) == []
    for login, kinds in (("aygun", "out out out renew in"), ("kamran", "out out out out in")):
        mine = list(happened.filter(done_by=login))
        assert [event.kind.removeprefix("check_") for event in mine] == kinds.split()
        assert all(before.pk < after.pk for before, after in pairwise(mine))
    assert_all_true()


def assert_signing_out_takes_the_list_away(device: Device) -> None:
    """But not what waits to be sent: here an event of a library where this login may not send."""
    page = device.page
    page.evaluate(A_FOREIGN_EVENT)
    page.click("form[data-leaves] button")
    page.wait_for_url("**/desk/login/")
    kept = page.evaluate(KEPT)
    assert (kept["rows"], kept["logins"], '"extract"' in kept["kept"]) == ("[]", "[]", False)
    assert "SAK-M" in kept["events"]


def test_two_desks_go_on_without_a_line(chromium: Browser, wire: Wire) -> None:
    here, there, lent = a_library()
    one = device(chromium, wire, screen="desk", language="az")
    other = device(chromium, wire, screen="phone", language="en")
    one.ready("aygun")
    other.ready("kamran")
    one.open("/desk/check-in/")
    wire.cut()
    one.page.fill("#q", "B8")
    one.page.press("#q", "Enter")
    one.page.click("#lost a:not([hidden])")
    one.page.wait_for_selector("#open:not([hidden])")
    one.complaints.clear()  # htmx told of the line that was cut
    cut = timezone.now()
    five_at_the_first(one)
    five_at_the_second(other)
    assert_sealed(one)
    assert_sealed(other)

    wire.mend()
    wire.loses_answer_to = b"POST /desk/without-line/send/"
    one.met()
    other.met()
    assert wire.loses_answer_to == b""
    assert_all_done_once(here, there, lent=lent, cut=cut)
    other.page.wait_for_selector("#notes .k-note--attention")
    other.look()
    shot(other, "line-back")

    page = other.open("/desk/offline/")
    assert page.locator("tbody tr").count() == 1
    assert "B1" in page.inner_text("tbody")
    other.look()
    shot(other, "line-conflict")
    assert_signing_out_takes_the_list_away(other)
    for each in (one, other):
        each.page.goto("about:blank")
        each.context.close()
