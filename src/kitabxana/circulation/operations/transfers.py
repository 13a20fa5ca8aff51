"""Copies on their way between libraries, sent elsewhere before they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.circulation.models import Allocation, Transfer
from kitabxana.holdings.operations import lock_item
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor


@transaction.atomic
def send_elsewhere(*, transfer_id: int, to_unit: str, by: Actor) -> None:
    """Change where a copy on its way is to arrive.

    Asked of a desk of the library it left, or of the one it was to reach. Locks item, transfer. Refused:
    unknown_transfer (arrived meanwhile), unknown_unit, not_permitted, travels_for_reader (its hold says where it goes),
    transfer_stays (to where it left).
    """
    organisation = tree()
    unit = organisation.units.get(to_unit)
    if unit is None or unit.kind not in ("library", "point"):
        raise Refused.one("unknown_unit", unit=to_unit)
    seen = Transfer.objects.filter(pk=transfer_id).first()
    if seen is None:
        raise Refused.one("unknown_transfer")
    ends = [organisation.by_id[end] for end in (seen.from_unit_id, seen.to_unit_id)]
    if not any(by.may("circulation.hold", end.path) for end in ends):
        raise Refused.one("not_permitted", permission="circulation.hold")
    lock_item(seen.item_id, organisation=organisation)
    row = Transfer.objects.select_for_update().filter(pk=transfer_id, arrived_at__isnull=True).first()
    if row is None:
        raise Refused.one("unknown_transfer")
    if Allocation.objects.filter(item_id=row.item_id, trapped_at__isnull=False).exists():
        raise Refused.one("travels_for_reader")
    if row.from_unit_id == unit.id:
        raise Refused.one("transfer_stays")
    before = organisation.by_id[row.to_unit_id].code
    Transfer.objects.filter(pk=row.pk).update(to_unit_id=unit.id)
    audit.record(
        by, "transfer.redirect", object_type="item", object_id=row.item_id, before={"to": before}, after={"to": to_unit}
    )
