"""Giving money back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from kitabxana.base import outbox
from kitabxana.charges.facts import RefundFacts
from kitabxana.charges.models import Allocation, Credit, Debit, Receipt
from kitabxana.charges.operations.charge import write_debit
from kitabxana.charges.operations.entering import enter
from kitabxana.charges.operations.registers import drawer
from kitabxana.charges.operations.writing import account_credit, allocate, done_before, next_receipt, write_receipt
from kitabxana.charges.queries.accounts import credit_facts, debit_facts
from kitabxana.charges.rules import PAYMENT, PAYOUT, REFUND, REVERSAL
from kitabxana.kernel.decisions import Refused, refusals

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import CreditFacts, DebitFacts, Till


@transaction.atomic
def refund(
    *, credit_id: int, till: Till, by: Actor, now: datetime, amount_minor: int | None = None, note: str = "",
    key: UUID | None = None,
) -> DebitFacts:  # fmt: skip
    """Pay out what remains of a credit, or `amount_minor` of it; returns the payout, a debit that the credit settles.

    `key` names the request: sent again, it pays out once.

    Locks patron, register; takes the register's next receipt number.
    Refused with every code of `rules.REFUND` that stands, or unknown_credit, unknown_unit, not_permitted,
    unknown_register, request_used (the key is another reader's).
    """
    before = account_credit(credit_id)
    patron_id = before.patron_id or 0
    entered = enter(patron_id=patron_id, unit=till.unit, by=by, permission="charges.refund")
    if known := done_before(Debit, key, patron_id=patron_id):
        return debit_facts(known, organisation=entered.organisation)
    credit = Credit.objects.get(pk=credit_id)
    register, shift = next_receipt(till.register_id, unit_id=entered.unit.id)
    amount = credit.remaining_minor if amount_minor is None else amount_minor
    facts = RefundFacts(
        amount_minor=amount,
        remaining_minor=credit.remaining_minor,
        credit_currency=credit.currency,
        currency=register.currency if register else entered.unit.currency,
        method=till.method,
        register_named=register is not None,
        register_open=shift is not None,
        drawer_minor=drawer(shift) if shift else 0,
    )
    if standing := refusals(REFUND, facts):
        raise Refused(standing)
    debit = write_debit(
        entered, kind=PAYOUT, amount_minor=amount, by=by, now=now, currency=credit.currency, note=note, key=key
    )
    allocate([(debit.pk, credit.pk, amount)], now=now)
    if register and shift:
        write_receipt(
            register, shift, amount_minor=-amount, method=till.method, patron_id=patron_id, by=by, now=now, line=debit
        )
    outbox.publish("refund.made", {"debit": debit.pk, "patron": patron_id})
    debit.outstanding_minor, debit.settled_at = 0, now
    return debit_facts(debit, organisation=entered.organisation)


@transaction.atomic
def void_payment(*, credit_id: int, unit: str, by: Actor, now: datetime, note: str = "") -> CreditFacts:
    """A payment that was none: what it had settled is owed again, and the money leaves the register it went into.

    Locks patron, register. Refused: unknown_credit, unknown_unit, not_permitted, already_refunded (some of it was
    paid out or it was voided before), unknown_register, and every code of `rules.REFUND` that stands.
    """
    row = account_credit(credit_id)
    entered = enter(patron_id=row.patron_id or 0, unit=unit, by=by, permission="charges.refund")
    if row.kind != PAYMENT:
        raise Refused.one("unknown_credit", credit=credit_id)
    uses = Allocation.objects.filter(credit_id=credit_id).values_list("debit_id", "debit__kind")
    settled = [(debit, kind, amount) for debit, kind, amount in uses.annotate(amount=Sum("amount_minor"))]
    if any(kind in (PAYOUT, REVERSAL) for _debit, kind, _amount in settled):
        raise Refused.one("already_refunded")
    came = Receipt.objects.filter(credit_id=credit_id).first()
    register, shift = next_receipt(came.register_id if came else None, unit_id=entered.unit.id)
    facts = RefundFacts(
        amount_minor=row.amount_minor,
        remaining_minor=row.amount_minor,
        credit_currency=row.currency,
        currency=register.currency if register else row.currency,
        method=row.method,
        register_named=register is not None,
        register_open=shift is not None,
        drawer_minor=drawer(shift) if shift else 0,
    )
    if standing := refusals(REFUND, facts):
        raise Refused(standing)
    debit = write_debit(
        entered, kind=REVERSAL, amount_minor=row.amount_minor, by=by, now=now, currency=row.currency, note=note
    )
    taken_back = [(used, credit_id, -amount) for used, _kind, amount in settled if amount]
    allocate([*taken_back, (debit.pk, credit_id, row.amount_minor)], now=now)
    if register and shift:
        write_receipt(
            register, shift, amount_minor=-row.amount_minor, method=row.method, patron_id=entered.patron.id, by=by,
            now=now, line=debit,
        )  # fmt: skip
    outbox.publish("refund.made", {"debit": debit.pk, "patron": entered.patron.id})
    after = Credit.objects.get(pk=credit_id)
    return credit_facts(after, organisation=entered.organisation, register_id=came.register_id if came else None)
