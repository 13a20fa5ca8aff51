"""Card numbers by the run: begun by an administrator, drawn by registration, by a new card, by cards printed ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.numbering import numbering_problem
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import CardSeries
from kitabxana.patrons.operations.locking import library
from kitabxana.patrons.queries.series import card_numbering, card_numbering_of, next_cards

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.kernel.numbering import Numbering
    from kitabxana.organisation.facts import Tree

LONGEST_PREFIX = 13
"""With eighteen figures and a check digit a number still has the 32 signs of a card."""

MOST_AT_ONCE = 500


def take_cards(numbering: Numbering, count: int, organisation: Tree) -> list[int]:
    """The next `count` numbers of a run, which stays locked until the transaction ends; rolled back, none is gone."""
    row = CardSeries.objects.select_for_update(no_key=True).get(pk=numbering.id)
    numbers = next_cards(card_numbering_of(row, organisation), count)
    CardSeries.objects.filter(pk=row.pk).update(last=numbers[-1])
    return numbers


@transaction.atomic
def set_card_series(*, unit: str, prefix: str, digits: int, last: int, by: Actor, check: str = "") -> None:
    """Begin a run of card numbers at a unit, or say how its next ones look; `last` counts as given already.

    Locks the run, which never goes back. Refused: not_permitted (`lists.edit`), unknown_unit, series_goes_back and the
    codes of `kernel.numbering.numbering_problem`.
    """
    home = library(tree(), unit, by, permission="lists.edit")
    problem = numbering_problem(prefix=prefix, digits=digits, last=last, check=check, longest_prefix=LONGEST_PREFIX)
    if problem is None and any(sign.isspace() for sign in prefix):
        problem = "bad_prefix"
    if problem:
        raise Refused.one(problem, most=LONGEST_PREFIX)
    row, new = CardSeries.objects.select_for_update(no_key=True).get_or_create(unit_id=home.id)
    if not new and row.last > last:
        raise Refused.one("series_goes_back", last=row.last)
    before = None if new else {name: getattr(row, name) for name in ("prefix", "digits", "last", "check_digit")}
    after = {"prefix": prefix, "digits": digits, "last": last, "check_digit": check}
    CardSeries.objects.filter(pk=row.pk).update(**after)
    audit.record(by, "series.set", object_type="series", object_id=f"{unit}/card", before=before, after=after)


@transaction.atomic
def draw_cards(*, unit: str, count: int, by: Actor) -> tuple[int, int]:
    """Take the next `count` card numbers of a library for cards that are printed before anybody has them.

    The first and the last count; where some between were a card's already, they are not among those taken. Locks the
    run; no number of it is given again. Refused: unknown_unit, not_permitted, no_series, too_many_cards, series_full.
    """
    organisation = tree()
    home = library(organisation, unit, by)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused.one("too_many_cards", most=MOST_AT_ONCE)
    run = card_numbering(home.code, organisation=organisation)
    if run is None:
        raise Refused.one("no_series")
    numbers = take_cards(run, count, organisation)
    after = {"first": run.text(numbers[0]), "last": run.text(numbers[-1]), "count": count}
    audit.record(by, "series.draw", object_type="series", object_id=f"{run.unit}/card", after=after)
    return numbers[0], numbers[-1]
