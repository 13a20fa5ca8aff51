"""Every trigger by every channel: what is told really goes that way, in its own words, and stands in the account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.notices.facts import CHANNELS, Channel, Occasion
from kitabxana.notices.models import Message
from kitabxana.notices.operations import print_letters, send_due, set_wishes
from kitabxana.notices.operations.queueing import tell
from kitabxana.notices.queries import messages_of, waiting_letters
from kitabxana.notices.rules import KINDS, TRIGGERS
from kitabxana.notices.tests.post import Gateway, Mailbox, text_of
from kitabxana.organisation.tests.people import LIBRARIAN_HERE
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from kitabxana.notices.facts import MessageFacts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nation")]
NOON = datetime(2026, 11, 23, 8, tzinfo=UTC)
ITEM = {"title": "Dəli Kür", "date": NOON, "amount": (500, "AZN"), "what": ""}


def all_told(channel: Channel, mail: Mailbox, gateway: Gateway) -> dict[str, MessageFacts]:
    """What the account of a reader shows who wishes everything by this channel, after everything was told and sent."""
    ways: dict[str, Any] = {
        "email": "r@oxucu.example",
        "phone": "050 123 45 67",
        "address": "Nizami 1",
        "city": "Gəncə",
    }
    reader = a_reader(language="en", **ways)
    set_wishes(patron_id=reader, wishes=dict.fromkeys(KINDS, channel), by=SYSTEM)
    tell([Occasion(name, reader, f"{name} 1", "GNC-M", level=1, item=ITEM) for name in TRIGGERS], now=NOON)
    Message.objects.filter(state="queued").update(next_try_at=timezone.now())
    while send_due():
        pass
    print_letters(message_ids=[one.id for one in waiting_letters("GNC-M")], by=LIBRARIAN_HERE)
    seen = {one.trigger: one for one in messages_of(reader)}
    assert set(seen) == set(TRIGGERS)
    assert {one.channel for one in seen.values()} == {channel}
    assert {(one.state, one.reason) for one in seen.values()} == {("sent", "")}
    assert len({one.subject for one in seen.values()}) == len({one.body for one in seen.values()}) == len(TRIGGERS)
    assert len(mail.arrived) == len(TRIGGERS) * (channel == "email")
    assert len(gateway.asked) == len(TRIGGERS) * (channel == "sms")
    return seen


def test_every_notice_goes_by_e_mail(mail: Mailbox, gateway: Gateway) -> None:
    seen = all_told("email", mail, gateway)
    arrived = {letter["Subject"]: text_of(letter) for letter in mail.to("r@oxucu.example")}
    assert {name: one.body.split() for name, one in seen.items()} == {
        name: arrived[one.subject].split() for name, one in seen.items()
    }


def test_every_notice_goes_by_sms(mail: Mailbox, gateway: Gateway) -> None:
    seen = all_told("sms", mail, gateway)
    assert {one.address for one in seen.values()} == {"+994501234567"}
    asked = [body for _, _, _, body in gateway.asked]
    assert len(set(asked)) == len(TRIGGERS), "each in its own words"


def test_every_notice_goes_by_letter(mail: Mailbox, gateway: Gateway) -> None:
    seen = all_told("print", mail, gateway)
    assert {one.address for one in seen.values()} == {"Əliyeva Aytən\nNizami 1\nGəncə"}


def test_every_notice_stands_in_the_account_alone(mail: Mailbox, gateway: Gateway) -> None:
    assert {one.address for one in all_told("account", mail, gateway).values()} == {""}


def test_these_are_all_the_channels() -> None:
    assert CHANNELS == ("email", "sms", "print", "account")
