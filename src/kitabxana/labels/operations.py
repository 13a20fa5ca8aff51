"""Writes of a library's own sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.labels.models import OwnSheet
from kitabxana.labels.queries import COLUMNS
from kitabxana.labels.rules import sheet_problem
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.labels.facts import Sheet

_PERMISSION = "labels.edit"


@transaction.atomic
def add_sheet(*, unit: str, sheet: Sheet, by: Actor) -> str:
    """Keep a sheet of a unit's own; returns its code.

    Refused: unknown_unit, not_permitted, sheet_taken and the codes of `rules.sheet_problem`.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may(_PERMISSION, organisation.units[unit].path):
        raise Refused.one("not_permitted", permission=_PERMISSION)
    if problem := sheet_problem(sheet):
        raise Refused.one(problem)
    values = {name: getattr(sheet, name) for name in COLUMNS}
    try:
        with transaction.atomic():
            row = OwnSheet.objects.create(unit_id=organisation.units[unit].id, **values)
    except IntegrityError as taken:
        raise Refused.one("sheet_taken", name=sheet.name) from taken
    audit.record(by, "sheet.add", object_type="sheet", object_id=row.pk, after=values | {"unit": unit})
    return f"own-{row.pk}"


@transaction.atomic
def drop_sheet(*, code: str, by: Actor) -> None:
    """Take a unit's own sheet out. Locks it. Refused: unknown_sheet, not_permitted."""
    number = code.removeprefix("own-")
    known = OwnSheet.objects.select_for_update()
    row = known.filter(pk=int(number)).first() if number.isascii() and number.isdecimal() and len(number) < 10 else None
    if row is None:
        raise Refused.one("unknown_sheet")
    unit = tree().by_id[row.unit_id]
    if not by.may(_PERMISSION, unit.path):
        raise Refused.one("not_permitted", permission=_PERMISSION)
    values = {name: getattr(row, name) for name in COLUMNS}
    audit.record(by, "sheet.drop", object_type="sheet", object_id=row.pk, before=values | {"unit": unit.code})
    row.delete()
