"""Who may borrow what, until when, and what comes of it: ordered tables of rules and pure sums."""

from __future__ import annotations

from kitabxana.circulation.rules.check_in import (
    ReturnFacts,
    ReturnPlan,
    float_limit,
    float_to,
    found_choice,
    found_treatment,
    late_until,
    plan_return,
    return_here,
    return_refusals,
)
from kitabxana.circulation.rules.check_out import CHECK_OUT, age_on, check_out_notes
from kitabxana.circulation.rules.due_dates import due_at, mode_applied, renewed_due_at, shortened
from kitabxana.circulation.rules.fines import Fine, fine, suspended_until, suspension_days
from kitabxana.circulation.rules.holds import HOLD_CODES, PLACE_HOLD, turn_between
from kitabxana.circulation.rules.limits import too_many
from kitabxana.circulation.rules.matching import (
    asked_for,
    can_be_asked_for,
    fills,
    hold_for,
    next_hold,
    open_to,
    reaches,
    unfilled,
)
from kitabxana.circulation.rules.recalls import RECALL, recall_refusals, recalled_due_at
from kitabxana.circulation.rules.renewals import RENEW, latest, soonest
from kitabxana.circulation.rules.rotas import ROTA_CODES
from kitabxana.circulation.rules.terms import Cell, rule_library, terms
from kitabxana.circulation.rules.words import standing

RETURN_CODES = frozenset({"return_elsewhere", "return_in_future", "return_before_loan", "item_withdrawn", "item_lost"})
REFUSAL_CODES = (
    frozenset(rule.code for rule in CHECK_OUT)
    | {rule.code for rule in RENEW}
    | {rule.code for rule in RECALL}
    | {rule.code for rule in PLACE_HOLD}
    | RETURN_CODES
    | HOLD_CODES
    | ROTA_CODES
    | {
        "not_permitted",
        "unknown_item",
        "unknown_patron",
        "unknown_unit",
        "unknown_loan",
        "unknown_record",
        "unknown_claim",
        "unknown_event",
        "too_late_to_undo",
        "happens_later",
    }
    | {
        "too_many_claims",
        "already_claimed",
        "no_title",
        "not_claimed",
        "not_lost",
        "unknown_outcome",
        "closing_in_past",
    }
    | {"unknown_transfer", "travels_for_reader", "transfer_stays"}
    | {"bad_key", "key_reused", "open_loans", "open_holds"}
)

__all__ = [
    "CHECK_OUT", "HOLD_CODES", "PLACE_HOLD", "RECALL", "REFUSAL_CODES", "RENEW", "RETURN_CODES", "Cell", "Fine",
    "ReturnFacts", "ReturnPlan", "age_on", "asked_for", "can_be_asked_for", "check_out_notes", "due_at", "fills",
    "fine", "float_limit", "float_to", "found_choice", "found_treatment", "hold_for", "late_until", "latest",
    "mode_applied", "next_hold", "open_to", "plan_return", "reaches", "recall_refusals", "recalled_due_at",
    "renewed_due_at", "return_here", "return_refusals", "rule_library", "shortened", "soonest", "standing",
    "suspended_until", "suspension_days", "terms", "too_many", "turn_between", "unfilled",
]  # fmt: skip
