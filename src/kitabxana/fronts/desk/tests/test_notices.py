"""Notices at the desk: what a librarian sees, letters as PDF, bad texts refused with their line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kitabxana.notices.facts import Occasion
from kitabxana.notices.operations.queueing import tell
from kitabxana.notices.queries import messages_page
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def letter() -> int:
    """A letter of GNC-M that waits; the reader's id."""
    reader = a_reader(address="Nizami 1", city="Gəncə", language="az")
    item = {"title": "Dəli Kür", "author": "Şıxlı", "date": NOW}
    tell([Occasion("hold_ready", reader, "hold 1", "GNC-M", item=item)], now=NOW)
    return reader


def signed_in(client: Client, role: str, unit: str) -> Client:
    client.force_login(a_login("nigar", role=role, unit=unit))
    return client


def test_letters_are_a_pdf_until_they_are_noted_as_printed(client: Client, letter: int) -> None:
    desk = signed_in(client, "librarian", "GNC-M")
    answer = desk.get("/desk/notices/letters/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    [row] = messages_page(scopes=("",))[1]
    assert row.state == "queued"
    desk.post("/desk/notices/", {"printed": "1", "letter": [row.id]})
    assert messages_page(scopes=("",))[1][0].state == "sent"


def test_another_library_neither_sees_nor_prints_them(client: Client, letter: int) -> None:
    [row] = messages_page(scopes=("",))[1]
    desk = signed_in(client, "librarian", "SAK-M")
    assert "Kitabınız hazırdır" not in desk.get("/desk/notices/").content.decode()
    desk.post("/desk/notices/", {"printed": "1", "letter": [row.id]})
    assert messages_page(scopes=("",))[1][0].state == "queued"


def test_a_bad_text_comes_back_with_line_and_reason(client: Client, letter: int) -> None:
    desk = signed_in(client, "administrator", "GNC")
    session = desk.session
    session["unit"] = "GNC-M"
    session.save()
    typed = {"subject": "S", "body": "Salam\r\n{{ reader.pin }}", "sms": "s", "level": "GNC", "save": "1"}
    answer = desk.post("/desk/notices/texts/hold_ready/az/", typed, headers={"accept-language": "en"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "line 2" in shown
    assert "reader.pin" in shown
    typed["body"] = "Salam, {{ reader.name }}"
    assert desk.post("/desk/notices/texts/hold_ready/az/", typed).status_code == 302
    assert "Salam, {{ reader.name }}" in desk.get("/desk/notices/texts/hold_ready/az/").content.decode()
    assert desk.get("/desk/notices/texts/hold_ready/xx/").status_code == 404
