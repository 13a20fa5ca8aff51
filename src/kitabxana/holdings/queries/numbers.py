"""Runs of numbers, and the accession book that they fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.holdings.facts import BookLine, Numbering
from kitabxana.holdings.models import AccessionEntry, Item, NumberSeries
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.organisation.facts import Tree


def numbering_of(row: NumberSeries, organisation: Tree) -> Numbering:
    unit = organisation.by_id[row.unit_id].code
    return Numbering(row.pk, unit, row.kind, row.prefix, row.digits, row.last)


def numberings() -> list[Numbering]:
    """Every run of the installation."""
    organisation = tree()
    rows = NumberSeries.objects.order_by("unit__path", "kind")
    return [numbering_of(row, organisation) for row in rows]


def numbering_for(kind: str, unit: str, *, organisation: Tree | None = None) -> Numbering | None:
    """The run that `unit` draws from: its own or the nearest above it; None when there is none."""
    organisation = organisation or tree()
    lineage = [organisation.units[code] for code in organisation.units[unit].lineage]
    rows = NumberSeries.objects.filter(kind=kind, unit_id__in=[one.id for one in lineage])
    found = {row.unit_id: row for row in rows}
    nearest = next((found[one.id] for one in lineage if one.id in found), None)
    return numbering_of(nearest, organisation) if nearest else None


def next_numbers(numbering: Numbering, count: int) -> list[int]:
    """The `count` numbers that come next; barcodes that a copy has already (from an import) are passed over."""
    numbers: list[int] = []
    at = numbering.last
    while len(numbers) < count:
        candidates = list(range(at + 1, at + 1 + count - len(numbers)))
        at = candidates[-1]
        taken = _taken(numbering.text(number) for number in candidates) if numbering.kind == "barcode" else set()
        numbers += [number for number in candidates if numbering.text(number) not in taken]
    return numbers


def _taken(barcodes: Iterable[str]) -> set[str | None]:
    return set(Item.every.filter(barcode__in=list(barcodes)).values_list("barcode", flat=True))


def accession_book(numbering: Numbering, *, offset: int, limit: int, newest_first: bool = True) -> list[BookLine]:
    """Lines of a book by number."""
    rows = AccessionEntry.objects.filter(series_id=numbering.id).select_related("act", "item")
    ordered = rows.order_by("-number" if newest_first else "number")[offset : offset + limit]
    return [
        BookLine(
            numbering.text(row.number), row.item_id, row.title, row.price_minor, row.currency, row.source,
            row.entered_at, row.act.text if row.act else "", row.item.deleted_at is not None,
        )
        for row in ordered
    ]  # fmt: skip


def count_book(numbering: Numbering) -> int:
    """How many lines a book has."""
    return AccessionEntry.objects.filter(series_id=numbering.id).count()
