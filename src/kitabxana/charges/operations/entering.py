"""How every operation enters an account: who may, whose it is, locked until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


@dataclass(frozen=True, slots=True)
class Entered:
    """A reader's account under its lock, and the unit where this happens."""

    organisation: Tree
    unit: UnitFacts
    patron: PatronFacts


def enter(*, patron_id: int, unit: str, by: Actor | None = None, permission: str = "") -> Entered:
    """Lock a reader. With `by`: who must hold `permission` at the unit and for the reader's library system.

    Without `by` a feature enters that has asked what it must ask. Refused: unknown_unit, not_permitted,
    unknown_patron (also for a reader whom this login may not see).
    """
    organisation = tree()
    where = organisation.units.get(unit)
    if where is None:
        raise Refused.one("unknown_unit", unit=unit)
    if by is not None and not by.may(permission, where.path):
        raise Refused.one("not_permitted", permission=permission)
    patron = lock_patron(patron_id, organisation=organisation)
    if patron is None or (by is not None and not _sees(organisation, by.scopes(permission), patron)):
        raise Refused.one("unknown_patron", card=str(patron_id))
    return Entered(organisation, where, patron)


def _sees(organisation: Tree, prefixes: tuple[str, ...], patron: PatronFacts) -> bool:
    """Readers are shared by the libraries of one system, as in `patrons.queries.scope_of`."""
    home = organisation.units[patron.home_unit].path
    for prefix in prefixes:
        code = prefix.rstrip("/").rpartition("/")[2]
        shared = organisation.system_of(code).path if code in organisation.units else prefix
        if home.startswith(shared):
            return True
    return False
