"""Everything readers are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.notices.facts import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

CATCH_UP_DAYS = 14
"""How late a daily notice may still be told: a worker that stood still catches up, old sins are left alone."""

OVERDUE_POLICIES = ("overdue_first_days", "overdue_second_days", "overdue_third_days")

TRIGGERS: Mapping[str, Trigger] = {
    trigger.name: trigger
    for trigger in (
        Trigger("hold_ready", "holds", printed=True),
        Trigger("hold_reminder", "holds", "hold_reminder_days"),
        Trigger("hold_expired", "holds"),
        Trigger("due_soon", "loans", "due_soon_days"),
        Trigger("due_today", "loans", "tell_due_today"),
        Trigger("overdue", "overdues", "overdue_first_days", printed=True),
        Trigger("lost", "overdues", printed=True),
        Trigger("check_out", "slips", "tell_check_out"),
        Trigger("check_in", "slips", "tell_check_in"),
        Trigger("renewal", "slips", "tell_renewal"),
        Trigger("not_renewed", "loans"),
        Trigger("recalled", "loans", printed=True),
        Trigger("charge", "money", "tell_charge"),
        Trigger("payment", "money", "tell_payment"),
        Trigger("membership_ending", "membership", "membership_reminder_days"),
        Trigger("membership_ended", "membership", "tell_membership_ended"),
        Trigger("welcome", "membership", "tell_welcome"),
        Trigger("application_taken", "membership"),
        Trigger("application_refused", "membership"),
    )
}


def overdue_level(days_late: int, ladder: Sequence[int | None]) -> int:
    """The highest rung a loan has reached, counted from 1; 0 for none, or when that was longer ago than two weeks.

    `ladder` gives the days after the due date of each rung, None for one that is left out.
    """
    reached = [(days, level) for level, days in enumerate(ladder, 1) if days is not None and days_late >= days]
    if not reached:
        return 0
    days, level = max(reached)
    return level if days_late < days + CATCH_UP_DAYS else 0


def loan_due(loan_id: int, due: date) -> str:
    """The `thing` of what is told of a loan because of its due day in the lending library's zone."""
    return f"loan {loan_id} {due.isoformat()}"
