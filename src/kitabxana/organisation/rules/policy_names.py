"""Every policy a library can set: what its value may be, its built-in value, and for whom it can differ.

Names are what operations ask for; the sentence a librarian reads is made by `messages.policy_sentence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Axis = Literal["unit", "category", "item_type"]
Measure = Literal[
    "",
    "loan_units",
    "days",
    "minutes",
    "times",
    "loans",
    "copies",
    "holds",
    "claims",
    "years",
    "months",
    "signs",
    "money",
    "hour",
]

EVERY_AXIS: frozenset[Axis] = frozenset({"unit", "category", "item_type"})
BY_READER: frozenset[Axis] = frozenset({"unit", "category"})
BY_ITEM: frozenset[Axis] = frozenset({"unit", "item_type"})
BY_UNIT: frozenset[Axis] = frozenset({"unit"})


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """What a policy value may be.

    `type` is int, str or bool, or date for an ISO day kept as text. An `optional` one may also be None, which says
    that there is no limit, no cap, no such day. Numbers lie between `least` and `most`, inclusive; money is in minor
    units of the library's currency. A value can differ along `axes` only. A `nationwide` one is set for the whole
    installation or a nation, since it decides which unit is asked for all the others.
    """

    type: type
    default: Any
    group: str
    least: int = 0
    most: int = 100_000
    choices: tuple[str, ...] = ()
    optional: bool = False
    measure: Measure = ""
    axes: frozenset[Axis] = EVERY_AXIS
    nationwide: bool = False


def _count(default: int | None, group: str, measure: Measure = "", *, least: int = 0, most: int = 100_000,
           optional: bool = False, axes: frozenset[Axis] = EVERY_AXIS) -> PolicyKind:  # fmt: skip
    return PolicyKind(
        int, default, group, least, most, optional=optional or default is None, measure=measure, axes=axes
    )


def _choice(default: str, group: str, *choices: str, axes: frozenset[Axis] = EVERY_AXIS,
            nationwide: bool = False) -> PolicyKind:  # fmt: skip
    return PolicyKind(str, default, group, choices=(default, *choices), axes=axes, nationwide=nationwide)


def _yes(default: bool, group: str, *, axes: frozenset[Axis] = EVERY_AXIS) -> PolicyKind:  # noqa: FBT001  # noqa: FBT001
    return PolicyKind(bool, default, group, axes=axes)


def _money(default: int | None, group: str, *, axes: frozenset[Axis] = EVERY_AXIS) -> PolicyKind:
    return PolicyKind(int, default, group, most=100_000_000, optional=default is None, measure="money", axes=axes)


def _day(group: str) -> PolicyKind:
    return PolicyKind(date, None, group, optional=True)


_STATE = ("deny", "allow")

POLICIES: Mapping[str, PolicyKind] = {
    # Which library's word counts.
    "rule_library": _choice("desk", "governing", "item_home", "item_holding", "patron_home", axes=BY_UNIT,
                            nationwide=True),
    "hold_rule_library": _choice("item_home", "governing", "patron_home", axes=BY_UNIT, nationwide=True),
    # How long a loan runs.
    "loan_length": _count(15, "loans", "loan_units", most=3650),
    "waited_from": _count(None, "loans", "holds", least=1, most=20),
    "waited_length": _count(7, "loans", "loan_units", least=1, most=3650),
    "loan_unit": _choice("days", "loans", "hours"),
    "closed_days": _choice("next_open", "loans", "keep", "previous_open", "same_weekday", "skip_closed"),
    "closed_hours": _choice("next_opening", "loans", "keep", "end_of_hours"),
    "opening_offset": _count(0, "loans", "minutes", most=720),
    "fixed_due_date": _day("loans"),
    "fixed_due_rule": _choice("no_later", "loans", "exactly", "no_earlier"),
    "end_with_card": _yes(False, "loans"),
    # How many, to whom and in what state.
    "max_loans": _count(5, "limits", "loans", most=10_000, optional=True),
    "max_onsite_loans": _count(None, "limits", "loans", most=10_000),
    "patron_max_loans": _count(None, "limits", "loans", most=10_000, axes=BY_READER),
    "patron_max_onsite_loans": _count(None, "limits", "loans", most=10_000, axes=BY_READER),
    "onsite_counts_as_loan": _yes(False, "limits", axes=BY_UNIT),
    "switch_onsite": _yes(True, "limits", axes=BY_UNIT),
    "several_copies_of_record": _yes(True, "limits"),
    "minimum_age": _count(None, "limits", "years", most=120),
    "debt_limit": _money(None, "limits", axes=BY_READER),
    "debts_of_wards": _yes(False, "limits", axes=BY_UNIT),
    "any_debt_asks": _yes(False, "limits", axes=BY_READER),
    "overdues_block_loans": _choice("allow", "limits", "confirm", "deny", axes=BY_READER),
    "rental_fee": _money(0, "limits"),
    "return_for_other": _choice("confirm", "limits", "allow", axes=BY_UNIT),
    "lend_lost": _choice("confirm", "limits", *_STATE, "tell", axes=BY_ITEM),
    "lend_damaged": _choice("confirm", "limits", *_STATE, axes=BY_ITEM),
    "lend_withdrawn": _choice("confirm", "limits", *_STATE, axes=BY_ITEM),
    "lend_restricted": _choice("confirm", "limits", *_STATE, axes=BY_ITEM),
    "lend_not_for_loan": _choice("confirm", "limits", *_STATE, axes=BY_ITEM),
    # Renewals, asked for and of themselves.
    "renewals_allowed": _count(1, "renewals", "times", most=1000),
    "unseen_renewals_allowed": _count(None, "renewals", "times", most=1000),
    "renewal_length": _count(None, "renewals", "loan_units", most=3650),
    "renew_from": _choice("due_date", "renewals", "today"),
    "no_renewal_before": _count(None, "renewals", "loan_units", most=3650),
    "renewal_opens_at": _choice("date", "renewals", "exact_time", axes=BY_UNIT),
    "renew_if_other_copies": _yes(True, "renewals", axes=BY_ITEM),
    "restriction_blocks_renewal": _yes(True, "renewals", axes=BY_READER),
    "card_end_blocks_renewal": _yes(True, "renewals", axes=BY_READER),
    "overdues_block_renewal": _choice("allow", "renewals", "deny", "deny_item", axes=BY_READER),
    "renewal_debt_limit": _money(None, "renewals", axes=BY_READER),
    "auto_renew": _yes(False, "renewals"),
    "auto_renewals_allowed": _count(None, "renewals", "times", most=1000),
    "auto_renew_before": _count(None, "renewals", "loan_units", most=3650),
    "auto_renew_stop_after": _count(None, "renewals", "loan_units", most=3650),
    "auto_renew_stop_date": _day("renewals"),
    "auto_renew_debt_limit": _money(None, "renewals", axes=BY_READER),
    "auto_renew_needs_card": _yes(True, "renewals", axes=BY_READER),
    "recall_days": _count(None, "renewals", "days", most=1000),
    "recall_keeps": _count(7, "renewals", "days", most=1000),
    # Fines and what else lateness brings.
    "fine_amount": _money(0, "fines"),
    "fine_every": _count(1, "fines", "loan_units", most=3650),
    "fine_charged_at": _choice("end", "fines", "start"),
    "grace": _count(0, "fines", "loan_units", most=3650),
    "grace_is_fined": _yes(False, "fines"),
    "fine_closed_days": _yes(False, "fines"),
    "fine_cap": _money(None, "fines"),
    "fine_cap_at_price": _yes(False, "fines"),
    "default_price": _money(None, "fines", axes=BY_ITEM),
    "suspension_days": _count(0, "fines", "days", most=365),
    "suspension_every": _count(1, "fines", "loan_units", least=1, most=3650),
    "suspension_max": _count(None, "fines", "days", most=36_500),
    "suspension_adds_up": _yes(False, "fines", axes=BY_READER),
    # Lost, found and claimed.
    "lost_after": _count(None, "lost", "days", least=1, most=3650),
    "lost_price_charged": _yes(True, "lost"),
    "lost_processing_fee": _money(0, "lost"),
    "lost_return": _choice("refund_unpaid", "lost", "refund", "keep", "refund_and_fine", axes=BY_ITEM),
    "lost_refund_days": _count(None, "lost", "days", most=3650, axes=BY_ITEM),
    "claims_allowed": _count(None, "lost", "claims", most=1000, axes=BY_READER),
    # Coming back.
    "return_to": _choice("anywhere", "returns", "home", "holding", "home_or_holding", axes=BY_ITEM),
    "return_policy": _choice("home", "returns", "holding", "float", axes=BY_ITEM),
    "float_most": _count(None, "returns", "copies", least=1, most=10_000, axes=BY_ITEM),
    "auto_transfer": _yes(True, "returns", axes=BY_UNIT),
    "return_withdrawn": _choice("allow", "returns", "deny", axes=BY_ITEM),
    "return_lost": _choice("allow", "returns", "deny", axes=BY_ITEM),
    "count_local_use": _yes(False, "returns", axes=BY_UNIT),
    # Holds.
    "max_holds": _count(5, "holds", "holds", most=10_000, optional=True, axes=BY_READER),
    "holds_by_rule": _count(None, "holds", "holds", most=10_000),
    "holds_per_record": _count(1, "holds", "holds", most=1000, optional=True),
    "holds_per_day": _count(None, "holds", "holds", most=1000),
    "on_shelf_holds": _choice("always", "holds", "when_out", "when_none_available", "when_none_near"),
    "item_level_holds": _choice("allow", "holds", "deny", "force"),
    "hold_allowed_from": _choice("anyone", "holds", "home_library", "nobody", axes=BY_ITEM),
    "hold_pickup_limit": _choice("anywhere", "holds", "home", "holding", axes=BY_ITEM),
    "hold_damaged": _yes(True, "holds", axes=BY_ITEM),
    "local_holds_first": _choice("no", "holds", "pickup_here", "readers_of_here", axes=BY_UNIT),
    "local_holds_item": _choice("holding", "holds", "home", axes=BY_UNIT),
    "hold_copy_order": _choice("at_pickup", "holds", "home_at_pickup", "nearest", "any", axes=BY_UNIT),
    "hold_source_turn": _count(0, "holds", most=1000, optional=True, axes=BY_UNIT),
    "hold_from_closed": _yes(True, "holds", axes=BY_UNIT),
    "pickup_here": _yes(True, "holds", axes=BY_UNIT),
    "sent_to": _choice("anywhere", "holds", "system", "nowhere", axes=BY_ITEM),
    "hold_debt_limit": _money(None, "holds", axes=BY_READER),
    "hold_days": _count(None, "holds", "days", least=1, most=3650),
    "hold_shelf_days": _count(7, "holds", "days", least=1, most=365),
    "hold_fee": _money(0, "holds"),
    "hold_expiry_fee": _money(0, "holds"),
    # What readers are told, and when.
    "due_soon_days": _count(3, "notices", "days", least=1, most=60, optional=True),
    "tell_due_today": _yes(False, "notices"),
    "overdue_first_days": _count(1, "notices", "days", least=1, most=365, optional=True),
    "overdue_second_days": _count(7, "notices", "days", least=1, most=365, optional=True),
    "overdue_third_days": _count(21, "notices", "days", least=1, most=365, optional=True),
    "hold_reminder_days": _count(2, "notices", "days", least=1, most=60, optional=True, axes=BY_READER),
    "tell_check_out": _yes(False, "notices", axes=BY_READER),
    "tell_check_in": _yes(False, "notices", axes=BY_READER),
    "tell_renewal": _yes(False, "notices", axes=BY_READER),
    "tell_charge": _yes(True, "notices", axes=BY_READER),
    "tell_payment": _yes(True, "notices", axes=BY_READER),
    "membership_reminder_days": _count(30, "notices", "days", least=1, most=365, optional=True, axes=BY_READER),
    "tell_membership_ended": _yes(True, "notices", axes=BY_READER),
    "tell_welcome": _yes(True, "notices", axes=BY_READER),
    "notices_to_guarantor": _yes(True, "notices", axes=BY_READER),
    "quiet_from": _count(21, "notices", "hour", most=23, axes=BY_UNIT),
    "quiet_until": _count(9, "notices", "hour", most=23, axes=BY_UNIT),
    "slip_paper": _choice("80", "notices", "58", "a4", axes=BY_UNIT),
    # Membership and what is kept of it.
    "pin_length": _count(4, "readers", "signs", least=4, most=32, axes=BY_READER),
    "history_days": _count(365, "readers", "days", most=36_500, axes=BY_READER),
    "own_contact": _choice("contact", "readers", "reach", "nothing", axes=BY_READER),
    "guarantor_sees": _choice("children", "readers", "agreed", "nobody", axes=BY_READER),
    "reader_kept_months": _count(0, "readers", "months", most=1200, axes=BY_READER),
    "self_registration": _yes(False, "readers", axes=BY_READER),
    "application_days": _count(30, "readers", "days", least=1, most=365, axes=BY_UNIT),
}  # fmt: skip
"""Every policy this version knows. `loan_units` are the days or hours of `loan_unit`."""

GROUPS = tuple(dict.fromkeys(kind.group for kind in POLICIES.values()))


def policy_problem(name: str, value: Any) -> str | None:
    """Why `value` can't be stored under `name` (a stable code), None when it can."""
    kind = POLICIES.get(name)
    if kind is None:
        return "unknown_policy"
    if not _is_of(kind, value):
        return "wrong_type"
    if value is None:
        return None
    if kind.choices and value not in kind.choices:
        return "not_a_choice"
    if kind.type is int and not kind.least <= value <= kind.most:
        return "out_of_bounds"
    return None


def cell_problem(name: str, *, unit_kind: str | None, category: str | None, item_type: str | None) -> str | None:
    """Why a value of `name` can't be set for such a cell (a stable code), None when it can."""
    kind = POLICIES.get(name)
    if kind is None:
        return "unknown_policy"
    if (category is not None and "category" not in kind.axes) or (item_type and "item_type" not in kind.axes):
        return "not_by_this"
    if kind.nationwide and unit_kind not in (None, "nation"):
        return "nationwide_only"
    return None


def _is_of(kind: PolicyKind, value: Any) -> bool:
    if value is None:
        return kind.optional
    return _is_day(value) if kind.type is date else type(value) is kind.type


def _is_day(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
