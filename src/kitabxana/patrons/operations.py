"""Writes of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from kitabxana.base import audit
from kitabxana.base.models import User
from kitabxana.kernel.decisions import Refused
from kitabxana.language import words
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Card, Patron, PatronCategory, Restriction
from kitabxana.patrons.queries import complete

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree
    from kitabxana.patrons.facts import PatronFacts


LONGEST_SEARCH_KEY = 320


def lock_patron(patron_id: int, *, organisation: Tree | None = None, now: datetime | None = None) -> PatronFacts | None:
    """Lock one reader until the transaction ends and read it; None when there is none.

    Cards and restrictions are read after the lock is had, so they are those of now, not of before the wait. Rows that
    only refer to the reader may be written meanwhile (FOR NO KEY UPDATE).
    """
    rows = Patron.objects.select_for_update(of=("self",), no_key=True)
    found = complete(rows.filter(pk=patron_id, deleted_at__isnull=True), organisation=organisation, now=now)
    return found[0] if found else None


@transaction.atomic
def set_category(*, code: str, names: Mapping[str, str], by: Actor, enrolment_months: int = 12) -> None:
    """Add or rename a category of readers."""
    if not by.may_anywhere("organisation.edit"):
        raise Refused.one("not_permitted", permission="organisation.edit")
    values = {"names": dict(names), "enrolment_months": enrolment_months}
    PatronCategory.objects.update_or_create(code=code, defaults=values)
    audit.record(by, "category.set", object_type="category", object_id=code, after=values)


@transaction.atomic
def register(
    *, card: str, surname: str, home_unit: str, category: str, expires_on: date, enrolled_on: date, by: Actor,
    details: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Register a reader with a card; returns the reader's id. `details` are the remaining columns of `Patron`.

    Refused: not_permitted, unknown_unit, unknown_category, card_taken (a number once used is never used again).
    """
    organisation = tree()
    if home_unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=home_unit)
    if not by.may("patrons.edit", organisation.units[home_unit].path):
        raise Refused.one("not_permitted", permission="patrons.edit")
    if not PatronCategory.objects.filter(pk=category).exists():
        raise Refused.one("unknown_category", code=category)
    rest = dict(details or {})
    names = (surname, rest.get("firstname", ""), rest.get("middle_name", ""))
    try:
        with transaction.atomic():
            patron = Patron.objects.create(
                home_unit_id=organisation.units[home_unit].id,
                category_id=category,
                surname=surname,
                search_key=" ".join(words(" ".join(names)))[:LONGEST_SEARCH_KEY],
                enrolled_on=enrolled_on,
                expires_on=expires_on,
                **rest,
            )
            Card.objects.create(number=card, patron=patron)
    except IntegrityError as taken:
        raise Refused.one("card_taken", card=card) from taken
    audit.record(by, "patron.register", object_type="patron", object_id=patron.pk, after={"card": card})
    return patron.pk


@transaction.atomic
def set_pin(*, patron_id: int, pin: str, by: Actor) -> None:
    """Let a reader sign in with the card's number and this PIN or password.

    Refused: unknown_patron, not_permitted, no_valid_card, login_taken.
    """
    patron = _editable(patron_id, by)
    number = patron.cards.filter(state="valid").values_list("number", flat=True).first()
    if number is None:
        raise Refused.one("no_valid_card")
    user = patron.user or User()
    if user.username != number and User.objects.filter(username=number).exists():
        raise Refused.one("login_taken", card=number)
    user.username, user.password = number, make_password(pin)
    user.save()
    Patron.objects.filter(pk=patron_id).update(user=user)
    audit.record(by, "patron.pin", object_type="patron", object_id=patron_id)


@transaction.atomic
def restrict(*, patron_id: int, reason: str, by: Actor, until: date | None = None) -> None:
    """Bar a reader from borrowing, until a day (inclusive) or until lifted. Refused: unknown_patron, not_permitted."""
    patron = _editable(patron_id, by)
    Restriction.objects.create(patron=patron, reason=reason, until=until)
    audit.record(by, "patron.restrict", object_type="patron", object_id=patron_id, after={"until": str(until)})


def _editable(patron_id: int, by: Actor) -> Patron:
    """The reader's locked row, for one who may edit it."""
    patron = Patron.objects.select_for_update(no_key=True).filter(pk=patron_id, deleted_at__isnull=True).first()
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    if not by.may("patrons.edit", tree().by_id[patron.home_unit_id].path):
        raise Refused.one("not_permitted", permission="patrons.edit")
    return patron
