"""Runs of numbers, and the accession book that they fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.holdings.facts import BookLine
from kitabxana.holdings.models import AccessionEntry, Item, NumberSeries
from kitabxana.kernel import numbering as runs
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.numbering import Numbering
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree


def numbering_of(row: NumberSeries, organisation: Tree) -> Numbering:
    unit = organisation.by_id[row.unit_id].code
    return Numbering(row.pk, unit, row.kind, row.prefix, row.digits, row.last, row.check_digit)


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
    """The `count` numbers that come next; barcodes that a copy has already (from an import) are passed over.

    Refused: series_full.
    """
    try:
        return runs.next_numbers(numbering, count, taken=_taken if numbering.kind == "barcode" else lambda _all: ())
    except runs.RunOut as full:
        raise Refused.one("series_full", kind=numbering.kind, unit=numbering.unit) from full


def _taken(barcodes: list[str]) -> set[str]:
    return {one for one in Item.every.filter(barcode__in=barcodes).values_list("barcode", flat=True) if one}


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


def items_in_book(numbering: Numbering, *, first: int, last: int, limit: int) -> list[int]:
    """Ids of the copies in these lines of a book, by number; those that were deleted since are not among them."""
    rows = AccessionEntry.objects.filter(series_id=numbering.id, number__gte=first, number__lte=last)
    kept = rows.filter(item__deleted_at__isnull=True).order_by("number")
    return list(kept.values_list("item_id", flat=True)[:limit])


def count_book(numbering: Numbering) -> int:
    """How many lines a book has."""
    return AccessionEntry.objects.filter(series_id=numbering.id).count()
