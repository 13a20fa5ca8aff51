"""Holds in Koha's words."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kitabxana.circulation.queries.holds import ranks
from kitabxana.fronts.rest import render
from kitabxana.fronts.rest import shapes_of_holds as shapes
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.organisation.facts import UnitFacts


def holds(rows: Sequence[HoldFacts]) -> list[shapes.Hold]:
    """One statement for the ranks, however many holds."""
    units, rank = tree().units, ranks(rows) if rows else {}
    return [_hold(row, units[row.pickup_unit], rank[row.id]) for row in rows]


def _hold(row: HoldFacts, unit: UnitFacts, rank: int) -> shapes.Hold:
    zone = ZoneInfo(unit.zone)
    until = row.suspended_until
    return shapes.Hold(
        hold_id=row.id,
        patron_id=row.patron_id,
        biblio_id=row.record_id,
        item_id=row.allocated_item_id or row.item_id,
        item_level=row.item_id is not None,
        item_type=row.item_type,
        volume=row.volume or None,
        hold_group_id=row.cohort,
        pickup_library_id=row.pickup_unit,
        hold_date=row.placed_at.astimezone(zone).date(),
        expiration_date=row.expires_on or row.wanted_until,
        waiting_date=row.ready_at.astimezone(zone).date() if row.ready_at else None,
        priority=rank,
        lowest_priority=row.priority_class > 0,
        status="W" if row.ready_at else "T" if row.allocated_item_id else None,
        suspended=row.suspended,
        suspended_until=datetime.combine(until, time(0), tzinfo=zone).astimezone(UTC) if until else None,
        target_item_id=row.target_item_id,
        notes=row.note or None,
    )


def pickup_libraries(units: Sequence[UnitFacts]) -> list[shapes.PickupLibrary]:
    organisation = tree()
    found = [render.library(unit, organisation=organisation) for unit in units]
    return [shapes.PickupLibrary(**vars(one), needs_override=False) for one in found]
