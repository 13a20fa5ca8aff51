"""Putting a reader into the queue for a title or a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.catalogue.operations import lean_on
from kitabxana.charges.facts import Source
from kitabxana.circulation.facts import HoldFacts, HoldRequestFacts
from kitabxana.circulation.models import Hold, Loan
from kitabxana.circulation.operations.money import charge_fee
from kitabxana.circulation.operations.permission import desk, liftable
from kitabxana.circulation.rules import PLACE_HOLD, Cell, standing
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


@transaction.atomic
def place_hold(
    *, record_id: int, patron_id: int, pickup_unit: str, by: Actor, now: datetime, item_id: int | None = None,
    lift: frozenset[str] = frozenset(),
) -> HoldFacts:  # fmt: skip
    """Let a reader wait for any copy of a title, or for `item_id`; returns the hold.

    Locks patron, and keeps the record from going. Refused with every standing refusal of `rules.PLACE_HOLD`, or
    unknown_patron, unknown_record, unknown_unit, not_permitted.
    """
    organisation = tree()
    where = desk(organisation, pickup_unit, by=by, permission="circulation.hold")
    patron = lock_patron(patron_id, organisation=organisation, now=now)
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    lean_on(record_id)  # it may be deleted or merged meanwhile
    whole = items_of([record_id], organisation=organisation).get(record_id, [])
    copies = [copy for copy in whole if copy.lendable and item_id in (None, copy.id)]
    waits_for = list(Hold.objects.filter(patron_id=patron_id).values_list("record_id", flat=True))
    cell = {"unit": pickup_unit, "category": patron.category, "item_type": copies[0].item_type if copies else ""}
    facts = HoldRequestFacts(
        patron=patron,
        today=organisation.calendar(pickup_unit, since=now.date()).local_day(now),
        already_waiting=record_id in waits_for,
        has_it=Loan.objects.filter(patron_id=patron_id, item__record_id=record_id).exists(),
        copies=len(copies),
        holds_open=len(waits_for),
        max_holds=value(organisation, "max_holds", **cell),
    )
    found = refusals(PLACE_HOLD, facts)
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=where.path)):
        raise Refused(remaining)
    row = Hold.objects.create(
        record_id=record_id, item_id=item_id, patron_id=patron_id, pickup_unit_id=where.id, placed_at=now
    )
    after = {"record": record_id, "patron": patron_id, "pickup": pickup_unit}
    charge_fee(
        "hold", Source("hold", row.pk), cell=Cell(**cell), organisation=organisation, patron_id=patron_id, by=by,
        now=now, item_id=item_id,
    )  # fmt: skip
    audit.record(by, "hold.place", object_type="hold", object_id=row.pk, after=after)
    outbox.publish("hold.placed", {"hold": row.pk})
    return HoldFacts(
        row.pk, record_id, item_id, patron_id, pickup_unit, now, patron_home=patron.home_unit,
        patron_category=patron.category,
    )  # fmt: skip
