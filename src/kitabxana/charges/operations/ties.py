"""What the ledger keeps of a reader, for `base.ports`. No line is ever deleted: forgotten, it is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.base.ports import PatronTies
from kitabxana.charges.models import Credit, Debit, Receipt
from kitabxana.charges.queries import balances_of, held_of
from kitabxana.kernel.decisions import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


def hindrances(patron_id: int) -> tuple[Refusal, ...]:
    """What is owed, also in kind, and what the house owes, one refusal a currency; one statement."""
    found = []
    for currency, balance in sorted(balances_of([patron_id]).get(patron_id, {}).items()):
        if balance.debts:
            found.append(Refusal("open_debts", {"minor": balance.owed_minor, "currency": currency}))
        if balance.credit_minor:
            found.append(Refusal("open_credits", {"minor": balance.credit_minor, "currency": currency}))
    return tuple(found)


def move(gone: int, keep: int) -> Mapping[str, int]:
    """Both sides of the account together: what of one settles what of the other stays within one account."""
    return {
        "debits": Debit.objects.filter(patron_id=gone).update(patron_id=keep),
        "credits": Credit.objects.filter(patron_id=gone).update(patron_id=keep),
        "receipts": Receipt.objects.filter(patron_id=gone).update(patron_id=keep),
    }


def forget(patron_id: int) -> None:
    """Sums, dates and receipts stay for the books; whose they were, and what was noted, does not."""
    Debit.objects.filter(patron_id=patron_id).update(patron_id=None, note="")
    Credit.objects.filter(patron_id=patron_id).update(patron_id=None, note="")
    Receipt.objects.filter(patron_id=patron_id).update(patron_id=None)


TIES = PatronTies("charges", hindrances, move, held_of, forget)
