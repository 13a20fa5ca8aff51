"""What every write of readers begins with: the reader's locked row, and the right to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Patron
from kitabxana.patrons.queries.readers import one_reader

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


def lock_patron(patron_id: int, *, organisation: Tree | None = None, now: datetime | None = None) -> PatronFacts | None:
    """Lock one reader until the transaction ends and read it; None when there is none. Two statements with the tree."""
    return one_reader(patron_id, organisation=organisation or tree(), now=now, lock=True)


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
