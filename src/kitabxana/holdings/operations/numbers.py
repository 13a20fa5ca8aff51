"""Taking numbers without gaps: the run's row is locked until what bears them is written or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.holdings.models import AccessionEntry, NumberSeries, WithdrawalAct
from kitabxana.holdings.queries import next_numbers, numbering_for, numbering_of
from kitabxana.holdings.rules import MOST_AT_ONCE, series_problem
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.kernel.numbering import Numbering
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
def set_series(
    *, unit: str, kind: str, prefix: str, digits: int, last: int, by: Actor, check: str = ""
) -> None:  # fmt: skip
    """Begin a run of numbers at a unit, or say how its next ones look; `last` counts as given already.

    Locks the run. Where a number is in a book or on an act, the run does not go back behind it. Refused:
    not_permitted, unknown_unit, series_goes_back and the codes of `rules.series_problem`.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("lists.edit", organisation.units[unit].path):
        raise Refused.one("not_permitted", permission="lists.edit")
    if problem := series_problem(kind=kind, prefix=prefix, digits=digits, last=last, check=check):
        raise Refused.one(problem, field="number")
    unit_id = organisation.units[unit].id
    row, new = NumberSeries.objects.select_for_update(no_key=True).get_or_create(unit_id=unit_id, kind=kind)
    if not new and (highest := _highest(row)) > last:
        raise Refused.one("series_goes_back", last=highest)
    before = None if new else {name: getattr(row, name) for name in ("prefix", "digits", "last", "check_digit")}
    after = {"prefix": prefix, "digits": digits, "last": last, "check_digit": check}
    NumberSeries.objects.filter(pk=row.pk).update(**after)
    audit.record(by, "series.set", object_type="series", object_id=f"{unit}/{kind}", before=before, after=after)


@transaction.atomic
def draw_barcodes(*, unit: str, count: int, by: Actor) -> tuple[int, int]:
    """Take the next `count` barcodes of a library for labels that are printed before there are copies to bear them.

    The first and the last count; where some between were a copy's already, they are not among those taken. Locks the
    run; no barcode of it is given again. Refused: unknown_unit, not_permitted, no_series, too_many_items, series_full.
    """
    organisation = tree()
    if unit not in organisation.units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("items.edit", organisation.units[unit].path):
        raise Refused.one("not_permitted", permission="items.edit")
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused.one("too_many_items", most=MOST_AT_ONCE)
    numbering = run_for("barcode", unit, organisation)
    numbers = take(numbering, count, organisation)
    after = {"first": numbering.text(numbers[0]), "last": numbering.text(numbers[-1]), "count": count}
    audit.record(by, "series.draw", object_type="series", object_id=f"{numbering.unit}/barcode", after=after)
    return numbers[0], numbers[-1]


def _highest(row: NumberSeries) -> int:
    """The highest number that must not come again."""
    if row.kind == "barcode":
        return row.last
    kept = AccessionEntry if row.kind == "accession" else WithdrawalAct
    return kept.objects.filter(series=row).order_by("-number").values_list("number", flat=True).first() or 0
