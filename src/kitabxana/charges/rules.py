"""The arithmetic of the ledger and what it refuses. Amounts are whole minor units of one currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.charges.facts import Balance, PaymentFacts, Reduction, RefundFacts
from kitabxana.kernel.decisions import Rule, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kitabxana.charges.facts import CreditFacts, DebitFacts, Settlement

FINE, LOST, PAYOUT, REVERSAL = "fine", "lost", "payout", "reversal"
DEBIT_KINDS = (
    FINE,
    LOST,
    "processing",
    "rental",
    "hold",
    "hold_expiry",
    "membership",
    "card",
    "copy",
    "manual",
    PAYOUT,
    REVERSAL,
)
"""What can be charged; `payout` and `reversal` use up a credit: money given back, a payment that was none."""

CHARGEABLE = ("processing", "rental", "membership", "card", "copy", "manual", LOST)
"""What a desk may charge by hand."""

PAYMENT, WAIVER, CANCELLATION, CORRECTION, FOUND, REPLACEMENT = (
    "payment", "waiver", "cancellation", "correction", "found", "replacement",
)  # fmt: skip
CREDIT_KINDS = (PAYMENT, WAIVER, CANCELLATION, CORRECTION, FOUND, REPLACEMENT)
CASH = "cash"
METHODS = (CASH, "card", "transfer")
OWED_IN_KIND = frozenset({LOST})
"""Debits of these kinds stay open even at an amount of nothing: something else than money is owed."""

FOUND_CHOICES = ("full", "unpaid", "none")
MOST_MINOR = 2**31 - 1


def amount_problem(minor: int) -> str | None:
    """Why this can't be an amount (a stable code), None when it can. Nothing is an amount: a free fee is a fee."""
    return None if 0 <= minor <= MOST_MINOR else "bad_amount"


def _when(refuse: bool, **params: Value) -> Mapping[str, Value] | None:  # noqa: FBT001 - private
    return params if refuse else None


PAY: tuple[Rule[PaymentFacts], ...] = (
    Rule("bad_amount", lambda f: _when(not 0 < f.amount_minor <= MOST_MINOR)),
    Rule("unknown_method", lambda f: _when(f.method not in METHODS, method=f.method)),
    Rule("cash_needs_register", lambda f: _when(f.method == CASH and not f.register_named)),
    Rule("register_closed", lambda f: _when(f.register_named and not f.register_open)),
    Rule("currency_differs", lambda f: _when(bool(f.currencies - {f.currency}), currency=f.currency)),
    Rule(
        "over_payment",
        lambda f: _when(f.amount_minor > f.owed_minor and not f.keep_rest, minor=f.owed_minor, currency=f.currency),
    ),
)

REFUND: tuple[Rule[RefundFacts], ...] = (
    Rule("bad_amount", lambda f: _when(not 0 < f.amount_minor <= MOST_MINOR)),
    Rule("unknown_method", lambda f: _when(f.method not in METHODS, method=f.method)),
    Rule("cash_needs_register", lambda f: _when(f.method == CASH and not f.register_named)),
    Rule("register_closed", lambda f: _when(f.register_named and not f.register_open)),
    Rule("currency_differs", lambda f: _when(f.credit_currency != f.currency, currency=f.currency)),
    Rule(
        "credit_too_small",
        lambda f: _when(f.amount_minor > f.remaining_minor, minor=f.remaining_minor, currency=f.credit_currency),
    ),
    Rule(
        "drawer_too_small",
        lambda f: _when(
            f.method == CASH and f.register_open and f.amount_minor > f.drawer_minor,
            minor=f.drawer_minor,
            currency=f.currency,
        ),
    ),
)
OF_OPERATIONS = (
    "not_permitted", "unknown_patron", "unknown_unit", "unknown_debit", "unknown_credit", "unknown_register",
    "unknown_charge", "already_settled", "already_refunded", "not_a_loss", "unknown_choice", "request_used",
    "bad_name", "name_taken", "register_open", "open_debts", "open_credits",
)  # fmt: skip
REFUSAL_CODES = frozenset({rule.code for rule in PAY} | {rule.code for rule in REFUND} | set(OF_OPERATIONS))
"""Everything that the ledger and its registers refuse."""


def spread(amount: int, open_debits: Iterable[tuple[int, int]]) -> tuple[list[tuple[int, int]], int]:
    """Give `amount` to (debit, outstanding) pairs in their order; returns what each gets and what is left over."""
    parts = []
    for debit, outstanding in open_debits:
        part = min(amount, outstanding)
        if part:
            parts.append((debit, part))
            amount -= part
    return parts, amount


def reduction(by: int, *, outstanding: int, settlements: Sequence[Settlement]) -> Reduction:
    """How to make a debit smaller by at most `by`: first what is open, then payments, the newest first.

    What was waived or replaced is not given back: a write-off never turns into money (KB 29923).
    """
    open_part = min(by, outstanding)
    left = by - open_part
    released = []
    for one in sorted(settlements, key=lambda one: -one.credit_id):
        part = min(left, one.amount_minor) if one.credit_kind == PAYMENT else 0
        if part:
            released.append((one.credit_id, part))
            left -= part
    return Reduction(open_part, tuple(released))


def is_settled(kind: str, *, outstanding: int, touched: bool) -> bool:
    """Whether nothing more is owed. `touched`: something has settled it, if only with an amount of nothing."""
    return outstanding == 0 and (touched or kind not in OWED_IN_KIND)


def balances(debits: Iterable[DebitFacts], credits: Iterable[CreditFacts]) -> dict[str, Balance]:  # noqa: A002
    """What is owed and what is to the reader's good, by currency."""
    found: dict[str, Balance] = {}
    for debit in debits:
        old = found.get(debit.amount.currency, Balance())
        owed = old.owed_minor + debit.outstanding.minor
        found[debit.amount.currency] = Balance(owed, old.credit_minor, old.debts + 1)
    for credit in credits:
        old = found.get(credit.amount.currency, Balance())
        found[credit.amount.currency] = Balance(old.owed_minor, old.credit_minor + credit.remaining.minor, old.debts)
    return found


def expected_in_drawer(float_minor: int, movements: Iterable[tuple[str, int]]) -> int:
    """What should lie in the drawer: the float and the cash of (method, signed amount) pairs."""
    return float_minor + sum(amount for method, amount in movements if method == CASH)
