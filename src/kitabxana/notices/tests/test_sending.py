"""Channels, failures and their waits, and senders that are killed."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.facts import Occasion
from kitabxana.notices.models import Message
from kitabxana.notices.operations import print_letters, send_again, send_due, set_wishes
from kitabxana.notices.operations.queueing import tell
from kitabxana.notices.tests.post import Gateway, Mailbox, mail_server
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE
from kitabxana.patrons.operations import erase
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
ITEM = {"title": "Dəli Kür", "author": "Şıxlı, İsmayıl", "date": datetime(2026, 12, 1, 14, tzinfo=UTC)}
NOON = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 12:00 in Baku
NIGHT = datetime(2026, 11, 23, 19, tzinfo=UTC)  # 23:00 in Baku


def tells(reader: int, *, trigger: str = "hold_ready", thing: str = "hold 1", now: datetime = NOON) -> Message:
    tell([Occasion(trigger, reader, thing, "GNC-M", item=ITEM)], now=now)
    return Message.objects.latest("id")


def due_now() -> None:
    Message.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def how(message: Message) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.channel, message.state, message.reason


@pytest.mark.usefixtures("nation")
def test_the_way_follows_wish_agreement_and_address(mail: Mailbox, gateway: Gateway) -> None:
    all_ways: dict[str, Any] = {
        "email": "r@oxucu.example",
        "phone": "050 123 45 67",
        "address": "Nizami 1",
        "city": "Gəncə",
    }
    reader = a_reader(**all_ways)
    found = []
    for wish in ("", "sms", "print", "account"):
        set_wishes(patron_id=reader, wishes={"holds": wish}, by=SYSTEM)
        found.append(how(tells(reader, thing=f"hold {wish}"))[:2])
    assert found == [("email", "queued"), ("sms", "queued"), ("print", "queued"), ("account", "sent")]
    by_phone = a_reader(card="R2", phone="050 123 45 68")
    by_post = a_reader(card="R3", address="Nizami 1", city="Gəncə")
    unknown, unwilling = a_reader(card="R4"), a_reader(card="R5", email="n@oxucu.example", contact_by=("phone",))
    assert how(tells(by_phone)) == ("sms", "queued", "")
    assert how(tells(by_post)) == ("print", "queued", "")
    assert how(tells(by_post, trigger="due_soon")) == ("account", "suppressed", "no_address")
    assert how(tells(unknown)) == ("account", "suppressed", "no_address")
    assert how(tells(unwilling)) == ("account", "suppressed", "not_allowed")
    assert tells(by_post, thing="2").address == "Əliyeva Aytən\nNizami 1\nGəncə"


@pytest.mark.usefixtures("nation")
def test_without_a_mail_server_in_the_settings_nothing_is_queued_for_it(settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert how(tells(a_reader(email="r@oxucu.example"))) == ("account", "suppressed", "channel_off")


@pytest.mark.usefixtures("nation")
def test_what_concerns_a_child_goes_to_who_answers_for_it(mail: Mailbox) -> None:
    from kitabxana.circulation.tests.scenes import policy
    from kitabxana.patrons.operations import add_guarantor, set_category

    parent = a_reader(card="P", email="ana@oxucu.example", surname="Anayeva")
    child = a_reader(card="C", email="usaq@oxucu.example", surname="Balayev", category="CHILD")
    add_guarantor(patron_id=child, guarantor_id=parent, by=SYSTEM)
    set_category(code="CHILD", names={"az": "Uşaq"}, needs_guarantor=True, by=SYSTEM)
    message = tells(child)
    assert (message.address, message.reader_id) == ("ana@oxucu.example", parent)
    assert "Balayev" in message.body
    assert message.body.startswith("Hörmətli Anayeva")
    policy(notices_to_guarantor=False)
    assert tells(child, thing="hold 2").address == "usaq@oxucu.example"


@pytest.mark.usefixtures("nation")
def test_a_mail_server_that_is_away_is_tried_again_after_growing_waits_and_then_no_more(settings: Any) -> None:
    with mail_server(settings):
        pass  # the port is free again: nobody answers
    message = tells(a_reader(email="r@oxucu.example"))
    waits = []
    for _ in range(8):
        due_now()
        assert send_due() == 1
        message.refresh_from_db()
        waits.append(round((message.next_try_at - timezone.now()).total_seconds() / 60))
    assert waits[:7] == [1, 5, 15, 60, 240, 720, 1440]
    assert how(message) == ("email", "failed", "server_away")
    with mail_server(settings) as box:
        with pytest.raises(Refused, match="not_permitted"):
            send_again(message_id=message.pk, by=LIBRARIAN_ELSEWHERE)
        send_again(message_id=message.pk, by=LIBRARIAN_HERE)
        assert send_due() == 1
        assert len(box.arrived) == 1
    assert how(message) == ("email", "sent", "")
    with pytest.raises(Refused, match="unknown_message"):
        send_again(message_id=message.pk, by=LIBRARIAN_HERE)


@pytest.mark.usefixtures("nation")
def test_a_server_that_is_busy_is_asked_again_and_one_that_says_no_is_not(mail: Mailbox) -> None:
    mail.answers = ["451 Busy", "554 No such thing"]
    message, other = tells(a_reader(email="r@oxucu.example")), tells(a_reader(card="R2", email="s@oxucu.example"))
    assert send_due() == 2
    assert how(message) == ("email", "queued", "server_refused")
    assert how(other) == ("email", "failed", "server_refused")
    assert send_due() == 0
    due_now()
    send_due()
    assert [letter["To"] for letter in mail.arrived] == ["r@oxucu.example"]


@pytest.mark.usefixtures("nation")
def test_messages_to_telephones_go_through_the_gateways_own_fields(
    gateway: Gateway, settings: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.SMS_GATEWAY |= {
        "to_field": "msisdn", "text_field": "body", "reference_field": "id", "fields": "sender=Kitabxana&user=k",
        "authorization": "Bearer dərin-sirr".replace("ə", "e"), "body": "json",
    }  # fmt: skip
    message = tells(a_reader(phone="(050) 123-45-67"))
    assert send_due() == 1
    [(method, path, headers, body)] = gateway.asked
    assert (method, path, headers["Authorization"]) == ("POST", "/send", "Bearer derin-sirr")
    assert json.loads(body) == {
        "sender": "Kitabxana", "user": "k", "msisdn": "+994501234567", "id": f"kitabxana-{message.pk}",
        "body": "Dəli Kür sizin üçün hazırdır, son gün: 1 dekabr 2026, 18:00. GNC-M kitabxanası",
    }  # fmt: skip
    settings.SMS_GATEWAY |= {"method": "GET"}
    tells(a_reader(card="R2", phone="+90 532 111 22 33"))
    send_due()
    assert gateway.asked[1][0] == "GET"
    assert "msisdn=%2B905321112233" in gateway.asked[1][1]
    assert not [line for line in caplog.messages if "derin-sirr" in line or "501234567" in line]


@pytest.mark.usefixtures("nation")
def test_a_gateway_that_points_elsewhere_is_not_followed(gateway: Gateway) -> None:
    gateway.answers, gateway.where_to = [302], f"http://127.0.0.1:{gateway.port}/elsewhere"
    message = tells(a_reader(phone="0501234567"))
    send_due()
    assert [path for _, path, _, _ in gateway.asked] == ["/send"]
    assert how(message) == ("sms", "failed", "gateway_refused")


@pytest.mark.usefixtures("nation")
def test_telephones_are_left_in_peace_by_night(gateway: Gateway) -> None:
    message = tells(a_reader(phone="0501234567"), now=NIGHT)
    assert message.next_try_at == datetime(2026, 11, 24, 5, tzinfo=UTC)  # 09:00 in Baku
    assert tells(a_reader(card="R2", phone="0501234568"), now=NOON).next_try_at == NOON


@pytest.mark.usefixtures("nation")
def test_an_sms_whose_sender_was_lost_is_sent_again_only_where_the_gateway_knows_doubles(
    gateway: Gateway, settings: Any
) -> None:
    message = tells(a_reader(phone="0501234567"))
    Message.objects.update(state="sending", attempts=1)
    assert send_due() == 0
    assert (gateway.asked, how(message)) == ([], ("sms", "failed", "uncertain"))
    settings.SMS_GATEWAY |= {"reference_field": "id"}
    Message.objects.update(state="sending", attempts=1, reason="")
    assert send_due() == 1
    assert (len(gateway.asked), how(message)) == (1, ("sms", "sent", ""))


@pytest.mark.usefixtures("nation")
def test_letters_are_printed_once_and_by_the_library_alone(mail: Mailbox) -> None:
    letter = tells(a_reader(address="Nizami 1", city="Gəncə"))
    assert send_due() == 0
    with pytest.raises(Refused, match="not_permitted"):
        print_letters(message_ids=[letter.pk], by=LIBRARIAN_ELSEWHERE)
    assert print_letters(message_ids=[letter.pk], by=LIBRARIAN_HERE) == 1
    assert print_letters(message_ids=[letter.pk], by=LIBRARIAN_HERE) == 0
    assert how(letter) == ("print", "sent", "")


@pytest.mark.usefixtures("nation")
def test_who_leaves_takes_the_messages_along(mail: Mailbox) -> None:
    reader, other = a_reader(email="r@oxucu.example"), a_reader(card="R2", email="s@oxucu.example")
    tells(reader)
    tells(other)
    erase(patron_id=reader, by=SYSTEM, now=NOON)
    assert [row.reader_id for row in Message.objects.all()] == [other]
    assert send_due() == 1
    assert [letter["To"] for letter in mail.arrived] == ["s@oxucu.example"]


_SENDER = (
    "import django; django.setup(); from kitabxana.notices.operations import send_due; print(send_due(), flush=True)"
)


@pytest.fixture
def committed(transactional_db: None) -> None:
    a_nation()


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(transaction=True)
def test_a_sender_that_is_killed_loses_nothing_and_doubles_no_more_than_what_was_in_the_air(settings: Any) -> None:
    class Slow(Mailbox):
        """Takes the second message and then does not answer: whoever sent it can't know."""

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            import asyncio

            taken = await super().handle_DATA(server, session, envelope)
            if len(self.arrived) == 2:
                await asyncio.sleep(30)
            return taken

    with mail_server(settings, box=Slow()) as box:
        for number in range(3):
            tells(a_reader(card=f"R{number}", email=f"r{number}@oxucu.example"))
        with _sender(box.port) as sender:
            _until(lambda: len(box.arrived) == 2)
            sender.send_signal(signal.SIGKILL)
        assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "sending", "sent"]
    with mail_server(settings) as second:
        assert send_due() == 1
        Message.objects.filter(state="sending").update(next_try_at=timezone.now())  # its lease is over
        assert send_due() == 1
        assert send_due() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    numbers = [letter["Message-ID"] for letter in box.arrived + second.arrived]
    assert len(numbers) == 4
    assert len(set(numbers)) == 3
    assert numbers.count(box.arrived[1]["Message-ID"]) == 2


def _sender(port: int) -> Any:
    parts = connection.settings_dict
    where = f"postgresql://{parts['USER']}@/{parts['NAME']}?host={parts['HOST']}"
    environment = {
        **os.environ, "KITABXANA_DATABASE_URL": where, "KITABXANA_EMAIL_HOST": "127.0.0.1",
        "KITABXANA_EMAIL_PORT": str(port), "KITABXANA_EMAIL_SECURITY": "none",
        "KITABXANA_EMAIL_FROM": "Kitabxana <notices@kitabxana.example>",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", _SENDER], env=environment)


def _until(there: Any) -> None:
    for _ in range(400):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")
