"""Taking numbers without gaps: the run's row is locked until what bears them is written or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.holdings.models import AccessionEntry, NumberSeries, WithdrawalAct
from kitabxana.holdings.queries import next_numbers, numbering_for, numbering_of
from kitabxana.holdings.rules import series_problem
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import Numbering
    from kitabxana.organisation.facts import Tree


def run_for(kind: str, unit: str, organisation: Tree) -> Numbering:
    """The run `unit` draws from. Refused: no_series."""
    found = numbering_for(kind, unit, organisation=organisation)
    if found is None:
        raise Refused.one("no_series", kind=kind, unit=unit)
    return found


def take(numbering: Numbering, count: int, organisation: Tree) -> list[int]:
    """The next `count` numbers of a run, which stays locked until the transaction ends; rolled back, none is gone."""
    row = NumberSeries.objects.select_for_update(no_key=True).get(pk=numbering.id)
    numbers = next_numbers(numbering_of(row, organisation), count)
    NumberSeries.objects.filter(pk=row.pk).update(last=numbers[-1])
    return numbers


@transaction.atomic
def set_series(*, unit: str, kind: str, prefix: str, digits: int, last: int, by: Actor) -> None:
    """Begin a run of numbers at a unit, or say how its next ones look; `last` counts as given already.

    Locks the run. Where a number is in a book or on an act, the run does not go back behind it. Refused:
    not_permitted, unknown_unit, series_goes_back and the codes of `rules.series_problem`.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("lists.edit", organisation.units[unit].path):
        raise Refused.one("not_permitted", permission="lists.edit")
    if problem := series_problem(kind=kind, prefix=prefix, digits=digits, last=last):
        raise Refused.one(problem, field="number")
    unit_id = organisation.units[unit].id
    row, new = NumberSeries.objects.select_for_update(no_key=True).get_or_create(unit_id=unit_id, kind=kind)
    if not new and (highest := _highest(row)) > last:
        raise Refused.one("series_goes_back", last=highest)
    before = None if new else {"prefix": row.prefix, "digits": row.digits, "last": row.last}
    after = {"prefix": prefix, "digits": digits, "last": last}
    NumberSeries.objects.filter(pk=row.pk).update(**after)
    audit.record(by, "series.set", object_type="series", object_id=f"{unit}/{kind}", before=before, after=after)


def _highest(row: NumberSeries) -> int:
    """The highest number that must not come again."""
    if row.kind == "barcode":
        return row.last
    kept = AccessionEntry if row.kind == "accession" else WithdrawalAct
    return kept.objects.filter(series=row).order_by("-number").values_list("number", flat=True).first() or 0
