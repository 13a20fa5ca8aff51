"""What every write of readers begins with: the reader's locked row, and the right to change it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from kitabxana.base.statements import prepared
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Patron
from kitabxana.patrons.queries.readers import facts_from

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


class _Card(NamedTuple):
    pk: int
    number: str
    state: str


class _Restriction(NamedTuple):
    reason: str
    kind: str
    until: date | None
    lifted_at: None = None


_READER = ("pk", "home_unit_id", "category_id", "surname", "firstname", "middle_name", "birth_date", "email", "phone",
           "address", "city", "postcode", "language", "enrolled_on", "expires_on", "history", "staff_note",
           "public_note", "changed_at")  # fmt: skip
_LOCK = f"""
    SELECT id, {", ".join(_READER[1:])} FROM patrons_patron WHERE id = %s AND deleted_at IS NULL
    FOR NO KEY UPDATE"""  # noqa: S608 - names of our own
_STANDING = """
    SELECT id, number, state, NULL, NULL, NULL::date FROM patrons_card WHERE patron_id = %(patron)s
    UNION ALL
    SELECT NULL, NULL, NULL, reason, kind, until FROM patrons_restriction
    WHERE patron_id = %(patron)s AND lifted_at IS NULL"""


def lock_patron(patron_id: int, *, organisation: Tree | None = None, now: datetime | None = None) -> PatronFacts | None:
    """Lock one reader until the transaction ends and read it; None when there is none. Two statements with the tree.

    Cards and restrictions are read after the lock is had, so they are those of now, not of before the wait. Rows that
    only refer to the reader may be written meanwhile (FOR NO KEY UPDATE). Written out, for every loan begins here.
    """
    with prepared() as cursor:
        cursor.execute(_LOCK, [patron_id])
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute(_STANDING, {"patron": patron_id})
        standing = cursor.fetchall()
    cards = [_Card(*one[:3]) for one in standing if one[0] is not None]
    restrictions = [_Restriction(*one[3:]) for one in standing if one[0] is None]
    return facts_from(
        SimpleNamespace(**dict(zip(_READER, row, strict=True))), cards, restrictions, organisation or tree(), now=now
    )


def editable(patron_id: int, by: Actor, *, permission: str = "patrons.edit") -> Patron:
    """The reader's locked row, for one who may change it. Refused: unknown_patron, not_permitted."""
    patron = Patron.objects.select_for_update(no_key=True).filter(pk=patron_id, deleted_at__isnull=True).first()
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    if not by.may(permission, tree().by_id[patron.home_unit_id].path):
        raise Refused.one("not_permitted", permission=permission)
    return patron


def own(patron_id: int, by: Actor) -> Patron:
    """The reader's locked row, for that reader alone. Refused: not_permitted, unknown_patron."""
    if by.patron_id != patron_id:
        raise Refused.one("not_permitted", permission="patrons.edit")
    patron = Patron.objects.select_for_update(no_key=True).filter(pk=patron_id, deleted_at__isnull=True).first()
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    return patron


def library(organisation: Tree, code: str, by: Actor, *, permission: str = "patrons.edit") -> UnitFacts:
    """The unit where readers may be registered by this actor. Refused: unknown_unit, not_permitted."""
    if code not in organisation.units:
        raise Refused.one("unknown_unit", unit=code)
    if not by.may(permission, organisation.units[code].path):
        raise Refused.one("not_permitted", permission=permission)
    return organisation.units[code]
