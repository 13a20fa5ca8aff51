"""Lines of an account in Koha's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.charges.facts import Balance, CreditFacts, DebitFacts
from kitabxana.charges.messages import CREDITS, DEBITS
from kitabxana.fronts.rest import shapes_of_accounts as shapes
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from kitabxana.charges.facts import Account

DEBIT_TYPES = {
    "fine": "OVERDUE", "lost": "LOST", "processing": "PROCESSING", "rental": "RENT", "hold": "RESERVE",
    "hold_expiry": "RESERVE_EXPIRED",
    "membership": "ACCOUNT", "card": "NEW_CARD", "copy": "COPY", "manual": "MANUAL", "payout": "PAYOUT",
    "reversal": "VOID",
}  # fmt: skip
"""Ours → Koha's; COPY is our own."""

CREDIT_TYPES = {
    "payment": "PAYMENT", "waiver": "WRITEOFF", "cancellation": "CANCELLATION", "correction": "FORGIVEN",
    "found": "LOST_FOUND", "replacement": "REPLACEMENT",
}  # fmt: skip
"""Ours → Koha's; REPLACEMENT is our own."""


def _number(minor: int) -> float:
    return float(Money(minor, "").decimal())


def account(found: Account, *, patron_id: int, currency: str, staff: bool) -> shapes.Account:
    """`staff` says whether notes for staff are shown."""
    home = found.balances.get(currency, Balance())
    return shapes.Account(
        balance=_number(home.net_minor),
        currency=currency,
        outstanding_credits=shapes.Lines(
            total=-_number(home.credit_minor),
            lines=[line(one, patron_id=patron_id, staff=staff) for one in found.credits],
        ),
        outstanding_debits=shapes.Lines(
            total=_number(home.owed_minor),
            lines=[line(one, patron_id=patron_id, staff=staff) for one in found.debits],
        ),
        balances=[
            shapes.CurrencyBalance(
                currency=code,
                balance=_number(one.net_minor),
                outstanding_debits=_number(one.owed_minor),
                outstanding_credits=-_number(one.credit_minor),
            )
            for code, one in sorted(found.balances.items())
        ],
    )


def line(one: DebitFacts | CreditFacts, *, patron_id: int, staff: bool) -> shapes.AccountLine:
    if isinstance(one, DebitFacts):
        loan = one.source.id if one.source and one.source.kind == "loan" else None
        return shapes.AccountLine(
            account_line_id=one.id,
            patron_id=patron_id,
            checkout_id=loan,
            item_id=one.item_id,
            date=one.charged_at,
            amount=_number(one.amount.minor),
            amount_outstanding=_number(one.outstanding.minor),
            currency=one.amount.currency,
            debit_type=DEBIT_TYPES[one.kind],
            credit_type=None,
            payment_type=None,
            description=str(DEBITS[one.kind]),
            internal_note=one.note or None if staff else None,
            library_id=one.unit,
            status="UNRETURNED" if one.running else None,
            cash_register_id=None,
        )
    return shapes.AccountLine(
        account_line_id=one.id,
        patron_id=patron_id,
        checkout_id=None,
        item_id=None,
        date=one.credited_at,
        amount=-_number(one.amount.minor),
        amount_outstanding=-_number(one.remaining.minor),
        currency=one.amount.currency,
        debit_type=None,
        credit_type=CREDIT_TYPES[one.kind],
        payment_type=one.method.upper() or None,
        description=str(CREDITS[one.kind]),
        internal_note=one.note or None if staff else None,
        library_id=one.unit,
        status=None,
        cash_register_id=one.register_id,
    )
