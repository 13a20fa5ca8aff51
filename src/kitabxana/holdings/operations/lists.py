"""Lists of codes: what may be chosen at a unit and below it, under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.holdings.models import Item, ItemType, ListEntry
from kitabxana.holdings.rules import entry_problem
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor


def _unit_id(unit: str | None, by: Actor) -> int | None:
    """The unit's id, None for the whole installation. Refused: unknown_unit, not_permitted."""
    units = tree().units
    if unit is not None and unit not in units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("lists.edit", units[unit].path if unit else EVERYWHERE):
        raise Refused.one("not_permitted", permission="lists.edit")
    return units[unit].id if unit else None


@transaction.atomic
def set_entry(
    *, kind: str, unit: str | None, code: str, names: Mapping[str, str], by: Actor, hidden: bool = False,
    not_for_loan: bool | None = None,
) -> None:  # fmt: skip
    """Say at a unit (None: the whole installation) that a code can be chosen there and below, under these names.

    What is above is renamed or, with `hidden`, taken out of the choice; copies that have the code keep it. An item type
    that is nobody's yet becomes this unit's; `not_for_loan` counts for item types, at the level whose type it is.
    Refused: not_permitted, unknown_unit, code_of_another (an item type of another branch of the tree) and the codes of
    `rules.entry_problem`.
    """
    unit_id = _unit_id(unit, by)
    if problem := entry_problem(kind=kind, code=code, names=names):
        raise Refused.one(problem, code=code)
    spoken = {language: name.strip() for language, name in names.items() if name.strip()}
    cell: dict[str, Any] = {"kind": kind, "unit_id": unit_id, "code": code}
    after: dict[str, Any] = {"names": spoken, "hidden": hidden}
    if kind == "item_type" and _set_type(code, unit, unit_id, spoken, not_for_loan=not_for_loan, hidden=hidden):
        ListEntry.objects.filter(**cell).delete()
        after["not_for_loan"] = bool(not_for_loan)
    else:
        ListEntry.objects.update_or_create(**cell, defaults=after)
    audit.record(by, "list.set", object_type="list", object_id=f"{kind}/{unit or '*'}/{code}"[:40], after=after)


def _set_type(
    code: str,
    unit: str | None,
    unit_id: int | None,
    names: Mapping[str, str],
    *,
    not_for_loan: bool | None,
    hidden: bool,
) -> bool:
    """Write the type itself where it is this level's or new; False where it comes from above (or is hidden here)."""
    row = ItemType.objects.select_for_update().filter(pk=code).first()
    if row is None:
        ItemType.objects.create(code=code, unit_id=unit_id, names=dict(names), not_for_loan=bool(not_for_loan))
        return not hidden
    if row.unit_id == unit_id:
        ItemType.objects.filter(pk=code).update(
            names=dict(names), not_for_loan=row.not_for_loan if not_for_loan is None else not_for_loan
        )
        return not hidden
    organisation = tree()
    above = organisation.by_id[row.unit_id].path if row.unit_id else ""
    if unit is None or not organisation.units[unit].path.startswith(above):
        raise Refused.one("code_of_another", code=code)
    return False


@transaction.atomic
def drop_entry(*, kind: str, unit: str | None, code: str, by: Actor) -> None:
    """Unsay what was said at this level: what is said above holds again.

    Refused: not_permitted, unknown_unit, no_such_entry, type_in_use (an item type that copies have).
    """
    unit_id = _unit_id(unit, by)
    at: dict[str, Any] = {"unit_id": unit_id}
    gone = ListEntry.objects.filter(**at, kind=kind, code=code).delete()[0]
    if not gone and kind == "item_type":
        rows = ItemType.objects.select_for_update().filter(**at, pk=code)
        if rows and Item.every.filter(item_type_id=code).exists():
            raise Refused.one("type_in_use", code=code)
        gone = rows.delete()[0]
    if not gone:
        raise Refused.one("no_such_entry", code=code)
    audit.record(by, "list.drop", object_type="list", object_id=f"{kind}/{unit or '*'}/{code}"[:40])
