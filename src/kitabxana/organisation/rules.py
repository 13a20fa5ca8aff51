"""Roles, and which policy value wins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from kitabxana.organisation.facts import Tree

KINDS = ("nation", "system", "library", "point")
LONGEST_CODE = 10

DESK = frozenset(
    {
        "desk.use",
        "catalogue.view",
        "items.view",
        "items.state",
        "patrons.view",
        "patrons.edit",
        "circulation.view",
        "circulation.check_out",
        "circulation.check_in",
        "circulation.renew",
        "circulation.hold",
        "circulation.override.too_many_loans",
        "circulation.override.card_expired",
        "circulation.override.too_many_renewals",
        "circulation.override.item_damaged",
    }
)
CATALOGUING = frozenset(
    {
        "desk.use",
        "catalogue.view",
        "catalogue.edit",
        "items.view",
        "items.state",
        "items.edit",
        "items.batch",
        "catalogue.import",
    }
)
ADMINISTRATION = frozenset(
    {
        "items.withdraw",
        "lists.edit",
        "organisation.edit",
        "staff.edit",
        "circulation.override.patron_restricted",
        "circulation.override.item_not_for_loan",
        "circulation.override.item_lost",
        "circulation.override.item_withdrawn",
        "circulation.override.item_restricted",
        "circulation.override.held_for_other",
        "circulation.override.renewal_needed_by_hold",
        "circulation.override.patron_elsewhere",
    }
)
ROLES: Mapping[str, frozenset[str]] = {
    "librarian": DESK,
    "cataloguer": CATALOGUING,
    "administrator": DESK | CATALOGUING | ADMINISTRATION,
}
PERMISSIONS = frozenset().union(*ROLES.values())


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """What a policy value may be: its Python type, its default, and for numbers the bounds (inclusive)."""

    type: type
    default: Any
    least: int = 0
    most: int = 100_000
    choices: tuple[str, ...] = ()


POLICIES: Mapping[str, PolicyKind] = {
    "loan_days": PolicyKind(int, 15, least=0, most=3650),
    "max_loans": PolicyKind(int, 5, most=10_000),
    "renewals_allowed": PolicyKind(int, 1, most=1000),
    "renewal_days": PolicyKind(int, 15, least=1, most=3650),
    "closed_days": PolicyKind(str, "next_open", choices=("keep", "next_open", "skip_closed")),
    "hold_shelf_days": PolicyKind(int, 7, least=1, most=365),
    "max_holds": PolicyKind(int, 5, most=10_000),
}
"""Every policy this version knows; days are whole days, limits count loans or holds open at once."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A policy value and the cell it came from, None standing for "all"; `built_in` when no row says anything."""

    value: Any
    unit: str | None
    category: str | None
    item_type: str | None
    built_in: bool = False


def policy_problem(name: str, value: Any) -> str | None:
    """Why `value` can't be stored under `name` (a stable code), None when it can."""
    kind = POLICIES.get(name)
    if kind is None:
        return "unknown_policy"
    if type(value) is not kind.type:
        return "wrong_type"
    if kind.choices and value not in kind.choices:
        return "not_a_choice"
    if isinstance(value, int) and not kind.least <= value <= kind.most:
        return "out_of_bounds"
    return None


def unit_problem(*, code: str, kind: str, zone: str) -> str | None:
    """Why a unit can't be called so, be of that kind or lie in that zone (a stable code), None when it can."""
    if not 1 <= len(code) <= LONGEST_CODE or not code.replace("-", "").replace("_", "").isalnum():
        return "bad_code"
    if kind not in KINDS:
        return "unknown_kind"
    if zone and zone not in available_timezones():
        return "unknown_zone"
    return None


def hours_problem(weekly: Mapping[int, tuple[time, time]]) -> str | None:
    """Why these can't be a week's hours (a stable code), None when they can."""
    if not weekly:
        return "no_open_day"
    if any(not 1 <= day <= 7 or opens >= closes for day, (opens, closes) in weekly.items()):
        return "bad_hours"
    return None


def decide(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> Decided:
    """The value of one policy: nearest unit first, then category, then item type, as Koha ranks them."""
    units: tuple[str | None, ...] = (*tree.units[unit].lineage, None)
    for cell in product(units, (category, None), (item_type, None)):
        if (name, *cell) in tree.policies:
            return Decided(tree.policies[(name, *cell)], *cell)
    return Decided(POLICIES[name].default, None, None, None, built_in=True)


def value(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> Any:
    return decide(tree, name, unit=unit, category=category, item_type=item_type).value
