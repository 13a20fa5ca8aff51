"""Runs of card numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.kernel import numbering as runs
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.numbering import Numbering
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Card, CardSeries

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree


def card_numbering_of(row: CardSeries, organisation: Tree) -> Numbering:
    unit = organisation.by_id[row.unit_id].code
    return Numbering(row.pk, unit, "card", row.prefix, row.digits, row.last, row.check_digit)


def card_numbering(unit: str, *, organisation: Tree | None = None) -> Numbering | None:
    """The run that `unit` draws from: its own or the nearest above it; None when there is none."""
    organisation = organisation or tree()
    above = [organisation.units[code].id for code in organisation.units[unit].lineage]
    found = {row.unit_id: row for row in CardSeries.objects.filter(unit_id__in=above)}
    nearest = next((found[one] for one in above if one in found), None)
    return card_numbering_of(nearest, organisation) if nearest else None


def next_cards(numbering: Numbering, count: int) -> list[int]:
    """The `count` numbers that come next, without those a card ever had. Refused: series_full."""
    try:
        return runs.next_numbers(numbering, count, taken=_taken)
    except runs.RunOut as full:
        raise Refused.one("series_full") from full


def _taken(numbers: list[str]) -> set[str]:
    return set(Card.objects.filter(number__in=numbers).values_list("number", flat=True))
