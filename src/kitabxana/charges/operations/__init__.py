"""Writes of the ledger. Every one locks the reader first: one account changes at one desk at a time."""

from __future__ import annotations

from kitabxana.charges.operations.accrue import let_accrue_again, set_accruing, settle_accruing
from kitabxana.charges.operations.charge import charge, charge_by_hand
from kitabxana.charges.operations.pay import apply_credit, pay
from kitabxana.charges.operations.refund import refund, void_payment
from kitabxana.charges.operations.registers import add_register, cash_up, open_register
from kitabxana.charges.operations.settle import cancel, credit_found, replace_in_kind, waive

__all__ = [
    "add_register",
    "apply_credit",
    "cancel",
    "cash_up",
    "charge",
    "charge_by_hand",
    "credit_found",
    "let_accrue_again",
    "open_register",
    "pay",
    "refund",
    "replace_in_kind",
    "set_accruing",
    "settle_accruing",
    "void_payment",
    "waive",
]
