"""Registering from home: an application waits until the library takes it or not."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Application, PatronCategory
from kitabxana.patrons.operations.locking import library
from kitabxana.patrons.operations.register import enrol
from kitabxana.patrons.queries.categories import category_facts
from kitabxana.patrons.rules import REGISTER, Registering

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kitabxana.base.actor import Actor

MOST_FROM_ONE = 5
MOST_IN_A_LIBRARY = 200
"""Applications a day: from one address, and waiting at one library."""

TYPED = (
    "surname", "firstname", "middle_name", "birth_date", "email", "phone", "address", "city", "postcode", "language",
    "category",
)  # fmt: skip
"""What one may say of oneself; everything else is the library's."""


@transaction.atomic
def apply(*, draft: Draft, address: str, now: datetime) -> int:
    """Keep an application of someone unknown; returns its id. Needs a birth date and a telephone or an e-mail.

    `address` is the network's; kept of it is a keyed hash, for counting. Refused: unknown_unit, not_open_to_all (the
    library's `self_registration` is off, or the category is not for it), slow_down, and what `rules.REGISTER` says.
    """
    organisation = tree()
    home = organisation.units.get(draft.home_unit)
    if home is None:
        raise Refused.one("unknown_unit", unit=draft.home_unit)
    category = PatronCategory.objects.filter(pk=draft.category, self_registration=True).first()
    open_to_all = value(organisation, "self_registration", unit=home.code, category=draft.category, item_type="")
    if category is None or not open_to_all:
        raise Refused.one("not_open_to_all")
    found = refusals(REGISTER, Registering(draft, category_facts(category), now.date()))
    if found or draft.birth_date is None or not (draft.phone or draft.email):
        raise Refused(found) if found else Refused.one("bad_phone" if draft.birth_date else "bad_birth_date")
    sender = _sender(address)
    lately = Application.objects.filter(sent_at__gt=now - timedelta(days=1))
    waiting = Application.objects.filter(home_unit_id=home.id, decided_at__isnull=True).count()
    if lately.filter(sender=sender).count() >= MOST_FROM_ONE or waiting >= MOST_IN_A_LIBRARY:
        raise Refused.one("slow_down")
    typed = {name: _plain(getattr(draft, name)) for name in TYPED}
    return Application.objects.create(home_unit_id=home.id, typed=typed, sender=sender, sent_at=now).pk


@transaction.atomic
def decide(
    *, application_id: int, take: bool, by: Actor, now: datetime, card: str = "", lift: frozenset[str] = frozenset()
) -> int | None:
    """Take an application (the person has shown who they are), or not; returns the new reader's id.

    What was typed is forgotten either way. Refused: unknown_application, not_permitted, and as `enrol`.
    """
    row = Application.objects.select_for_update().filter(pk=application_id, decided_at__isnull=True).first()
    if row is None:
        raise Refused.one("unknown_application")
    organisation = tree()
    home = library(organisation, organisation.by_id[row.home_unit_id].code, by)
    draft = draft_of(row.typed, home_unit=home.code, card=card)
    if take:
        row.patron_id = enrol(draft, by=by, now=now, lift=lift, tell=False)
    answered: dict[str, Any] = {"application": application_id, "patron": row.patron_id, "unit": home.code}
    if not take:  # nobody else knows any more whom to answer: the event goes when it is delivered
        name = f"{draft.surname} {draft.firstname}".strip()
        answered |= {"name": name, "email": draft.email, "phone": draft.phone, "language": draft.language}
    outbox.publish("application.answered", answered)
    row.typed, row.decided_at, row.decided_by = {}, now, by.name
    row.save()
    after = {"application": application_id, "taken": take}
    audit.record(by, "application.decide", object_type="application", object_id=application_id, after=after)
    return row.patron_id


def forget_applications(*, now: datetime) -> int:
    """Delete those sent longer ago than the library's `application_days`; how many."""
    organisation = tree()
    gone = 0
    for unit in Application.objects.order_by("home_unit").values_list("home_unit_id", flat=True).distinct():
        code = organisation.by_id[unit].code
        days = int(value(organisation, "application_days", unit=code, category="", item_type=""))
        old = Application.objects.filter(home_unit_id=unit, sent_at__lt=now - timedelta(days=days))
        gone += old.delete()[0]
    return gone


def draft_of(typed: Mapping[str, Any], *, home_unit: str, card: str = "") -> Draft:
    """What was typed as a draft of this library."""
    fields = {name: text for name, text in typed.items() if name in TYPED and name != "birth_date"}
    born = date.fromisoformat(typed["birth_date"]) if typed.get("birth_date") else None
    return Draft(home_unit=home_unit, card=card, birth_date=born, **fields)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(value or "")


def _sender(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"application:{address}".encode(), hashlib.sha256).hexdigest()
