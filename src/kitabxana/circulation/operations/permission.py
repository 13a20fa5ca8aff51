"""What every operation of circulation asks first: is the desk known, and may this actor work at it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.kernel.decisions import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts


def desk(organisation: Tree, unit: str, *, by: Actor, permission: str) -> UnitFacts:
    """The unit where the actor works. Refused: unknown_unit, not_permitted."""
    facts = organisation.units.get(unit)
    if facts is None:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may(permission, facts.path):
        raise Refused.one("not_permitted", permission=permission)
    return facts


def liftable(refusals: Iterable[Refusal], *, by: Actor, path: str) -> frozenset[str]:
    """Which of the permissions that would lift these refusals the actor holds there."""
    return frozenset(refusal.override for refusal in refusals if refusal.override and by.may(refusal.override, path))


def may_hold(by: Actor, *, patron_id: int, homes: Iterable[str], organisation: Tree) -> bool:
    """Whether the actor may speak of this reader's holds: the reader, or a desk with the permission where it is fetched
    or where the reader belongs; `homes` are these units."""
    units = organisation.units
    return by.patron_id == patron_id or any(by.may("circulation.hold", units[home].path) for home in homes)
