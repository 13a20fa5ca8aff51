"""Who comes to the desk in these tests: the same small nation, one login of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from kitabxana.base.actor import SYSTEM
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.operations import set_pin

if TYPE_CHECKING:
    from kitabxana.base.models import User


def browser() -> Client:
    """Nobody yet, reading English."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def signed_in(user: User, *, unit: str = "") -> Client:
    """A browser with a running session; `unit` is the library chosen in it."""
    client = browser()
    client.force_login(user)
    if unit:
        session = client.session
        session["unit"] = unit
        session.save()
    return client


def librarian(unit: str = "GNC-M") -> Client:
    return signed_in(a_login(f"lib-{unit}", role="librarian", unit=unit))


def cataloguer(unit: str = "GNC-M") -> Client:
    return signed_in(a_login(f"cat-{unit}", role="cataloguer", unit=unit))


def administrator(unit: str = "GNC-M") -> Client:
    return signed_in(a_login("boss", role="administrator"), unit=unit)


def reader_online(patron_id: int) -> Client:
    """A reader who signed in to the reader's pages with the card's number and a PIN."""
    from kitabxana.base.models import User

    set_pin(patron_id=patron_id, pin="çox-gizli-91", by=SYSTEM)
    return signed_in(User.objects.get(patron=patron_id))
