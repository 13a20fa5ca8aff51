"""How late a loan is, in the units its fine is counted in."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from kitabxana.kernel.periods.calendars import start_of_day

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.kernel.periods.calendars import Calendar
    from kitabxana.kernel.periods.due import Unit

HOUR = timedelta(hours=1)


def units_late(*, due: datetime, returned: datetime, unit: Unit, calendar: Calendar, closed_count: bool) -> int:
    """Whole days or hours from `due` to `returned`, 0 when in time.

    Days are days of the calendar: what is due today and comes tomorrow is one day late, whatever the hour. Without
    `closed_count`, days on which the library is closed do not count, the day of return included: a book in the drop
    box on a Sunday is as late as on Saturday.
    """
    if returned <= due:
        return 0
    if unit == "hours":
        late = returned - due if closed_count else open_hours_between(due, returned, calendar)
        return late // HOUR
    if closed_count:
        return (calendar.local_day(returned) - calendar.local_day(due)).days
    return open_days_between(due, returned, calendar)


def open_days_between(due: datetime, returned: datetime, calendar: Calendar) -> int:
    """Open days after the day of `due` up to the day of `returned`."""
    first, last = calendar.local_day(due), calendar.local_day(returned)
    return sum(calendar.is_open(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days + 1))


def open_hours_between(due: datetime, returned: datetime, calendar: Calendar) -> timedelta:
    """The time between two moments less the part of it that lies on closed days."""
    late, day, last = returned - due, calendar.local_day(due), calendar.local_day(returned)
    while day <= last:
        if not calendar.is_open(day):
            begins = max(start_of_day(day, calendar.zone), due.astimezone(UTC))
            ends = min(start_of_day(day + timedelta(days=1), calendar.zone), returned.astimezone(UTC))
            late -= max(ends - begins, timedelta(0))
        day += timedelta(days=1)
    return late
