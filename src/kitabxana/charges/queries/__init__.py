"""Reads of the ledger and of the registers."""

from __future__ import annotations

from kitabxana.charges.queries.accounts import (
    account,
    accrued,
    balances_of,
    credit,
    credits_page,
    debit,
    debits_of,
    debits_page,
    held_of,
    history_page,
    running_of,
    settled_by,
    settlements,
)
from kitabxana.charges.queries.registers import receipt, receipts_of, register, registers_at, shift_receipts, shifts_of
from kitabxana.charges.queries.truth import CHECKS

__all__ = [
    "CHECKS",
    "account",
    "accrued",
    "balances_of",
    "credit",
    "credits_page",
    "debit",
    "debits_of",
    "debits_page",
    "held_of",
    "history_page",
    "receipt",
    "receipts_of",
    "register",
    "registers_at",
    "running_of",
    "settled_by",
    "settlements",
    "shift_receipts",
    "shifts_of",
]
