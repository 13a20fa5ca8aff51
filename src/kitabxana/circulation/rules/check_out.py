"""Who may borrow what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.circulation.rules.words import card_expired, card_invalid, restricted, when
from kitabxana.kernel.decisions import Rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kitabxana.circulation.facts import CheckOutFacts
    from kitabxana.circulation.rules.words import Found

MAY = "circulation.override."


def _state(code: str, policy: str, found: Callable[[CheckOutFacts], Found]) -> tuple[Rule[CheckOutFacts], ...]:
    """A state of the copy by its own policy: denied to everyone, or lifted by who has the permission (case 16)."""
    return (
        Rule(code, lambda f: found(f) if getattr(f.terms, policy) == "deny" else None),
        Rule(code, lambda f: found(f) if getattr(f.terms, policy) == "confirm" else None, MAY + code),
    )


def _theirs(facts: CheckOutFacts) -> Found:
    return when(facts.already_theirs and not facts.switches and not facts.renewal)


def _renewal_refused(facts: CheckOutFacts) -> Found:
    stands = facts.already_theirs and not facts.switches and bool(facts.renewal)
    return when(stands, reason=", ".join(refusal.code for refusal in facts.renewal))


def _others(facts: CheckOutFacts) -> bool:
    return facts.loan is not None and not facts.already_theirs


def _hold(facts: CheckOutFacts, *, set_aside: bool) -> bool:
    hold = facts.hold
    if hold is None or hold.patron_id == facts.patron.id:
        return False
    return (hold.allocated_item_id == facts.item.id) == set_aside


def _limit(facts: CheckOutFacts) -> Found:
    passed = facts.too_many
    if passed is None or (facts.already_theirs and not facts.switches and not facts.renewal):
        return None
    return {"open": passed.open, "limit": passed.limit, "limit_of": passed.limit_of}


def _debt(facts: CheckOutFacts) -> Found:
    limit = facts.terms.debt_limit
    over = limit is not None and facts.debts.counted > limit
    return when(over, owed=facts.debts.counted, limit=limit)


def _any_debt(facts: CheckOutFacts) -> Found:
    asks = facts.terms.any_debt_asks and facts.debts.counted > 0 and _debt(facts) is None
    return when(asks, owed=facts.debts.counted)


def _overdues(facts: CheckOutFacts, policy: str) -> Found:
    # A restriction says as much and more: one word on the reader's standing is enough.
    asked = facts.terms.overdues_block_loans == policy and not facts.patron.restrictions
    return when(asked and facts.overdues, overdues=facts.overdues)


def _too_young(facts: CheckOutFacts) -> Found:
    least = facts.terms.minimum_age
    return when(least is not None and facts.age is not None and facts.age < least, age=least)


def _another_copy(facts: CheckOutFacts) -> Found:
    apart = not facts.terms.several_copies_of_record and not facts.already_theirs
    return when(apart and facts.other_copies)


CHECK_OUT: tuple[Rule[CheckOutFacts], ...] = (
    Rule("card_invalid", card_invalid),
    Rule("card_expired", card_expired, MAY + "card_expired"),
    Rule("patron_restricted", restricted, MAY + "patron_restricted"),
    Rule("address_unknown", lambda f: when(f.address_unknown), MAY + "address_unknown"),
    Rule("debt_too_high", _debt, MAY + "debt_too_high"),
    Rule("has_debt", _any_debt, MAY + "has_debt"),
    Rule("has_overdues", lambda f: _overdues(f, "deny")),
    Rule("has_overdues", lambda f: _overdues(f, "confirm"), MAY + "has_overdues"),
    Rule("too_young", _too_young, MAY + "too_young"),
    Rule("patron_elsewhere", lambda f: when(not f.same_nation), MAY + "patron_elsewhere"),
    Rule("already_lent_to_patron", _theirs, "circulation.renew"),
    Rule("renewal_refused", _renewal_refused),
    Rule("on_loan_return_elsewhere", lambda f: when(_others(f) and not f.return_here)),
    Rule(
        "on_loan",
        lambda f: when(_others(f) and f.return_here and f.terms.return_for_other == "confirm"),
        MAY + "on_loan",
    ),
    Rule("held_for_other", lambda f: when(_hold(f, set_aside=True)), MAY + "held_for_other"),
    Rule("wanted_by_other", lambda f: when(_hold(f, set_aside=False)), MAY + "wanted_by_other"),
    *_state("item_withdrawn", "lend_withdrawn", lambda f: when(f.item.withdrawn)),
    *_state("item_lost", "lend_lost", lambda f: when(f.item.lost, kind=f.item.lost)),
    *_state("item_restricted", "lend_restricted", lambda f: when(f.item.restricted)),
    *_state("item_not_for_loan", "lend_not_for_loan", lambda f: when(f.item.not_for_loan and not f.onsite)),
    *_state("item_damaged", "lend_damaged", lambda f: when(f.item.damaged)),
    Rule("has_another_copy", _another_copy, MAY + "has_another_copy"),
    Rule("due_in_past", lambda f: when(f.due_at < f.now, date=f.due_at.date().isoformat()), MAY + "due_in_past"),
    Rule("too_many_loans", _limit, MAY + "too_many_loans"),
)


def age_on(born: date, day: date) -> int:
    """Whole years; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_out_notes(facts: CheckOutFacts) -> tuple[str, ...]:
    """What the desk is told of a check-out that nothing forbids: codes of `messages.NOTES`."""
    said = {
        "other_debts": facts.debts.other > 0,
        "was_lost": bool(facts.item.lost) and facts.terms.lend_lost == "tell",
        "returned_for_other": _others(facts) and facts.return_here and facts.terms.return_for_other == "allow",
        "onsite_switched": facts.switches,
    }
    return tuple(code for code, true in said.items() if true)
