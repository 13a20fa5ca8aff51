"""Library time: when a library is open, when a loan is due, how late it is. Plain values and sums, no database."""

from __future__ import annotations

from kitabxana.kernel.periods.calendars import (
    FAR,
    PRESUMED_OPENING,
    Calendar,
    Hours,
    NeverOpen,
    end_of_day,
    start_of_day,
)
from kitabxana.kernel.periods.due import DayMode, HourMode, LoanPeriod, due_moment
from kitabxana.kernel.periods.lateness import open_days_between, open_hours_between, units_late

__all__ = [
    "FAR",
    "PRESUMED_OPENING",
    "Calendar",
    "DayMode",
    "HourMode",
    "Hours",
    "LoanPeriod",
    "NeverOpen",
    "due_moment",
    "end_of_day",
    "open_days_between",
    "open_hours_between",
    "start_of_day",
    "units_late",
]
