"""When a library is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from zoneinfo import ZoneInfo

Hours = tuple[time, time]
"""(opens, closes) in local time on one day; `time.max` closes with the day."""

FAR = 3 * 366
"""How many days ahead an open day is looked for before the calendar is called shut."""

PRESUMED_OPENING = time(10)
"""When a library opens whose hours nobody has told: nothing becomes due in the middle of the night."""


class NeverOpen(Exception):
    """The calendar has no open day within three years."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one library is open, in its own zone.

    `weekly` maps ISO weekdays (1 Monday … 7 Sunday) to opening hours; a missing day is closed. `closed` holds the
    dates shut in spite of that; it is only ever asked about one date, so it need not list them. `opened` are the
    exceptions: days open whatever else says closed, with their hours, None for the weekday's own (or the whole day).
    `hours_known` is False where nobody has told the hours: every open day is then open around the clock.
    """

    zone: ZoneInfo
    weekly: Mapping[int, Hours]
    closed: Container[date] = frozenset()
    opened: Mapping[date, Hours | None] = field(default_factory=dict)
    hours_known: bool = True

    def is_open(self, day: date) -> bool:
        return day in self.opened or (day.isoweekday() in self.weekly and day not in self.closed)

    def hours(self, day: date) -> Hours | None:
        """Opening and closing time of a day, None when it is closed."""
        if not self.is_open(day):
            return None
        return self.opened.get(day) or self.weekly.get(day.isoweekday(), (time.min, time.max))

    def next_open(self, day: date) -> date:
        """`day` itself when open, else the first open day after it."""
        return self._nearest(day, 1)

    def previous_open(self, day: date) -> date:
        """`day` itself when open, else the last open day before it."""
        return self._nearest(day, -1)

    def next_same_weekday(self, day: date) -> date:
        """`day` itself when open, else the first open day after it that is the same day of the week.

        Where that weekday is never open, any open day is taken.
        """
        weeks = (day + timedelta(days=ahead) for ahead in range(0, FAR, 7))
        return next((one for one in weeks if self.is_open(one)), None) or self.next_open(day)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _nearest(self, day: date, step: int) -> date:
        for away in range(FAR):
            if self.is_open(day + timedelta(days=step * away)):
                return day + timedelta(days=step * away)
        raise NeverOpen


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`, in UTC, also where that day has no midnight."""
    return end_of_day(day - timedelta(days=1), zone) + timedelta(seconds=1)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of `day` in `zone`, in UTC: a day loan is good until the day is over where the library is."""
    # One second before the next day begins: where clocks change at midnight, 23:59:59 comes twice or 00:00 never.
    next_day = datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)
    return next_day.astimezone(UTC) - timedelta(seconds=1)
