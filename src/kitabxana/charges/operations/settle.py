"""Settling without money: waived, cancelled, replaced by a book, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.charges.models import Credit, Debit
from kitabxana.charges.operations.entering import enter
from kitabxana.charges.operations.writing import account_debit, allocate, done_before, write_credit
from kitabxana.charges.queries.accounts import credit_facts, debit_facts, settlements
from kitabxana.charges.rules import (
    CANCELLATION,
    FOUND,
    FOUND_CHOICES,
    LOST,
    PAYOUT,
    REPLACEMENT,
    REVERSAL,
    WAIVER,
    reduction,
)
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import CreditFacts, DebitFacts, Source
    from kitabxana.charges.operations.entering import Entered


@transaction.atomic
def waive(
    *, debit_id: int, unit: str, by: Actor, now: datetime, amount_minor: int | None = None, note: str = "",
    key: UUID | None = None,
) -> CreditFacts:  # fmt: skip
    """Let a reader off a debit, or off `amount_minor` of it; what was paid stays paid.

    `key` names the request: sent again, it waives once.

    Locks patron. Refused: unknown_debit, unknown_unit, not_permitted, already_settled, bad_amount, over_payment,
    request_used (the key is another reader's).
    """
    patron_id = account_debit(debit_id).patron_id or 0
    entered = enter(patron_id=patron_id, unit=unit, by=by, permission="charges.waive")
    if known := done_before(Credit, key, patron_id=patron_id):
        return credit_facts(known, organisation=entered.organisation)
    row = _open(debit_id)
    amount = row.outstanding_minor if amount_minor is None else amount_minor
    if amount_minor is not None and amount_minor <= 0:
        raise Refused.one("bad_amount")
    if amount > row.outstanding_minor:
        raise Refused.one("over_payment", minor=row.outstanding_minor, currency=row.currency)
    return _settle(entered, row, kind=WAIVER, amount_minor=amount, by=by, now=now, note=note, key=key)


@transaction.atomic
def replace_in_kind(*, debit_id: int, unit: str, by: Actor, now: datetime, note: str = "") -> CreditFacts:
    """The reader brought the book, or one as good: what is still owed for the loss is settled without money.

    `note` says what was brought. Locks patron. Refused: unknown_debit, unknown_unit, not_permitted,
    already_settled, not_a_loss.
    """
    patron_id = account_debit(debit_id).patron_id or 0
    entered = enter(patron_id=patron_id, unit=unit, by=by, permission="charges.replace")
    row = _open(debit_id)
    if row.kind != LOST:
        raise Refused.one("not_a_loss")
    amount = row.outstanding_minor
    return _settle(entered, row, kind=REPLACEMENT, amount_minor=amount, by=by, now=now, note=note)


@transaction.atomic
def cancel(*, debit_id: int, unit: str, by: Actor, now: datetime, note: str = "") -> DebitFacts:
    """Take back a debit that should not have been charged. What was paid on it is the reader's credit again.

    Locks patron. Refused: unknown_debit, unknown_unit, not_permitted, already_settled (nothing of it can be taken
    back any more).
    """
    row = account_debit(debit_id)
    entered = enter(patron_id=row.patron_id or 0, unit=unit, by=by, permission="charges.cancel")
    row = Debit.objects.get(pk=debit_id)
    if row.kind in (PAYOUT, REVERSAL):
        raise Refused.one("already_settled")
    open_loss = row.settled_at is None and not row.outstanding_minor and not row.running
    whole = row.amount_minor
    taken = reduce(entered, row, kind=CANCELLATION, at_most=whole, by=by, now=now, note=note, of_nothing=open_loss)
    if not taken and not open_loss:
        raise Refused.one("already_settled")
    return debit_facts(Debit.objects.get(pk=debit_id), organisation=entered.organisation)


@transaction.atomic
def credit_found(
    *, patron_id: int, source: Source, choice: str, unit: str, by: Actor, now: datetime
) -> list[DebitFacts]:
    """A lost copy came back: undo its charge as policy says; returns the loss's debits as they are now.

    `choice`: `full` (what is open goes, what was paid becomes the payer's credit), `unpaid` (only what is open),
    `none`. A write-off or a replacement creates no credit (KB 29923). Done twice, it changes nothing.
    Asks no permission: the feature has. Locks patron. Refused: unknown_unit, unknown_patron, unknown_choice.
    """
    if choice not in FOUND_CHOICES:
        raise Refused.one("unknown_choice", choice=choice)
    entered = enter(patron_id=patron_id, unit=unit)
    rows = Debit.objects.filter(
        kind=LOST, patron_id=patron_id, source_kind=source.kind, source_id=source.id, source_part=source.part
    )
    for row in rows.order_by("pk") if choice != "none" else ():
        most = row.amount_minor if choice == "full" else row.outstanding_minor
        reduce(entered, row, kind=FOUND, at_most=most, by=by, now=now, of_nothing=row.settled_at is None)
    return [debit_facts(row, organisation=entered.organisation) for row in rows.order_by("pk")]


def reduce(
    entered: Entered, row: Debit, *, kind: str, at_most: int, by: Actor, now: datetime, note: str = "",
    of_nothing: bool = False,
) -> int:  # fmt: skip
    """Make a debit smaller by a credit of `kind`, giving back what payments had settled; returns by how much.

    `of_nothing` writes the credit even where nothing can be taken, to settle what is owed in kind.
    """
    plan = reduction(at_most, outstanding=row.outstanding_minor, settlements=settlements([row.pk]).get(row.pk, ()))
    if not plan.total_minor and not of_nothing:
        return 0
    credit = write_credit(entered, kind=kind, amount=Money(plan.total_minor, row.currency), by=by, now=now, note=note)
    released = [(row.pk, payment, -amount) for payment, amount in plan.released]
    allocate([*released, (row.pk, credit.pk, plan.total_minor)], now=now)
    return plan.total_minor


def _open(debit_id: int) -> Debit:
    """An open debit, read under its reader's lock. Refused: already_settled."""
    row = Debit.objects.get(pk=debit_id)
    if row.settled_at is not None or (row.running and not row.amount_minor):
        raise Refused.one("already_settled")
    return row


def _settle(
    entered: Entered, row: Debit, *, kind: str, amount_minor: int, by: Actor, now: datetime, note: str,
    key: UUID | None = None,
) -> CreditFacts:  # fmt: skip
    credit = write_credit(
        entered, kind=kind, amount=Money(amount_minor, row.currency), by=by, now=now, note=note, key=key
    )
    allocate([(row.pk, credit.pk, amount_minor)], now=now)
    credit.remaining_minor = 0
    return credit_facts(credit, organisation=entered.organisation)
