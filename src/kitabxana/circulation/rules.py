"""Who may borrow what: ordered tables of rules, each a pure function that refuses or does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kitabxana.kernel.decisions import Refusal, Rule
from kitabxana.kernel.periods import Calendar, DaysMode, due_moment

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.circulation.facts import CheckOutFacts, HoldFacts, HoldRequestFacts, RenewFacts

Found = Mapping[str, Any] | None


def _when(refused: object, **params: Any) -> Found:
    return params if refused else None


def _card_invalid(facts: Any) -> Found:
    return _when(facts.patron.card_state != "valid", card=facts.patron.card)


def _card_expired(facts: Any) -> Found:
    return _when(facts.patron.expires_on < facts.today, date=facts.patron.expires_on.isoformat())


def _restricted(facts: Any) -> Found:
    return _when(facts.patron.restrictions, reason="; ".join(facts.patron.restrictions))


CHECK_OUT: tuple[Rule[CheckOutFacts], ...] = (
    Rule("card_invalid", _card_invalid),
    Rule("card_expired", _card_expired, "circulation.override.card_expired"),
    Rule("patron_restricted", _restricted, "circulation.override.patron_restricted"),
    Rule("patron_elsewhere", lambda f: _when(not f.same_nation), "circulation.override.patron_elsewhere"),
    Rule("already_lent_to_patron", lambda f: _when(f.loan and f.loan.patron_id == f.patron.id)),
    Rule("on_loan", lambda f: _when(f.loan and f.loan.patron_id != f.patron.id)),
    Rule(
        "held_for_other",
        lambda f: _when(f.held_for not in (None, f.patron.id)),
        "circulation.override.held_for_other",
    ),
    Rule("item_withdrawn", lambda f: _when(f.item.withdrawn), "circulation.override.item_withdrawn"),
    Rule("item_lost", lambda f: _when(f.item.lost, kind=f.item.lost), "circulation.override.item_lost"),
    Rule("item_restricted", lambda f: _when(f.item.restricted), "circulation.override.item_restricted"),
    Rule("item_not_for_loan", lambda f: _when(f.item.not_for_loan), "circulation.override.item_not_for_loan"),
    Rule("item_damaged", lambda f: _when(f.item.damaged), "circulation.override.item_damaged"),
    Rule(
        "too_many_loans",
        lambda f: _when(f.loans_open >= f.max_loans, open=f.loans_open, limit=f.max_loans),
        "circulation.override.too_many_loans",
    ),
)

RENEW: tuple[Rule[RenewFacts], ...] = (
    Rule("card_expired", _card_expired, "circulation.override.card_expired"),
    Rule("patron_restricted", _restricted, "circulation.override.patron_restricted"),
    Rule("item_lost", lambda f: _when(f.item_lost), "circulation.override.item_lost"),
    Rule(
        "renewal_needed_by_hold",
        lambda f: _when(f.holds_unfilled > 0, waiting=f.holds_unfilled),
        "circulation.override.renewal_needed_by_hold",
    ),
    Rule(
        "too_many_renewals",
        lambda f: _when(f.renewals >= f.renewals_allowed, renewals=f.renewals, limit=f.renewals_allowed),
        "circulation.override.too_many_renewals",
    ),
)

PLACE_HOLD: tuple[Rule[HoldRequestFacts], ...] = (
    Rule("card_invalid", _card_invalid),
    Rule("card_expired", _card_expired, "circulation.override.card_expired"),
    Rule("patron_restricted", _restricted, "circulation.override.patron_restricted"),
    Rule("nothing_to_hold", lambda f: _when(f.copies == 0)),
    Rule("already_on_hold", lambda f: _when(f.already_waiting)),
    Rule("already_lent_to_patron", lambda f: _when(f.has_it)),
    Rule("too_many_holds", lambda f: _when(f.holds_open >= f.max_holds, open=f.holds_open, limit=f.max_holds)),
)

REFUSAL_CODES = frozenset(
    {rule.code for rule in CHECK_OUT}
    | {rule.code for rule in RENEW}
    | {rule.code for rule in PLACE_HOLD}
    | {"not_permitted", "unknown_item", "unknown_patron", "unknown_unit", "unknown_loan", "unknown_record"}
)


def due_at(*, now: datetime, days: int, mode: DaysMode, calendar: Calendar) -> datetime:
    """When a loan made now is due (UTC)."""
    return due_moment(start=now, days=days, mode=mode, calendar=calendar)


def renewed_due_at(*, due: datetime, now: datetime, days: int, mode: DaysMode, calendar: Calendar) -> datetime:
    """A renewal counts from the due date, or from today when that has passed; it never shortens the loan."""
    return max(due, due_moment(start=max(due, now), days=days, mode=mode, calendar=calendar))


def standing(refusals: Iterable[Refusal], *, lift: frozenset[str], liftable: frozenset[str]) -> tuple[Refusal, ...]:
    """The refusals that remain when `lift` is asked for by one who holds the permissions `liftable`."""
    return tuple(refusal for refusal in refusals if not (refusal.code in lift and refusal.override in liftable))


def next_hold(queue: Iterable[HoldFacts], *, item_id: int) -> HoldFacts | None:
    """The first waiting hold, in queue order, that this copy may fill."""
    return next((hold for hold in queue if hold.allocated_item_id is None and hold.item_id in (None, item_id)), None)
