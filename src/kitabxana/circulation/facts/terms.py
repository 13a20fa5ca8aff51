"""Policy values by the action that asks for them. Every field bears the name of its policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kitabxana.kernel.periods.due import DayMode, FixedRule, HourMode, Unit


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """How long a loan runs."""

    loan_length: int
    loan_unit: Unit
    closed_days: DayMode
    closed_hours: HourMode
    opening_offset: int
    fixed_due_date: date | None
    fixed_due_rule: FixedRule
    end_with_card: bool
    renewal_length: int | None
    renew_from: str
    auto_renew: bool
    waited_from: int | None
    waited_length: int


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """What stands against lending."""

    several_copies_of_record: bool
    minimum_age: int | None
    debt_limit: int | None
    any_debt_asks: bool
    overdues_block_loans: str
    return_for_other: str
    switch_onsite: bool
    lend_lost: str
    lend_damaged: str
    lend_withdrawn: str
    lend_restricted: str
    lend_not_for_loan: str


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """What stands against renewing."""

    loan_unit: Unit
    renewals_allowed: int
    unseen_renewals_allowed: int | None
    no_renewal_before: int | None
    renewal_opens_at: str
    renew_if_other_copies: bool
    restriction_blocks_renewal: bool
    card_end_blocks_renewal: bool
    overdues_block_renewal: str
    renewal_debt_limit: int | None
    auto_renewals_allowed: int | None
    auto_renew_before: int | None
    auto_renew_stop_after: int | None
    auto_renew_stop_date: date | None
    auto_renew_debt_limit: int | None
    auto_renew_needs_card: bool


@dataclass(frozen=True, slots=True)
class RecallTerms:
    """How long a copy that is called back may still be kept; `recall_days` None where none is called back."""

    recall_days: int | None
    recall_keeps: int


@dataclass(frozen=True, slots=True)
class FineTerms:
    """What lateness costs. Amounts in minor units; counts in the days or hours of `loan_unit`."""

    loan_unit: Unit
    fine_amount: int
    fine_every: int
    fine_charged_at: str
    grace: int
    grace_is_fined: bool
    fine_closed_days: bool
    fine_cap: int | None
    fine_cap_at_price: bool
    default_price: int | None


@dataclass(frozen=True, slots=True)
class SuspensionTerms:
    """For how many days one who was late may not borrow."""

    loan_unit: Unit
    grace: int
    fine_closed_days: bool
    suspension_days: int
    suspension_every: int
    suspension_max: int | None
    suspension_adds_up: bool


@dataclass(frozen=True, slots=True)
class HoldLimitTerms:
    """How many a reader may wait for, and for what."""

    max_holds: int | None
    holds_by_rule: int | None
    holds_per_record: int | None
    holds_per_day: int | None
    item_level_holds: str
    hold_debt_limit: int | None
    hold_days: int | None


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """Where a copy may come back and where it goes then."""

    return_to: str
    return_policy: str
    auto_transfer: bool
    return_withdrawn: str
    return_lost: str
    lost_return: str
    lost_refund_days: int | None
    count_local_use: bool
