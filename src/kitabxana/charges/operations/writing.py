"""The ledger's own strokes: a debit, a credit, what settles what, a receipt. The account's reader is locked already."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import connection

from kitabxana.base import audit, outbox
from kitabxana.charges.models import Allocation, CashRegister, Credit, Debit, Receipt, Shift
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from kitabxana.base.actor import Actor
    from kitabxana.charges.operations.entering import Entered
    from kitabxana.kernel.money import Money

Line = TypeVar("Line", Credit, Debit)

_SETTLE_DEBITS = """
    UPDATE charges_debit d SET outstanding_minor = d.outstanding_minor - part.amount, running = false,
        settled_at = CASE WHEN d.outstanding_minor = part.amount THEN coalesce(d.settled_at, %s) END
    FROM unnest(%s::bigint[], %s::bigint[]) AS part (id, amount) WHERE d.id = part.id
"""
_USE_CREDITS = """
    UPDATE charges_credit c SET remaining_minor = c.remaining_minor - part.amount
    FROM unnest(%s::bigint[], %s::bigint[]) AS part (id, amount) WHERE c.id = part.id
"""


def allocate(parts: Iterable[tuple[int, int, int]], *, now: datetime) -> None:
    """Write (debit, credit, amount) rows and bring both sums in step; three statements however many they are.

    A negative amount takes back. A debit that still ran stands from here on, as it is.
    """
    parts = list(parts)
    if not parts:
        return
    debits: dict[int, int] = {}
    credits: dict[int, int] = {}  # noqa: A001
    for debit, credit, amount in parts:
        debits[debit] = debits.get(debit, 0) + amount
        credits[credit] = credits.get(credit, 0) + amount
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE_DEBITS, [now, list(debits), list(debits.values())])
        cursor.execute(_USE_CREDITS, [list(credits), list(credits.values())])
    Allocation.objects.bulk_create(
        Allocation(debit_id=debit, credit_id=credit, amount_minor=amount, made_at=now)
        for debit, credit, amount in parts
    )


def write_credit(
    entered: Entered, *, kind: str, amount: Money, by: Actor, now: datetime, note: str = "",
    method: str = "", key: UUID | None = None,
) -> Credit:  # fmt: skip
    """A credit of the account, with its audit row and event; nothing of it is used yet."""
    row = Credit.objects.create(
        patron_id=entered.patron.id,
        unit_id=entered.unit.id,
        kind=kind,
        amount_minor=amount.minor,
        remaining_minor=amount.minor,
        currency=amount.currency,
        method=method,
        note=note,
        credited_at=now,
        credited_by=by.name,
        key=key,
    )
    after = {"patron": entered.patron.id, "kind": kind, "minor": amount.minor, "currency": amount.currency}
    audit.record(by, "charges.credit", object_type="credit", object_id=row.pk, after=after)
    outbox.publish("credit.made", {"credit": row.pk, "patron": entered.patron.id, "kind": kind})
    return row


def done_before(table: type[Line], key: UUID | None, *, patron_id: int) -> Line | None:
    """What a request with this key wrote when it came first, None without one. Refused: request_used."""
    row = table.objects.filter(key=key).first() if key else None
    if row is not None and row.patron_id != patron_id:
        raise Refused.one("request_used")
    return row


def account_debit(debit_id: int) -> Debit:
    """A debit as it is, before its reader is locked. Refused: unknown_debit."""
    row = Debit.objects.filter(pk=debit_id).first()
    if row is None or row.patron_id is None:
        raise Refused.one("unknown_debit", debit=debit_id)
    return row


def account_credit(credit_id: int) -> Credit:
    """A credit as it is, before its reader is locked. Refused: unknown_credit."""
    row = Credit.objects.filter(pk=credit_id).first()
    if row is None or row.patron_id is None:
        raise Refused.one("unknown_credit", credit=credit_id)
    return row


def next_receipt(register_id: int | None, *, unit_id: int) -> tuple[CashRegister | None, Shift | None]:
    """Lock a register of this unit, take its next number, and say which shift is open; (None, None) without one.

    The number is spent only if the transaction commits: no gap, because nobody else gets one meanwhile.
    Refused: unknown_register.
    """
    if register_id is None:
        return None, None
    row = CashRegister.objects.select_for_update(no_key=True).filter(pk=register_id, unit_id=unit_id).first()
    if row is None:
        raise Refused.one("unknown_register", register=register_id)
    row.last_receipt += 1
    return row, Shift.objects.filter(register=row, closed_at__isnull=True).first()


def write_receipt(
    register: CashRegister, shift: Shift, *, amount_minor: int, method: str, patron_id: int, by: Actor, now: datetime,
    line: Credit | Debit,
) -> int:  # fmt: skip
    """Write the receipt whose number `next_receipt` took; returns its id."""
    CashRegister.objects.filter(pk=register.pk).update(last_receipt=register.last_receipt)
    row = Receipt.objects.create(
        register=register,
        shift=shift,
        number=register.last_receipt,
        amount_minor=amount_minor,
        method=method,
        patron_id=patron_id,
        credit=line if isinstance(line, Credit) else None,
        debit=line if isinstance(line, Debit) else None,
        at=now,
        by=by.name,
    )
    return row.pk
