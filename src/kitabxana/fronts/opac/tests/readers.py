"""Who looks at the reader's pages in these tests, and how books get where they are found."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from django.test import Client

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import User
from kitabxana.catalogue.tests.builders import Record, a_record
from kitabxana.fronts.opac.session import READER
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.operations import set_pin
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.search.operations import index_records

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test.client import _MonkeyPatchedWSGIResponse

PIN = "493817"


def browser(language: str = "en") -> Client:
    """Nobody yet."""
    client = Client()
    client.cookies["django_language"] = language
    return client


def signed_in(patron_id: int) -> Client:
    """A reader after signing in with card and PIN."""
    set_pin(patron_id=patron_id, pin=PIN, by=SYSTEM)
    client = browser()
    client.force_login(User.objects.get(patron=patron_id))
    session = client.session
    session[READER] = True
    session.save()
    return client


def a_book(*fields: dict[str, Any], copies: tuple[str, ...] = ("GNC-M",), **basics: str) -> int:
    """A findable record with a copy at each of these libraries; returns the record's id."""
    record_id = a_record(*fields, **basics)
    for at, unit in enumerate(copies):
        a_copy(record_id, barcode=f"B{record_id}-{at}", unit=unit)
    index_all()
    return record_id


def index_all() -> None:
    index_records(Record.objects.values_list("pk", flat=True))


def text_of(response: HttpResponse | _MonkeyPatchedWSGIResponse) -> str:
    """What a person reads of a page: tags off, white space one blank."""
    shown = re.sub(r"<(script|style|title)\b.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split()).replace(" ,", ",")


__all__ = ["PIN", "a_book", "a_copy", "a_reader", "a_record", "browser", "index_all", "signed_in", "text_of"]
