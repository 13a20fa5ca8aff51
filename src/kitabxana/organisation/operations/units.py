"""Units and who works in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import RoleAssignment, Unit
from kitabxana.organisation.operations.permission import lock_tree, require, unit_row
from kitabxana.organisation.rules import ROLES, unit_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor


@transaction.atomic
def add_unit(*, code: str, kind: str, parent: str | None, names: Mapping[str, str], by: Actor, **details: Any) -> int:
    """Add a unit under `parent` (None for a nation); returns its id.

    `details` are the remaining columns of `Unit`. Refused: bad_code, unknown_kind, unknown_zone, unknown_unit,
    code_taken, not_permitted.
    """
    lock_tree()
    if problem := unit_problem(code=code, kind=kind, zone=details.get("zone", "")):
        raise Refused.one(problem, code=code, kind=kind, zone=details.get("zone", ""))
    above = Unit.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise Refused.one("unknown_unit", unit=parent)
    if Unit.objects.filter(code=code).exists():
        raise Refused.one("code_taken", value=code)
    path = f"{above.path if above else ''}{code}/"
    require(by, "organisation.edit", path)
    unit = Unit.objects.create(code=code, kind=kind, parent=above, path=path, names=dict(names), **details)
    audit.record(by, "unit.add", object_type="unit", object_id=code, after={"path": path, "names": dict(names)})
    return unit.pk


@transaction.atomic
def assign_role(*, user_id: int, role: str, unit: str | None, by: Actor) -> None:
    """Give a login a role at a unit, None for the whole installation.

    Refused: unknown_role, unknown_unit, not_permitted.
    """
    row = unit_row(unit) if unit else None
    require(by, "staff.edit", row.path if row else "")
    if role not in ROLES:
        raise Refused.one("unknown_role", role=role)
    RoleAssignment.objects.get_or_create(user_id=user_id, role=role, unit=row)
    audit.record(by, "role.assign", object_type="user", object_id=user_id, after={"role": role, "unit": unit})
