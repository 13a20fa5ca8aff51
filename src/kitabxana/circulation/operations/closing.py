"""A library that must close without warning: what was due then moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.models import Allocation, Loan
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import NeverOpen, end_of_day, start_of_day
from kitabxana.organisation.facts import ClosureFacts
from kitabxana.organisation.operations import add_closure
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import closure_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.kernel.periods import Calendar
    from kitabxana.organisation.facts import Tree


@dataclass(frozen=True, slots=True)
class Closed:
    """How many due dates and hold-shelf days moved."""

    loans: int
    holds: int


def closing_preview(
    *, unit: str, first_day: date, last_day: date, by: Actor, now: datetime
) -> list[tuple[str, Closed]]:  # fmt: skip
    """What `close_suddenly` would move now, by library, those left out where nothing moves. Writes and locks nothing.

    Three statements however many libraries. Refused as `close_suddenly`.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    path = organisation.units[unit].path
    if not by.may("organisation.edit", path):
        raise Refused.one("not_permitted", permission="organisation.edit")
    _refuse_past(organisation, unit, last_day, now=now)
    if problem := closure_problem(first_day, last_day):
        raise Refused.one(problem)
    more = (*organisation.closures.get(unit, ()), ClosureFacts(first_day, last_day, yearly=False))
    then = replace(organisation, closures={**organisation.closures, unit: more})
    ids = {library.id: library.code for library in then.under(path)}
    due, shelved = _due_then(ids, first_day, last_day), _shelved_until_then(ids, first_day, last_day)
    found = [(code, _counted(then, code, due[code], shelved[code], first_day, last_day)) for code in ids.values()]
    return [(code, counted) for code, counted in found if counted != Closed(0, 0)]


def _due_then(ids: Mapping[int, str], first_day: date, last_day: date) -> dict[str, list[datetime]]:
    """Due moments about these days by library, a day more on either side: each library counts days on its own clock."""
    utc, day = ZoneInfo("UTC"), timedelta(days=1)
    near = (start_of_day(first_day, utc) - day, start_of_day(last_day, utc) + 2 * day)
    found: dict[str, list[datetime]] = {code: [] for code in ids.values()}
    rows = Loan.objects.filter(policy_unit_id__in=ids, due_at__range=near)
    for unit_id, due in rows.values_list("policy_unit_id", "due_at"):
        found[ids[unit_id]].append(due)
    return found


def _shelved_until_then(ids: Mapping[int, str], first_day: date, last_day: date) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {code: [] for code in ids.values()}
    rows = Allocation.objects.filter(hold__pickup_unit_id__in=ids, expires_on__range=(first_day, last_day))
    for unit_id, day in rows.values_list("hold__pickup_unit_id", "expires_on"):
        if day is not None:
            found[ids[unit_id]].append(day)
    return found


def _counted(
    then: Tree, code: str, due: Sequence[datetime], shelved: Sequence[date], first_day: date, last_day: date
) -> Closed:
    """Refused: no_open_day where the library would never open again."""
    calendar = then.calendar(code, since=first_day)
    try:
        calendar.next_open(first_day)
    except NeverOpen as never:
        raise Refused.one("no_open_day", unit=code) from never
    days = [calendar.local_day(moment) for moment in due]
    loans = sum(first_day <= day <= last_day and not calendar.is_open(day) for day in days)
    return Closed(loans, sum(not calendar.is_open(day) for day in shelved))


def _refuse_past(organisation: Tree, unit: str, last_day: date, *, now: datetime) -> None:
    if unit in organisation.units and last_day < organisation.calendar(unit, since=last_day).local_day(now):
        raise Refused.one("closing_in_past", date=last_day.isoformat())


@transaction.atomic
def close_suddenly(*, unit: str, first_day: date, last_day: date, by: Actor, now: datetime, title: str = "") -> Closed:
    """Close a unit and all below it, as `organisation.add_closure`, and move what falls into those days.

    Loans due then are due at the end of the first open day after, in each library's own calendar; copies on the hold
    shelf wait until then too. What was due before stays late, but these days are closed ones and do not count where
    closed days are not fined: the event `library.closed` lets the ledger reckon anew. Locks the tree, then the loans
    by number. Refused as `add_closure`, and closing_in_past when the last day is over.
    """
    _refuse_past(tree(), unit, last_day, now=now)
    add_closure(unit=unit, first_day=first_day, last_day=last_day, by=by, title=title)
    organisation = tree()
    loans = holds = 0
    for library in organisation.under(organisation.units[unit].path):
        calendar = organisation.calendar(library.code, since=first_day)
        loans += _move_loans(library.id, calendar, first_day, last_day)
        holds += _move_holds(library.id, calendar, first_day, last_day)
    audit.record(
        by,
        "unit.close_suddenly",
        object_type="unit",
        object_id=unit,
        after={"first": str(first_day), "last": str(last_day), "title": title, "loans": loans, "holds": holds},
    )
    outbox.publish("library.closed", {"unit": unit, "first": str(first_day), "last": str(last_day)})
    return Closed(loans, holds)


def _move_loans(unit_id: int, calendar: Calendar, first_day: date, last_day: date) -> int:
    within = {
        "due_at__gte": start_of_day(first_day, calendar.zone),
        "due_at__lt": start_of_day(last_day + timedelta(days=1), calendar.zone),
    }
    rows = list(Loan.objects.select_for_update().filter(policy_unit_id=unit_id, **within).order_by("pk"))
    moved = []
    for row in rows:
        day = calendar.local_day(row.due_at)
        if calendar.is_open(day):  # an exception holds in spite of the closure
            continue
        row.due_at = end_of_day(calendar.next_open(day), calendar.zone)
        moved.append(row)
    Loan.objects.bulk_update(moved, ["due_at"], batch_size=500)
    for row in moved:
        outbox.publish("loan.due_moved", {"loan": row.pk})
    return len(moved)


def _move_holds(unit_id: int, calendar: Calendar, first_day: date, last_day: date) -> int:
    waiting = Allocation.objects.select_for_update(of=("self",)).filter(
        hold__pickup_unit_id=unit_id, expires_on__range=(first_day, last_day)
    )
    moved = []
    for row in waiting.order_by("pk"):
        if row.expires_on is None or calendar.is_open(row.expires_on):  # an exception holds in spite of the closure
            continue
        row.expires_on = calendar.next_open(row.expires_on)
        moved.append(row)
    Allocation.objects.bulk_update(moved, ["expires_on"], batch_size=500)
    return len(moved)
