"""Taking money, and using what is to a reader's good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.charges.facts import PaymentFacts
from kitabxana.charges.models import Credit, Debit
from kitabxana.charges.operations.entering import enter
from kitabxana.charges.operations.writing import (
    account_credit,
    allocate,
    done_before,
    next_receipt,
    write_credit,
    write_receipt,
)
from kitabxana.charges.queries.accounts import credit_facts
from kitabxana.charges.rules import PAY, PAYMENT, spread
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import CreditFacts, Till


@transaction.atomic
def pay(
    *, patron_id: int, amount_minor: int, till: Till, by: Actor, now: datetime, debit_ids: Sequence[int] = (),
    keep_rest: bool = False, key: UUID | None = None,
) -> CreditFacts:  # fmt: skip
    """Take a reader's money for the chosen debits, in the order they were charged, or for the oldest that are open.

    The amount is in the register's currency, else the unit's; debits in another are left alone, chosen ones refused.
    More than is owed is refused, or with `keep_rest` stays as credit. `key` names the request: sent again, it pays
    once. Locks patron, register; takes the register's next receipt number.
    Refused with every code of `rules.PAY` that stands, or unknown_unit, unknown_patron, not_permitted,
    unknown_register, unknown_debit, request_used (the key is another reader's).
    """
    entered = enter(patron_id=patron_id, unit=till.unit, by=by, permission="charges.collect")
    if known := done_before(Credit, key, patron_id=patron_id):
        return credit_facts(known, organisation=entered.organisation, register_id=till.register_id)
    register, shift = next_receipt(till.register_id, unit_id=entered.unit.id)
    currency = register.currency if register else entered.unit.currency
    chosen = _open_debits(patron_id, currency=currency, chosen=debit_ids)
    facts = PaymentFacts(
        amount_minor=amount_minor,
        owed_minor=sum(row.outstanding_minor for row in chosen),
        currencies=frozenset(row.currency for row in chosen),
        currency=currency,
        method=till.method,
        keep_rest=keep_rest,
        register_named=register is not None,
        register_open=shift is not None,
    )
    if standing := refusals(PAY, facts):
        raise Refused(standing)
    credit = write_credit(
        entered, kind=PAYMENT, amount=Money(amount_minor, currency), by=by, now=now, method=till.method, key=key
    )
    parts, rest = spread(amount_minor, [(row.pk, row.outstanding_minor) for row in chosen])
    allocate([(debit, credit.pk, part) for debit, part in parts], now=now)
    if register and shift:
        write_receipt(
            register, shift, amount_minor=amount_minor, method=till.method, patron_id=patron_id, by=by, now=now,
            line=credit,
        )  # fmt: skip
    credit.remaining_minor = rest
    return credit_facts(credit, organisation=entered.organisation, register_id=till.register_id)


@transaction.atomic
def apply_credit(*, credit_id: int, unit: str, by: Actor, now: datetime, debit_ids: Sequence[int] = ()) -> CreditFacts:
    """Use what remains of a credit for the chosen debits, or for the oldest that are open; returns the credit.

    Locks patron. Refused: unknown_credit, unknown_unit, not_permitted, unknown_debit, currency_differs,
    already_settled (nothing remains, or nothing is owed).
    """
    before = account_credit(credit_id)
    patron_id = before.patron_id or 0
    entered = enter(patron_id=patron_id, unit=unit, by=by, permission="charges.collect")
    credit = Credit.objects.get(pk=credit_id)
    chosen = _open_debits(patron_id, currency=credit.currency, chosen=debit_ids)
    if any(row.currency != credit.currency for row in chosen):
        raise Refused.one("currency_differs", currency=credit.currency)
    parts, rest = spread(credit.remaining_minor, [(row.pk, row.outstanding_minor) for row in chosen])
    if not parts:
        raise Refused.one("already_settled")
    allocate([(debit, credit.pk, part) for debit, part in parts], now=now)
    audit.record(
        by, "charges.apply", object_type="credit", object_id=credit.pk, before={"remaining": credit.remaining_minor},
        after={"remaining": rest, "debits": [debit for debit, _part in parts]},
    )  # fmt: skip
    credit.remaining_minor = rest
    return credit_facts(credit, organisation=entered.organisation)


def _open_debits(patron_id: int, *, currency: str, chosen: Sequence[int]) -> list[Debit]:
    """The chosen open debits, or all in this currency, in the order they were charged. Refused: unknown_debit."""
    rows = Debit.objects.filter(patron_id=patron_id, settled_at__isnull=True).order_by("charged_at", "pk")
    rows = rows.exclude(running=True, amount_minor=0)
    if not chosen:
        return list(rows.filter(currency=currency))
    found = list(rows.filter(pk__in=chosen))
    if missing := set(chosen) - {row.pk for row in found}:
        raise Refused.one("unknown_debit", debit=min(missing))
    return found
