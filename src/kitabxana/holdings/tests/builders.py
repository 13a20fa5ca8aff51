"""Copies for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from kitabxana.base.actor import SYSTEM
from kitabxana.holdings.facts import ActDraft, NewItem
from kitabxana.holdings.models import Item
from kitabxana.holdings.models import NumberSeries as NumberSeries  # noqa: PLC0414 - to do without the operation's lock
from kitabxana.holdings.operations import add_item, add_item_type


def a_copy(
    record_id: int, *, barcode: str | None = "B1", unit: str = "GNC-M", item_type: str = "BK", **values: Any
) -> int:
    """A copy on its shelf; returns the id."""
    add_item_type(code=item_type, names={"az": item_type}, by=SYSTEM)
    item = NewItem(barcode=barcode, home_unit=unit, holding_unit=unit, item_type=item_type, **values)
    return add_item(record_id=record_id, item=item, by=SYSTEM)


def an_act(unit: str = "GNC-M", **values: Any) -> ActDraft:
    """An act for worn out copies, ready to be drawn up."""
    basics: dict[str, Any] = {"day": date(2026, 11, 23), "reason": "worn", "commission": ("Əliyeva A.", "Kərimov K.")}
    return ActDraft(unit=unit, **basics | values)


def places() -> dict[int, str]:
    """Where every copy is."""
    return dict(Item.objects.values_list("pk", "place"))
