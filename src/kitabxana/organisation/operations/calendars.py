"""Hours, closures and exceptions. Each write is refused that would leave a library without an open day (case 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import NeverOpen
from kitabxana.organisation.models import Closure, OpenDay, OpeningHours
from kitabxana.organisation.operations.permission import lock_tree, require, unit_row
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import closure_problem, hours_problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kitabxana.base.actor import Actor
    from kitabxana.kernel.periods import Hours


@transaction.atomic
def set_hours(*, unit: str, weekly: Mapping[int, Hours], by: Actor) -> None:
    """Replace the weekly hours of a unit. Refused: no_open_day, bad_hours, unknown_unit, not_permitted."""
    lock_tree()
    row = unit_row(unit)
    require(by, "organisation.edit", row.path)
    if problem := hours_problem(weekly):
        raise Refused.one(problem)
    OpeningHours.objects.filter(unit=row).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=row, weekday=day, opens=opens, closes=closes) for day, (opens, closes) in weekly.items()
    )
    refuse_never_open(row.path, since=timezone.now().date())
    after = {str(day): f"{opens:%H:%M}-{closes:%H:%M}" for day, (opens, closes) in weekly.items()}
    audit.record(by, "unit.hours", object_type="unit", object_id=unit, after=after)


@transaction.atomic
def add_closure(
    *, unit: str, first_day: date, last_day: date, by: Actor, yearly: bool = False, title: str = ""
) -> None:
    """Close a unit and all below it. Refused: dates_out_of_order, closure_too_long, no_open_day,
    unknown_unit, not_permitted."""
    lock_tree()
    row = unit_row(unit)
    require(by, "organisation.edit", row.path)
    if problem := closure_problem(first_day, last_day):
        raise Refused.one(problem)
    Closure.objects.create(unit=row, first_day=first_day, last_day=last_day, yearly=yearly, title=title)
    refuse_never_open(row.path, since=first_day)
    after = {"first": str(first_day), "last": str(last_day), "yearly": yearly, "title": title}
    audit.record(by, "unit.closure", object_type="unit", object_id=unit, after=after)


@transaction.atomic
def inherit_hours(*, unit: str, by: Actor) -> None:
    """Take a unit's own weekly hours away: its parent's hold again. Refused: no_open_day, unknown_unit,
    not_permitted."""
    lock_tree()
    row = unit_row(unit)
    require(by, "organisation.edit", row.path)
    OpeningHours.objects.filter(unit=row).delete()
    refuse_never_open(row.path, since=timezone.now().date())
    audit.record(by, "unit.hours", object_type="unit", object_id=unit, after=None)


@transaction.atomic
def remove_closure(*, closure_id: int, by: Actor) -> None:
    """Take a closure out of the calendar. Refused: unknown_closure, not_permitted."""
    lock_tree()
    row = Closure.objects.select_related("unit").filter(pk=closure_id).first()
    if row is None:
        raise Refused.one("unknown_closure")
    require(by, "organisation.edit", row.unit.path)
    before = {"first": str(row.first_day), "last": str(row.last_day), "yearly": row.yearly, "title": row.title}
    row.delete()
    audit.record(by, "unit.closure", object_type="unit", object_id=row.unit.code, before=before)


@transaction.atomic
def open_on(*, unit: str, day: date, by: Actor, hours: Hours | None = None, title: str = "") -> None:
    """Open a unit and all below it on one day whatever else says closed; without `hours`, the weekday's own hold.

    Refused: bad_hours, unknown_unit, not_permitted.
    """
    lock_tree()
    row = unit_row(unit)
    require(by, "organisation.edit", row.path)
    if hours and hours[0] >= hours[1]:
        raise Refused.one("bad_hours")
    opens, closes = hours or (None, None)
    OpenDay.objects.update_or_create(unit=row, day=day, defaults={"opens": opens, "closes": closes, "title": title})
    audit.record(by, "unit.open_day", object_type="unit", object_id=unit, after={"day": str(day), "title": title})


@transaction.atomic
def remove_open_day(*, unit: str, day: date, by: Actor) -> None:
    """Take an exception out of the calendar. Refused: no_open_day, unknown_unit, not_permitted."""
    lock_tree()
    row = unit_row(unit)
    require(by, "organisation.edit", row.path)
    OpenDay.objects.filter(unit=row, day=day).delete()
    refuse_never_open(row.path, since=timezone.now().date())
    audit.record(by, "unit.open_day", object_type="unit", object_id=unit, before={"day": str(day)})


def refuse_never_open(path: str, *, since: date) -> None:
    """No library may be left without an open day: every due date would be looked for in vain (case 3)."""
    organisation = tree()
    for unit in organisation.under(path):
        try:
            organisation.calendar(unit.code, since=since).next_open(since)
        except NeverOpen as never:
            raise Refused.one("no_open_day", unit=unit.code) from never
