"""Days of lateness as moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 36_500


def due_between(
    *, now: datetime, zone: str, least: int = 0, most: int | None = None
) -> tuple[datetime | None, datetime]:
    """(since, before): a loan is overdue and `least` to `most` whole days late now if it was due between these.

    Days are those of the library's own clock, and late by none is what was due earlier today. No `most`: no `since`.
    """
    today = now.astimezone(ZoneInfo(zone)).date()

    def midnight(days_ago: int) -> datetime:
        return datetime.combine(_day(today, days_ago), time.min, tzinfo=ZoneInfo(zone))

    before = min(now, midnight(least - 1)) if least > 0 else now
    return (None if most is None else midnight(most)), before


def _day(today: date, days_ago: int) -> date:
    return today - timedelta(days=min(days_ago, MOST_DAYS))
