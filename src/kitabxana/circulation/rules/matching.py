"""Which hold a copy may fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.circulation.facts.terms import HoldTerms
from kitabxana.circulation.rules.terms import Cell, terms
from kitabxana.organisation.rules import governing_unit, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree


def hold_cell(organisation: Tree, item: ItemFacts, hold: HoldFacts) -> Cell:
    """Whose policies decide about this copy and this hold."""
    unit = governing_unit(
        organisation, "hold_rule_library", item_home=item.home_unit, patron_home=hold.patron_home or item.home_unit
    )
    return Cell(unit, hold.patron_category, item.item_type)


def fills(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    """Whether this copy may be set aside for this waiting hold, leaving the copy's own state aside."""
    if hold.suspended or hold.item_id not in (None, item.id) or hold.item_type not in (None, item.item_type):
        return False
    said = terms(HoldTerms, organisation, hold_cell(organisation, item, hold))
    from_home = hold.patron_home in ("", item.home_unit)
    allowed = {"anyone": True, "home_library": from_home, "nobody": False}[said.hold_allowed_from]
    pickup = {"anywhere": hold.pickup_unit, "home": item.home_unit, "holding": item.holding_unit}
    return allowed and pickup[said.hold_pickup_limit] == hold.pickup_unit


def may_be_set_aside(item: ItemFacts, organisation: Tree) -> bool:
    """Whether nothing in the copy's own state keeps it from readers who wait. One on order they may wait for."""
    stays = item.not_for_loan and item.place != "order"
    damaged_too = value(organisation, "hold_damaged", unit=item.home_unit, category="", item_type=item.item_type)
    return not (item.withdrawn or stays or item.restricted or (item.damaged and not damaged_too))


def hold_for(queue: Sequence[HoldFacts], item: ItemFacts, organisation: Tree) -> HoldFacts | None:
    """The hold this copy is set aside for, else the first in queue order that it may fill.

    Where local readers come first, the first of them that it may fill comes before all the others.
    """
    set_aside = next((hold for hold in queue if hold.allocated_item_id == item.id), None)
    if set_aside is not None or not may_be_set_aside(item, organisation):
        return set_aside
    return next_hold(queue, item, organisation)


def next_hold(queue: Iterable[HoldFacts], item: ItemFacts, organisation: Tree) -> HoldFacts | None:
    """The first waiting hold, in queue order, that this copy may fill; local readers first where policy says so."""
    fitting = [one for one in queue if one.allocated_item_id is None and fills(one, item, organisation)]
    return next((hold for hold in fitting if _local(hold, item, organisation)), fitting[0] if fitting else None)


def _local(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    where = {"unit": item.home_unit, "category": "", "item_type": item.item_type}
    first = value(organisation, "local_holds_first", **where)
    if first == "no":
        return False
    here = item.home_unit if value(organisation, "local_holds_item", **where) == "home" else item.holding_unit
    return here == (hold.pickup_unit if first == "pickup_here" else hold.patron_home)


def can_be_asked_for(item: ItemFacts, hold: HoldFacts, copies: Sequence[ItemFacts], organisation: Tree) -> bool:
    """Whether a copy on the shelf may be asked for by one who could come and take it (case 29).

    `always`; only `when_out`, so that this copy itself must be away; or `when_none_available` of `copies` is free.
    The library where the copy stands decides: its staff have to fetch it.
    """
    said = value(
        organisation,
        "on_shelf_holds",
        unit=item.holding_unit,
        category=hold.patron_category,
        item_type=item.item_type,
    )
    if said == "always":
        return True
    if said == "when_out":
        return item.place in ("loan", "hold_shelf")
    return not any(copy.on_shelf or (copy.damaged and copy.place == "shelf" and copy.lendable) for copy in copies)


def unfilled(
    queue: Sequence[HoldFacts], item: ItemFacts, others: Sequence[ItemFacts], organisation: Tree, *, others_count: bool
) -> int:
    """How many waiting holds need this very copy.

    `queue` are the holds of other readers, `others` the record's other copies. With `others_count`, each free copy
    that may be asked for takes one hold off that it may fill; a hold on this copy itself no other can fill (case 19).
    """
    if not may_be_set_aside(item, organisation):
        return sum(hold.allocated_item_id == item.id for hold in queue)
    wanting = [hold for hold in queue if hold.allocated_item_id in (None, item.id)]
    wanting = [hold for hold in wanting if hold.allocated_item_id == item.id or fills(hold, item, organisation)]
    if not others_count or any(item.id in (hold.item_id, hold.allocated_item_id) for hold in wanting):
        return len(wanting)
    free = [copy for copy in others if _free(copy, organisation)]
    for copy in free:
        served = (
            hold for hold in wanting
            if fills(hold, copy, organisation) and can_be_asked_for(copy, hold, [item, *others], organisation)
        )  # fmt: skip
        if (first := next(served, None)) is not None:
            wanting.remove(first)
    return len(wanting)


def _free(copy: ItemFacts, organisation: Tree) -> bool:
    return copy.place == "shelf" and not copy.lost and may_be_set_aside(copy, organisation)
