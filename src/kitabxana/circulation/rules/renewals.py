"""Prolonging a loan: on request and of itself."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from kitabxana.circulation.rules.words import card_expired, restricted, when
from kitabxana.kernel.decisions import Rule
from kitabxana.kernel.periods import start_of_day

if TYPE_CHECKING:
    from kitabxana.circulation.facts import LoanFacts, RenewFacts
    from kitabxana.circulation.facts.terms import RenewalTerms
    from kitabxana.circulation.rules.words import Found
    from kitabxana.kernel.periods import Calendar

MAY = "circulation.override."


def soonest(loan: LoanFacts, terms: RenewalTerms, calendar: Calendar, *, automatic: bool) -> datetime | None:
    """The first moment at which a loan may be renewed; None: at any time.

    Of itself a loan is renewed when it is due, or so long before as policy says.
    """
    before = terms.auto_renew_before if automatic else terms.no_renewal_before
    if before is None:
        return loan.due_at if automatic else None
    if terms.loan_unit == "hours":
        return loan.due_at - timedelta(hours=before)
    # Days are days of the library's calendar, also where its clocks change in between.
    local = loan.due_at.astimezone(calendar.zone)
    day = local.date() - timedelta(days=before)
    if terms.renewal_opens_at == "date":
        return start_of_day(day, calendar.zone)
    return datetime.combine(day, local.time(), tzinfo=calendar.zone).astimezone(UTC)


def latest(loan: LoanFacts, terms: RenewalTerms, calendar: Calendar) -> datetime | None:
    """When a loan stops renewing itself: so long after it was lent, or on a day; None: never."""
    ends = []
    if terms.auto_renew_stop_after is not None:
        hours = terms.loan_unit == "hours"
        ends.append(loan.lent_at + timedelta(**{"hours" if hours else "days": terms.auto_renew_stop_after}))
    if terms.auto_renew_stop_date is not None:
        ends.append(datetime.combine(terms.auto_renew_stop_date, time(0), tzinfo=calendar.zone))
    return min(ends, default=None)


def _count(facts: RenewFacts) -> Found:
    terms, done = facts.terms, facts.loan.renewals
    limit = terms.renewals_allowed
    if facts.automatic and terms.auto_renewals_allowed is not None:
        done, limit = facts.loan.auto_renewals, terms.auto_renewals_allowed
    return when(done >= limit, renewals=done, limit=limit)


def _unseen(facts: RenewFacts) -> Found:
    limit, done = facts.terms.unseen_renewals_allowed, facts.loan.unseen_renewals
    return when(facts.unseen and limit is not None and done >= limit, renewals=done, limit=limit)


def _card(facts: RenewFacts) -> Found:
    matters = facts.terms.auto_renew_needs_card if facts.automatic else facts.terms.card_end_blocks_renewal
    return card_expired(facts) if matters else None


def _overdues(facts: RenewFacts) -> Found:
    late = {"allow": 0, "deny": facts.overdues, "deny_item": int(facts.loan.overdue(facts.now))}
    return when(found := late[facts.terms.overdues_block_renewal], overdues=found)


def _debt(facts: RenewFacts) -> Found:
    limit = facts.terms.auto_renew_debt_limit if facts.automatic else facts.terms.renewal_debt_limit
    return when(limit is not None and facts.debt > limit, owed=facts.debt, limit=limit)


def _too_soon(facts: RenewFacts) -> Found:
    first = facts.soonest
    return when(first is not None and facts.now < first, date=first.date().isoformat() if first else "")


RENEW: tuple[Rule[RenewFacts], ...] = (
    Rule("onsite_loan", lambda f: when(f.loan.onsite)),
    Rule(
        "renewal_needed_by_hold",
        lambda f: when(f.holds_unfilled > 0, waiting=f.holds_unfilled),
        MAY + "renewal_needed_by_hold",
    ),
    Rule("too_many_renewals", _count, MAY + "too_many_renewals"),
    Rule("too_many_unseen_renewals", _unseen, MAY + "too_many_renewals"),
    Rule(
        "patron_restricted",
        lambda f: restricted(f) if f.terms.restriction_blocks_renewal else None,
        MAY + "patron_restricted",
    ),
    Rule("has_overdues", _overdues, MAY + "has_overdues"),
    Rule("card_expired", _card, MAY + "card_expired"),
    Rule("item_lost", lambda f: when(f.item_lost), MAY + "item_lost"),
    Rule("too_late", lambda f: when(f.automatic and f.latest is not None and f.now >= f.latest)),
    Rule("debt_too_high", _debt, MAY + "debt_too_high"),
    Rule("too_soon", _too_soon, MAY + "too_soon"),
)
"""In the order in which a reader is best told: what others need first, then what the reader can do about it."""
