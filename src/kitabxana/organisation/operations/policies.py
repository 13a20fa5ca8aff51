"""The rows of the policy table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import JSONField, Value

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import Policy
from kitabxana.organisation.operations.permission import lock_tree, require, unit_row
from kitabxana.organisation.rules import cell_problem, policy_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor


@transaction.atomic
def set_policy(
    *, name: str, value: Any, by: Actor, unit: str | None = None, category: str | None = None,
    item_type: str | None = None,
) -> None:  # fmt: skip
    """Set one cell of the policy table; `value` as `PolicyKind` says, a day as ISO text.

    Refused: the codes of `rules.policy_problem` and `rules.cell_problem`, unknown_unit, not_permitted.
    """
    lock_tree()
    row = unit_row(unit) if unit else None
    require(by, "organisation.edit", row.path if row else "")
    axes = cell_problem(name, unit_kind=row.kind if row else None, category=category, item_type=item_type)
    if problem := policy_problem(name, value) or axes:
        raise Refused.one(problem, name=name, value=str(value))
    cell: dict[str, Any] = {"unit": row, "category": category, "item_type": item_type, "name": name}
    before = Policy.objects.filter(**cell).values_list("value", flat=True).first()
    # "No limit" is the JSON value null; None alone would mean an empty column.
    Policy.objects.update_or_create(**cell, defaults={"value": Value(None, JSONField()) if value is None else value})
    where = {"unit": unit, "category": category, "item_type": item_type}
    audit.record(by, "policy.set", object_type="policy", object_id=name, before=before, after={**where, "value": value})


@transaction.atomic
def delete_policy(
    *, name: str, by: Actor, unit: str | None = None, category: str | None = None, item_type: str | None = None
) -> None:
    """Take one cell out of the policy table; every other one, the default's too, stays as it is (case 8).

    Refused: no_such_policy, unknown_unit, not_permitted.
    """
    lock_tree()
    row = unit_row(unit) if unit else None
    require(by, "organisation.edit", row.path if row else "")
    cell = Policy.objects.filter(unit=row, category=category, item_type=item_type, name=name)
    found = cell.values_list("value", flat=True)[:1]
    if not (before := list(found)):
        raise Refused.one("no_such_policy", name=name)
    cell.delete()
    where = {"unit": unit, "category": category, "item_type": item_type}
    audit.record(
        by, "policy.delete", object_type="policy", object_id=name, before={**where, "value": before[0]}, after=None
    )


@transaction.atomic
def set_many(*, name: str, value: Any, units: Sequence[str], by: Actor, give_back: bool = False) -> int:
    """Set one policy for all readers and copies of several units at once, or give it back; all of them or none.

    Returns how many changed. Refused: what `set_policy` refuses, no_units.
    """
    if not units:
        raise Refused.one("no_units")
    lock_tree()
    own = Policy.objects.filter(name=name, unit__code__in=units, category=None, item_type=None)
    before = dict(own.values_list("unit__code", "value"))
    changed = [one for one in units if (one in before if give_back else one not in before or before[one] != value)]
    for unit in changed:
        if give_back:
            delete_policy(name=name, by=by, unit=unit)
        else:
            set_policy(name=name, value=value, by=by, unit=unit)
    return len(changed)
