"""Logins of staff in words: roles with their places, and what a login may give away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from kitabxana.fronts.desk.render.words import short_moment, unit_name
from kitabxana.organisation.messages import ROLE_NAMES
from kitabxana.organisation.rules import role_needs

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import StaffFacts, Tree, UnitFacts


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`one_time` tells until when a password given by another waits, "" where the password is the person's own."""

    id: int
    username: str
    name: str
    active: bool
    one_time: str
    run_out: bool
    roles: tuple[str, ...]


def person_row(one: StaffFacts, organisation: Tree, *, where: UnitFacts) -> PersonRow:
    until = one.one_time_until
    return PersonRow(
        one.id,
        one.username,
        one.name,
        one.active,
        short_moment(until, where.zone) if until else "",
        bool(until and until < timezone.now()),
        tuple(f"{ROLE_NAMES[role]}: {_place(organisation, code)}" for role, code in one.roles),
    )


def _place(organisation: Tree, code: str | None) -> str:
    return unit_name(organisation.units, code) if code else _("The whole installation")


def places(organisation: Tree, by: Actor) -> list[tuple[str, str, int]]:
    """Where this login may give roles: (code, name, depth), "" first for the whole installation."""
    found = [(one.code, unit_name(organisation.units, one.code), len(one.lineage) - 1)
             for one in organisation.units.values() if not one.closed and by.may("staff.edit", one.path)]  # fmt: skip
    return [("", _("The whole installation"), 0), *found] if by.may("staff.edit", "") else found


def givable(by: Actor) -> list[tuple[str, str]]:
    """The roles that this login can give somewhere; where, is asked when it is done."""
    everywhere = by.may("staff.edit", "")
    return [
        (role, str(name))
        for role, name in ROLE_NAMES.items()
        if (everywhere if role == "data_protection" else all(by.may_anywhere(one) for one in role_needs(role)))
    ]
