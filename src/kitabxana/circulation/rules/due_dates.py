"""When a loan is due, new or renewed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kitabxana.kernel.periods import LoanPeriod, due_moment

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.circulation.facts.terms import LoanTerms
    from kitabxana.kernel.periods import Calendar


def loan_period(terms: LoanTerms, *, card_ends: date | None, renewal: bool = False) -> LoanPeriod:
    """The period of a loan or of its renewal, which is as long as the loan where no length of its own is set."""
    length = terms.renewal_length if renewal and terms.renewal_length is not None else terms.loan_length
    return LoanPeriod(
        length=length,
        unit=terms.loan_unit,
        day_mode=terms.closed_days,
        hour_mode=terms.closed_hours,
        offset_minutes=terms.opening_offset,
        fixed_day=terms.fixed_due_date,
        fixed_rule=terms.fixed_due_rule,
        last_day=card_ends if terms.end_with_card else None,
    )


def mode_applied(terms: LoanTerms) -> str:
    """What is kept with the loan of how closed time was treated (case 1)."""
    return terms.closed_hours if terms.loan_unit == "hours" else terms.closed_days


def shortened(terms: LoanTerms, waiting: int) -> LoanTerms:
    """The terms of a loan for whose title so many others wait: no longer than `waited_length`, where policy says so."""
    if terms.waited_from is None or waiting < terms.waited_from or terms.waited_length >= terms.loan_length:
        return terms
    return replace(terms, loan_length=terms.waited_length)


def due_at(*, now: datetime, terms: LoanTerms, calendar: Calendar, card_ends: date | None = None) -> datetime:
    """When a loan made now is due (UTC)."""
    return due_moment(start=now, period=loan_period(terms, card_ends=card_ends), calendar=calendar)


def renewed_due_at(
    *, due: datetime, now: datetime, terms: LoanTerms, calendar: Calendar, card_ends: date | None = None
) -> datetime:
    """A renewal counts from the due date or from today, as the policy says, from today when the due date has passed;
    it never shortens the loan."""
    start = max(due, now) if terms.renew_from == "due_date" else now
    period = loan_period(terms, card_ends=card_ends, renewal=True)
    return max(due, due_moment(start=start, period=period, calendar=calendar))
