"""The pages about notices in a browser: messages, letters and texts at the desk, messages and wishes in the account."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.notices.facts import Occasion
from kitabxana.notices.models import Message
from kitabxana.notices.operations.queueing import tell
from kitabxana.patrons.operations import set_pin
from kitabxana.patrons.tests.builders import a_reader
from tests.browser.test_desk import sign_in

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

SHOTS = os.environ.get("KITABXANA_SHOTS", "")
BOTH = pytest.mark.parametrize(
    "visitor", [("desk", "light", "en"), ("phone", "light", "az")], indirect=True, ids=["desk", "phone"]
)
PIN = "cox-gizli-91"


def shot(visitor: Visitor, name: str) -> None:
    if SHOTS:
        visitor.page.screenshot(path=str(Path(SHOTS) / f"{name}-{visitor.width}.png"), full_page=True)


def some_messages() -> int:
    reader = a_reader(address="Nizami 1", city="Gəncə", phone="050 123 45 67", language="az")
    unknown = a_reader(card="R2", surname="Kərimov")
    item = {"title": "Dəli Kür", "author": "Şıxlı, İsmayıl", "date": timezone.now()}
    told = [
        Occasion("hold_ready", reader, "hold 1", "GNC-M", item=item),
        Occasion("overdue", reader, "loan 1", "GNC-M", 2, item),
        Occasion("hold_ready", unknown, "hold 2", "GNC-M", item=item),
    ]
    tell(told, now=timezone.now())
    first = Message.objects.filter(trigger="overdue")
    first.update(state="failed", channel="sms", address="+994501234567", reason="gateway_refused")
    return reader


@BOTH
def test_messages_letters_and_texts_at_the_desk(visitor: Visitor) -> None:
    some_messages()
    page = visitor.page
    sign_in(page, visitor.base, role="administrator")
    visitor.open("/desk/notices/")
    visitor.look()
    shot(visitor, "notices")
    page.locator("button[name=again]").click()
    expect(page.locator("button[name=again]")).to_have_count(0)
    page.locator("button[name=printed]").click()
    expect(page.locator("button[name=printed]")).to_have_count(0)
    visitor.look()
    assert sorted(Message.objects.values_list("channel", "state")) == [
        ("account", "suppressed"), ("print", "sent"), ("sms", "queued")
    ]  # fmt: skip
    visitor.open("/desk/notices/texts/")
    visitor.look()
    shot(visitor, "texts")
    visitor.open("/desk/notices/texts/hold_ready/az/")
    visitor.look()
    page.fill("#subject", "Kitab gəldi")
    page.locator("button[name=try]").click()
    expect(page.locator("section")).to_contain_text("Kitab gəldi")
    visitor.look()
    shot(visitor, "text")
    page.locator("button[name=save]").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#subject")).to_have_value("Kitab gəldi")
    page.locator("button[name=back]").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#subject")).to_have_value("Kitabınız hazırdır")


@BOTH
def test_messages_and_wishes_in_the_account(visitor: Visitor) -> None:
    reader = some_messages()
    set_pin(patron_id=reader, pin=PIN, by=SYSTEM)
    page = visitor.open("/sign-in/?next=/account/notices/")
    page.fill("input[name=card]", "R1")
    page.fill("input[name=pin]", PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/notices/")
    expect(page.locator("details")).to_have_count(2)
    page.locator("details").first.locator("summary").click()
    page.select_option("#wish-holds", "sms")
    visitor.look()
    shot(visitor, "account")
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#wish-holds")).to_have_value("sms")
    visitor.look()
