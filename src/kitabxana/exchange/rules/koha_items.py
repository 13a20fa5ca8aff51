"""Copies as Koha's 952 carries them, the way `items.split_items` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Container

    from kitabxana.holdings.facts import ItemFacts

_LOST = {"": "", "lost": "1", "long_overdue": "2", "lost_paid": "3", "missing": "4"}
_SCHEMES = {"lc": "lcc"}
"""Koha's names of classifications where they are not ours."""


def field_952(item: ItemFacts, *, reference: Container[str]) -> dict[str, Any]:
    """One copy as a field. Subfields after Koha's default framework; empty ones and flags that are off are left out.

    `reference` are the item types that are never lent: a copy of such a type bears no flag of its own.
    """
    values = {
        "0": _flag(item.withdrawn),
        "1": _LOST.get(item.lost, "1"),
        "2": _SCHEMES.get(item.scheme, item.scheme),
        "4": _flag(item.damaged),
        "5": _flag(item.restricted),
        "7": _flag(item.not_for_loan and item.item_type not in reference),
        "8": item.collection,
        "a": item.home_unit,
        "b": item.holding_unit,
        "c": item.location,
        "d": f"{item.created_at:%Y-%m-%d}",
        "e": item.source,
        "g": _price(item.price_minor, item.currency),
        "h": item.volume,
        "i": item.accession_number,
        "l": str(item.loans) if item.loans else "",
        "o": item.call_number,
        "p": item.barcode or "",
        "t": item.copy_number,
        "v": _price(item.replacement_minor, item.currency),
        "x": item.staff_note,
        "y": item.item_type,
        "z": item.note,
        "9": str(item.id),
    }
    return {"952": {"ind1": " ", "ind2": " ", "subfields": [{code: text} for code, text in values.items() if text]}}


def _flag(value: bool) -> str:  # noqa: FBT001 - it is what the flag is
    return "1" if value else ""


def _price(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{Money(minor, currency).decimal():.2f}"
