"""Writes of the organisation: units, hours, closures, policies, roles. Each locks the tree's version row first."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import NeverOpen
from kitabxana.organisation.models import Closure, OpeningHours, Policy, RoleAssignment, TreeVersion, Unit
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import ROLES, hours_problem, policy_problem, unit_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, time

    from kitabxana.base.actor import Actor


def _lock_tree() -> None:
    TreeVersion.objects.get_or_create(pk=1)
    TreeVersion.objects.select_for_update().get(pk=1)
    TreeVersion.objects.filter(pk=1).update(stamp=uuid.uuid4())


def _require(by: Actor, permission: str, path: str) -> None:
    if not by.may(permission, path):
        raise Refused.one("not_permitted", permission=permission)


@transaction.atomic
def add_unit(*, code: str, kind: str, parent: str | None, names: Mapping[str, str], by: Actor, **details: Any) -> int:
    """Add a unit under `parent` (None for a nation); returns its id.

    `details` are the remaining columns of `Unit`. Refused: bad_code, unknown_kind, unknown_zone, unknown_unit,
    code_taken, not_permitted.
    """
    _lock_tree()
    if problem := unit_problem(code=code, kind=kind, zone=details.get("zone", "")):
        raise Refused.one(problem, code=code, kind=kind, zone=details.get("zone", ""))
    above = Unit.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise Refused.one("unknown_unit", unit=parent)
    if Unit.objects.filter(code=code).exists():
        raise Refused.one("code_taken", value=code)
    path = f"{above.path if above else ''}{code}/"
    _require(by, "organisation.edit", path)
    unit = Unit.objects.create(code=code, kind=kind, parent=above, path=path, names=dict(names), **details)
    audit.record(by, "unit.add", object_type="unit", object_id=code, after={"path": path, "names": dict(names)})
    return unit.pk


@transaction.atomic
def set_hours(*, unit: str, weekly: Mapping[int, tuple[time, time]], by: Actor) -> None:
    """Replace the weekly hours of a unit. Refused: no_open_day, bad_hours, unknown_unit, not_permitted."""
    _lock_tree()
    row = _unit(unit)
    _require(by, "organisation.edit", row.path)
    if problem := hours_problem(weekly):
        raise Refused.one(problem)
    OpeningHours.objects.filter(unit=row).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=row, weekday=day, opens=opens, closes=closes) for day, (opens, closes) in weekly.items()
    )
    _refuse_never_open(row.path, since=timezone.now().date())
    after = {str(day): f"{opens:%H:%M}-{closes:%H:%M}" for day, (opens, closes) in weekly.items()}
    audit.record(by, "unit.hours", object_type="unit", object_id=unit, after=after)


@transaction.atomic
def add_closure(
    *, unit: str, first_day: date, last_day: date, by: Actor, yearly: bool = False, title: str = ""
) -> None:
    """Close a unit and all below it. Refused: dates_out_of_order, closure_too_long, no_open_day,
    unknown_unit, not_permitted."""
    _lock_tree()
    row = _unit(unit)
    _require(by, "organisation.edit", row.path)
    if last_day < first_day:
        raise Refused.one("dates_out_of_order")
    if (last_day - first_day).days >= 365:
        raise Refused.one("closure_too_long")
    Closure.objects.create(unit=row, first_day=first_day, last_day=last_day, yearly=yearly, title=title)
    _refuse_never_open(row.path, since=first_day)
    after = {"first": str(first_day), "last": str(last_day), "yearly": yearly, "title": title}
    audit.record(by, "unit.closure", object_type="unit", object_id=unit, after=after)


@transaction.atomic
def set_policy(
    *, name: str, value: Any, by: Actor, unit: str | None = None, category: str | None = None,
    item_type: str | None = None,
) -> None:  # fmt: skip
    """Set one cell of the policy table. Refused: the codes of `rules.policy_problem`, unknown_unit, not_permitted."""
    _lock_tree()
    row = _unit(unit) if unit else None
    _require(by, "organisation.edit", row.path if row else "")
    if problem := policy_problem(name, value):
        raise Refused.one(problem, name=name, value=str(value))
    cell: dict[str, Any] = {"unit": row, "category": category, "item_type": item_type, "name": name}
    before = Policy.objects.filter(**cell).values_list("value", flat=True).first()
    Policy.objects.update_or_create(**cell, defaults={"value": value})
    audit.record(
        by,
        "policy.set",
        object_type="policy",
        object_id=_policy_id(name, unit, category, item_type),
        before=before,
        after=value,
    )


@transaction.atomic
def delete_policy(
    *, name: str, by: Actor, unit: str | None = None, category: str | None = None, item_type: str | None = None
) -> None:
    """Take one cell out of the policy table; every other one, the default's too, stays as it is (case 8).

    Refused: no_such_policy, unknown_unit, not_permitted.
    """
    _lock_tree()
    row = _unit(unit) if unit else None
    _require(by, "organisation.edit", row.path if row else "")
    cell = Policy.objects.filter(unit=row, category=category, item_type=item_type, name=name)
    before = cell.values_list("value", flat=True).first()
    if not cell.delete()[0]:
        raise Refused.one("no_such_policy", name=name)
    object_id = _policy_id(name, unit, category, item_type)
    audit.record(by, "policy.delete", object_type="policy", object_id=object_id, before=before)


@transaction.atomic
def assign_role(*, user_id: int, role: str, unit: str | None, by: Actor) -> None:
    """Give a login a role at a unit, None for the whole installation.

    Refused: unknown_role, unknown_unit, not_permitted.
    """
    row = _unit(unit) if unit else None
    _require(by, "staff.edit", row.path if row else "")
    if role not in ROLES:
        raise Refused.one("unknown_role", role=role)
    RoleAssignment.objects.get_or_create(user_id=user_id, role=role, unit=row)
    audit.record(by, "role.assign", object_type="user", object_id=user_id, after={"role": role, "unit": unit})


def _policy_id(name: str, unit: str | None, category: str | None, item_type: str | None) -> str:
    return f"{name}/{unit or '*'}/{category or '*'}/{item_type or '*'}"[:40]


def _refuse_never_open(path: str, *, since: date) -> None:
    """No library may be left without an open day: every due date would be looked for in vain (case 3)."""
    organisation = tree()
    for unit in organisation.under(path):
        try:
            organisation.calendar(unit.code, since=since).next_open(since)
        except NeverOpen as never:
            raise Refused.one("no_open_day", unit=unit.code) from never


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused.one("unknown_unit", unit=code)
    return unit
