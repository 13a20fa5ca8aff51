"""Copies and titles as a notice speaks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.queries import briefs
from kitabxana.holdings.queries import items_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable


def of_records(record_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """record → title and author; one statement. A record that is gone has neither."""
    wanted = set(record_ids)
    found = briefs(wanted)
    return {
        one: {
            "title": str(found.get(one, {}).get("title") or "—"),
            "author": str(found.get(one, {}).get("author") or ""),
        }
        for one in wanted
    }


def of_copies(item_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """copy → title, author and barcode, with its type for policies."""
    copies = items_by_id(set(item_ids))
    titles = of_records({one.record_id for one in copies.values()})
    return {
        number: {**titles[one.record_id], "barcode": one.barcode or "", "type": one.item_type}
        for number, one in copies.items()
    }
