"""When a loan is due: the period, then the calendar, then a fixed date, then the end of the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from kitabxana.kernel.periods.calendars import PRESUMED_OPENING, end_of_day

if TYPE_CHECKING:
    from kitabxana.kernel.periods.calendars import Calendar

Unit = Literal["days", "hours"]
DayMode = Literal["keep", "previous_open", "next_open", "same_weekday", "skip_closed"]
HourMode = Literal["keep", "end_of_hours", "next_opening"]
FixedRule = Literal["no_later", "exactly", "no_earlier"]
WEEK = 7


@dataclass(frozen=True, slots=True)
class LoanPeriod:
    """How long a loan runs and what may cut it.

    `day_mode` says what happens to a day loan due on a closed day: `keep` it, move to the end of the `previous_open`
    or `next_open` day or the next open day of the `same_weekday`, or `skip_closed` days in counting. `hour_mode` says
    what happens to an hour loan due while the library is shut: `keep` the moment, `end_of_hours` (the last closing
    before it) or `next_opening` plus `offset_minutes`. `fixed_day` is the hard due date and `fixed_rule` how it
    binds. `last_day` is the last on which the reader's card is good, None where that does not matter.
    """

    length: int
    unit: Unit = "days"
    day_mode: DayMode = "next_open"
    hour_mode: HourMode = "next_opening"
    offset_minutes: int = 0
    fixed_day: date | None = None
    fixed_rule: FixedRule = "exactly"
    last_day: date | None = None


def due_moment(*, start: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    """When a loan that begins at `start` is due (UTC). Raises NeverOpen."""
    due = _hour_loan(start, period, calendar) if period.unit == "hours" else _day_loan(start, period, calendar)
    due = _fixed(due, period, calendar)
    return _within_card(due, start, period, calendar)


def _day_loan(start: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    day = calendar.local_day(start)
    if period.day_mode == "skip_closed":
        for _ in range(period.length):
            day = calendar.next_open(day + timedelta(days=1))
        return end_of_day(day, calendar.zone)
    moved = _moved(day + timedelta(days=period.length), period, calendar)
    # Moving back must not end a loan before it has begun.
    return end_of_day(max(moved, day), calendar.zone)


def _moved(day: date, period: LoanPeriod, calendar: Calendar) -> date:
    if period.day_mode == "keep" or calendar.is_open(day):
        return day
    if period.day_mode == "previous_open":
        return calendar.previous_open(day)
    if period.day_mode == "same_weekday" and period.length % WEEK == 0:
        return calendar.next_same_weekday(day)
    return calendar.next_open(day)


def _hour_loan(start: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    due = start + timedelta(hours=period.length)
    if period.hour_mode == "keep":
        return due
    local = due.astimezone(calendar.zone)
    hours = calendar.hours(local.date())
    if hours and hours[0] <= local.time() <= hours[1]:
        return due
    if period.hour_mode == "end_of_hours":
        closing = _last_closing(local, calendar)
        if closing > start:
            return closing
    return _next_opening(local, period, calendar)


def _last_closing(local: datetime, calendar: Calendar) -> datetime:
    hours = calendar.hours(local.date())
    day = local.date() if hours and local.time() > hours[1] else calendar.previous_open(local.date() - timedelta(1))
    closes = (calendar.hours(day) or (time.min, time.max))[1]
    return end_of_day(day, calendar.zone) if closes == time.max else _moment(day, closes, calendar)


def _next_opening(local: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    hours = calendar.hours(local.date())
    day = local.date() if hours and local.time() < hours[0] else calendar.next_open(local.date() + timedelta(1))
    if calendar.hours_known:
        opens = (calendar.hours(day) or (time.min, time.max))[0]
        return _moment(day, opens, calendar) + timedelta(minutes=period.offset_minutes)
    # The minutes stay, so that what was lent over an hour does not come back at one moment.
    return _moment(day, PRESUMED_OPENING.replace(minute=local.minute, second=local.second), calendar)


def _moment(day: date, at: time, calendar: Calendar) -> datetime:
    return datetime.combine(day, at, tzinfo=calendar.zone).astimezone(UTC)


def _fixed(due: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    """The hard due date binds after the calendar step, and is itself looked up in the calendar (case 4)."""
    if period.fixed_day is None:
        return due
    fixed = end_of_day(period.fixed_day, calendar.zone)
    binds = {"no_later": fixed < due, "exactly": True, "no_earlier": fixed > due}[period.fixed_rule]
    if not binds:
        return due
    return end_of_day(_fixed_day(period.fixed_day, period, calendar), calendar.zone)


def _fixed_day(day: date, period: LoanPeriod, calendar: Calendar) -> date:
    if period.day_mode == "keep" or calendar.is_open(day):
        return day
    if period.fixed_rule == "no_later" or period.day_mode == "previous_open":
        return calendar.previous_open(day)
    return calendar.next_open(day)


def _within_card(due: datetime, start: datetime, period: LoanPeriod, calendar: Calendar) -> datetime:
    """A loan ends no later than the card; when that day is closed, on the open day before, if the loan has begun."""
    if period.last_day is None or due <= end_of_day(period.last_day, calendar.zone):
        return due
    day = period.last_day
    if period.day_mode != "keep":
        day = calendar.previous_open(day)
        first = calendar.local_day(start)
        if day < first <= period.last_day:
            day = period.last_day
    return end_of_day(day, calendar.zone)
