"""Library time: opening hours, closed days and due moments, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from zoneinfo import ZoneInfo

DaysMode = Literal["keep", "next_open", "skip_closed"]

FAR = 3 * 366
"""How many days ahead an open day is looked for before the calendar is called shut."""


class NeverOpen(Exception):
    """The calendar has no open day within three years."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one library is open, in its own zone.

    `weekly` maps ISO weekdays (1 Monday … 7 Sunday) to opening hours; a missing day is closed. `closed` holds the
    dates shut in spite of that; it is only ever asked about one date, so it need not list them.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[time, time]]
    closed: Container[date] = frozenset()

    def is_open(self, day: date) -> bool:
        return day.isoweekday() in self.weekly and day not in self.closed

    def next_open(self, day: date) -> date:
        """`day` itself when open, else the first open day after it."""
        for ahead in range(FAR):
            if self.is_open(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise NeverOpen

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of `day` in `zone`, in UTC: a day loan is good until the day is over where the library is."""
    # One second before the next day begins: where clocks change at midnight, 23:59:59 comes twice or 00:00 never.
    next_day = datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)
    return next_day.astimezone(UTC) - timedelta(seconds=1)


def due_moment(*, start: datetime, days: int, mode: DaysMode, calendar: Calendar) -> datetime:
    """When a loan of `days` days that begins at `start` is due (UTC).

    `keep` counts plain days; `next_open` moves a closed due day forward; `skip_closed` counts open days only.
    """
    day = calendar.local_day(start)
    if mode == "skip_closed":
        for _ in range(days):
            day = calendar.next_open(day + timedelta(days=1))
        return end_of_day(day, calendar.zone)
    day += timedelta(days=days)
    if mode == "next_open":
        day = calendar.next_open(day)
    return end_of_day(day, calendar.zone)
