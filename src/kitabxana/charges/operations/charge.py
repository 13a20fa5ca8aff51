"""Charging a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.charges.models import Debit
from kitabxana.charges.operations.entering import enter
from kitabxana.charges.operations.writing import done_before
from kitabxana.charges.queries.accounts import debit_facts
from kitabxana.charges.rules import CANCELLATION, CHARGEABLE, FOUND, amount_problem, is_settled
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import DebitFacts, Source
    from kitabxana.charges.operations.entering import Entered


@transaction.atomic
def charge(
    *, patron_id: int, kind: str, amount_minor: int, unit: str, by: Actor, now: datetime, source: Source,
    item_id: int | None = None,
) -> DebitFacts:  # fmt: skip
    """Charge a reader for something a feature knows of, once: again for the same source answers with what there is.

    The amount is in the unit's currency; nothing is legal (a free fee, a loss to be replaced by the book). What was
    cancelled or found again may be charged anew. Asks no permission: the feature has. Locks patron.
    Refused: unknown_unit, unknown_patron, bad_amount.
    """
    entered = enter(patron_id=patron_id, unit=unit)
    standing = Debit.objects.filter(
        kind=kind, source_kind=source.kind, source_id=source.id, source_part=source.part
    ).exclude(allocations__credit__kind__in=(CANCELLATION, FOUND))
    if row := standing.first():
        return debit_facts(row, organisation=entered.organisation)
    row = write_debit(entered, kind=kind, amount_minor=amount_minor, by=by, now=now, source=source, item_id=item_id)
    return debit_facts(row, organisation=entered.organisation)


@transaction.atomic
def charge_by_hand(
    *, patron_id: int, kind: str, amount_minor: int, unit: str, by: Actor, now: datetime, note: str = "",
    key: UUID | None = None,
) -> DebitFacts:  # fmt: skip
    """Charge a reader at a desk, in its unit's currency. `key` names the request: sent again, it charges once.

    Locks patron. Refused: unknown_unit, unknown_patron, not_permitted, unknown_charge, bad_amount,
    request_used (the key is another reader's).
    """
    entered = enter(patron_id=patron_id, unit=unit, by=by, permission="charges.charge")
    if kind not in CHARGEABLE:
        raise Refused.one("unknown_charge", kind=kind)
    row = done_before(Debit, key, patron_id=patron_id)
    if row is None:
        row = write_debit(entered, kind=kind, amount_minor=amount_minor, by=by, now=now, note=note, key=key)
    return debit_facts(row, organisation=entered.organisation)


def write_debit(
    entered: Entered, *, kind: str, amount_minor: int, by: Actor, now: datetime, source: Source | None = None,
    currency: str = "", **details: object,
) -> Debit:  # fmt: skip
    """A debit of the account, in the unit's currency unless another is named, with its audit row and event."""
    if problem := amount_problem(amount_minor):
        raise Refused.one(problem)
    running = bool(details.get("running"))
    row = Debit.objects.create(
        patron_id=entered.patron.id,
        unit_id=entered.unit.id,
        kind=kind,
        amount_minor=amount_minor,
        outstanding_minor=amount_minor,
        currency=currency or entered.unit.currency,
        source_kind=source.kind if source else "",
        source_id=source.id if source else None,
        source_part=source.part if source else 0,
        charged_at=now,
        charged_by=by.name,
        settled_at=now if not running and is_settled(kind, outstanding=amount_minor, touched=False) else None,
        **details,
    )
    after = {"patron": entered.patron.id, "kind": kind, "minor": amount_minor, "currency": row.currency}
    audit.record(by, "charges.debit", object_type="debit", object_id=row.pk, after=after)
    outbox.publish("charge.made", {"debit": row.pk, "patron": entered.patron.id, "kind": kind})
    return row
