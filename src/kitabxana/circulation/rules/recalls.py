"""When a copy may be called back before its time, and until when its reader may keep it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kitabxana.circulation.rules.words import when
from kitabxana.kernel.decisions import Rule, refusals
from kitabxana.kernel.periods import end_of_day

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.circulation.facts import RecallFacts
    from kitabxana.circulation.facts.terms import RecallTerms
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.kernel.periods import Calendar

RECALL: tuple[Rule[RecallFacts], ...] = (
    Rule("onsite_loan", lambda f: when(f.loan.onsite)),
    Rule("not_recalled_here", lambda f: when(not f.allowed)),
    Rule("nobody_waits", lambda f: when(f.waiting == 0)),
    Rule("due_soon_enough", lambda f: when(f.allowed and f.loan.due_at <= f.due_at, date=_day(f.loan.due_at))),
)


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def recall_refusals(facts: RecallFacts) -> tuple[Refusal, ...]:
    """Why this loan is not shortened, all reasons at once."""
    return refusals(RECALL, facts)


def recalled_due_at(*, lent_at: datetime, now: datetime, terms: RecallTerms, calendar: Calendar) -> datetime:
    """The end of the day until which a recalled copy may be kept: so many days from now, and no fewer from the loan's
    beginning than are guaranteed, on an open day."""
    told = calendar.local_day(now) + timedelta(days=terms.recall_days or 0)
    guaranteed = calendar.local_day(lent_at) + timedelta(days=terms.recall_keeps)
    return end_of_day(calendar.next_open(max(told, guaranteed)), calendar.zone)
