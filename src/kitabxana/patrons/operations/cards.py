"""Library cards and the PINs that go with them. A number once given out is never given out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from kitabxana.base import audit
from kitabxana.base.models import User
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.models import Card, Patron
from kitabxana.patrons.operations.locking import editable, own
from kitabxana.patrons.operations.register import made_card
from kitabxana.patrons.rules import pin_problem

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor

LONGEST_NUMBER = 32


@transaction.atomic
def add_card(*, patron_id: int, by: Actor, number: str = "", instead_of: str = "", state: str = "replaced") -> str:
    """Give a reader a card, "" for a number made here; returns the number.

    `instead_of` is a card that thereby becomes "lost" or "replaced" (`state`); the login of its number moves along.
    Refused: unknown_patron, not_permitted, bad_card, card_taken, unknown_card, bad_choice.
    """
    patron = editable(patron_id, by)
    organisation = tree()
    number = number.strip() or made_card(organisation.by_id[patron.home_unit_id].code, organisation)
    if len(number) > LONGEST_NUMBER or any(sign.isspace() for sign in number):
        raise Refused.one("bad_card", card=number)
    try:
        with transaction.atomic():
            Card.objects.create(number=number, patron=patron)
    except IntegrityError as taken:
        raise Refused.one("card_taken", card=number) from taken
    after = {"card": number}
    if instead_of:
        _mark(patron, instead_of, state)
        _move_login(patron, instead_of, number)
        after |= {"instead_of": instead_of, "state": state}
    audit.record(by, "patron.card", object_type="patron", object_id=patron_id, after=after)
    return number


@transaction.atomic
def mark_card(*, patron_id: int, number: str, state: str, by: Actor) -> None:
    """Say of a card that it is lost, replaced, withdrawn, or (found again) valid.

    Refused: unknown_patron, not_permitted, unknown_card, bad_choice.
    """
    patron = editable(patron_id, by)
    _mark(patron, number, state)
    after = {"card": number, "state": state}
    audit.record(by, "patron.card", object_type="patron", object_id=patron_id, after=after)


@transaction.atomic
def set_pin(*, patron_id: int, pin: str, by: Actor) -> None:
    """Let a reader sign in with the card's number and this PIN or password.

    Refused: unknown_patron, not_permitted, no_valid_card, login_taken, pin_too_short, pin_trivial, pin_known, bad_pin.
    """
    _put_pin(editable(patron_id, by), pin, by=by)


@transaction.atomic
def change_pin(*, patron_id: int, pin: str, by: Actor) -> None:
    """A reader changes the own PIN or password; that the old one was right, the door has asked.

    Refused: not_permitted (anybody but that reader), unknown_patron, and as `set_pin`.
    """
    _put_pin(own(patron_id, by), pin, by=by)


def _put_pin(patron: Patron, pin: str, *, by: Actor) -> None:
    number = patron.cards.filter(state="valid").order_by("-pk").values_list("number", flat=True).first()
    if number is None:
        raise Refused.one("no_valid_card")
    home = tree().by_id[patron.home_unit_id].code
    least = int(value(tree(), "pin_length", unit=home, category=patron.category_id, item_type=""))
    if problem := pin_problem(pin, least=least, known=_known(patron, number)):
        raise Refused.one(problem, least=least)
    user = patron.user or User()
    if user.username != number and User.objects.filter(username=number).exists():
        raise Refused.one("login_taken", card=number)
    user.username, user.password = number, make_password(pin)
    user.save()
    Patron.objects.filter(pk=patron.pk).update(user=user)
    audit.record(by, "patron.pin", object_type="patron", object_id=patron.pk)


def _known(patron: Patron, card: str) -> tuple[str, ...]:
    """What others may know of a reader, as digits a PIN might be taken from."""
    born = patron.birth_date
    dates = (f"{born:%d%m%Y}", f"{born:%Y%m%d}", f"{born:%d%m%y}", f"{born:%y%m%d}") if born else ()
    return (card, patron.phone_key, *dates)


def _mark(patron: Patron, number: str, state: str) -> None:
    if state not in dict(Card.STATES):
        raise Refused.one("bad_choice")
    if not patron.cards.filter(number=number).update(state=state):
        raise Refused.one("unknown_card", card=number)


def _move_login(patron: Patron, old: str, new: str) -> None:
    """Who signed in with the old card's number signs in with the new one's, unless that name is another login's."""
    if patron.user and patron.user.username == old:
        if User.objects.filter(username=new).exists():
            raise Refused.one("login_taken", card=new)
        User.objects.filter(pk=patron.user.pk).update(username=new)
