"""A library that must close without warning: what was due then moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.models import Allocation, Loan
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.periods import end_of_day, start_of_day
from kitabxana.organisation.operations import add_closure
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.kernel.periods import Calendar


@dataclass(frozen=True, slots=True)
class Closed:
    """How many due dates and hold-shelf days moved."""

    loans: int
    holds: int


@transaction.atomic
def close_suddenly(*, unit: str, first_day: date, last_day: date, by: Actor, now: datetime, title: str = "") -> Closed:
    """Close a unit and all below it, as `organisation.add_closure`, and move what falls into those days.

    Loans due then are due at the end of the first open day after, in each library's own calendar; copies on the hold
    shelf wait until then too. What was due before stays late, but these days are closed ones and do not count where
    closed days are not fined: the event `library.closed` lets the ledger reckon anew. Locks the tree, then the loans
    by number. Refused as `add_closure`, and closing_in_past when the last day is over.
    """
    before = tree()
    if unit in before.units and last_day < before.calendar(unit, since=last_day).local_day(now):
        raise Refused.one("closing_in_past", date=last_day.isoformat())
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
    moved = list(waiting.order_by("pk"))
    for row in moved:
        assert row.expires_on is not None
        row.expires_on = calendar.next_open(row.expires_on)
    Allocation.objects.bulk_update(moved, ["expires_on"], batch_size=500)
    return len(moved)
