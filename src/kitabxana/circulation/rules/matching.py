"""Which hold a copy may fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.circulation.rules.terms import Cell
from kitabxana.organisation.rules import governing_unit, transport_cost, value

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


def asked_for(hold: HoldFacts, item: ItemFacts) -> bool:
    """Whether this is the copy, a copy of the type, or of the volume that the reader asked for (case 28)."""
    return (
        hold.item_id in (None, item.id)
        and hold.item_type in (None, item.item_type)
        and hold.volume in ("", item.volume)
    )


def may_travel(organisation: Tree, item: ItemFacts, to: str) -> bool:
    """Whether the library where the copy stands may send it there; within one library there is nothing to send."""
    here = item.holding_unit
    if here == to:
        return True
    said = value(organisation, "sent_to", unit=here, category="", item_type=item.item_type)
    together = organisation.system_of(here).code == organisation.system_of(to).code
    return bool(said == "anywhere" or (said == "system" and together))


def open_to(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    """Whether the copy is for this reader at all."""
    said = value(organisation, "hold_allowed_from", **_where(organisation, item, hold))
    from_home = hold.patron_home in ("", item.home_unit)
    return {"anyone": True, "home_library": from_home, "nobody": False}[said]


def reaches(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    """Whether the copy may be fetched where the reader wants to fetch it."""
    said = value(organisation, "hold_pickup_limit", **_where(organisation, item, hold))
    pickup = {"anywhere": hold.pickup_unit, "home": item.home_unit, "holding": item.holding_unit}
    return pickup[said] == hold.pickup_unit and may_travel(organisation, item, hold.pickup_unit)


def _where(organisation: Tree, item: ItemFacts, hold: HoldFacts) -> dict[str, str]:
    cell = hold_cell(organisation, item, hold)
    return {"unit": cell.unit, "category": cell.category, "item_type": cell.item_type}


def fills(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    """Whether this copy may be set aside for this waiting hold, leaving the copy's own state aside."""
    asked = not hold.suspended and asked_for(hold, item)
    return asked and open_to(hold, item, organisation) and reaches(hold, item, organisation)


def may_be_set_aside(item: ItemFacts, organisation: Tree) -> bool:
    """Whether nothing in the copy's own state keeps it from readers who wait. One on order they may wait for."""
    stays = item.not_for_loan and item.place != "order"
    damaged_too = value(organisation, "hold_damaged", unit=item.home_unit, category="", item_type=item.item_type)
    return not (item.withdrawn or stays or item.restricted or (item.damaged and not damaged_too))


def hold_for(queue: Sequence[HoldFacts], item: ItemFacts, organisation: Tree) -> HoldFacts | None:
    """The hold this copy is set aside for, the one it is fetched for, else the first in line that it may fill.

    Where local readers come first, the first of them that it may fill comes before all the others.
    """
    set_aside = next((hold for hold in queue if hold.allocated_item_id == item.id), None)
    if set_aside is not None or not may_be_set_aside(item, organisation):
        return set_aside
    fetched = (hold for hold in queue if hold.target_item_id == item.id and fills(hold, item, organisation))
    return next(fetched, None) or next_hold(queue, item, organisation)


def next_hold(queue: Iterable[HoldFacts], item: ItemFacts, organisation: Tree) -> HoldFacts | None:
    """The first waiting hold, in queue order, that this copy may fill; local readers first where policy says so.

    A copy in hand goes before one that is still to be fetched, unless that one stands nearer to the reader, or as near
    while somebody waits for the very copy in hand.
    """
    able = [one for one in queue if one.waiting and fills(one, item, organisation)]
    certain = any(one.item_id == item.id and one.target_item_id is None for one in able)
    fitting = [one for one in able if not _better_served(one, item, organisation, certain=certain)]
    return next((hold for hold in fitting if is_local(hold, item, organisation)), fitting[0] if fitting else None)


def _better_served(hold: HoldFacts, item: ItemFacts, organisation: Tree, *, certain: bool) -> bool:
    if hold.target_item_id in (None, item.id):
        return False
    fetched = transport_cost(organisation, hold.target_unit, hold.pickup_unit)
    cost = transport_cost(organisation, item.holding_unit, hold.pickup_unit)
    return fetched < cost or (certain and fetched == cost)


def is_local(hold: HoldFacts, item: ItemFacts, organisation: Tree) -> bool:
    """Whether policy lets this reader go first, since the copy is of the reader's own place."""
    where = {"unit": item.home_unit, "category": "", "item_type": item.item_type}
    first = value(organisation, "local_holds_first", **where)
    if first == "no":
        return False
    here = item.home_unit if value(organisation, "local_holds_item", **where) == "home" else item.holding_unit
    return here == (hold.pickup_unit if first == "pickup_here" else hold.patron_home)


def can_be_asked_for(item: ItemFacts, hold: HoldFacts, copies: Sequence[ItemFacts], organisation: Tree) -> bool:
    """Whether a copy on the shelf may be asked for by one who could come and take it (case 29).

    `always`; only `when_out`, so that this copy itself must be away; or `when_none_available` of `copies` is free; or
    `when_none_near`: none in the system where the reader would fetch it.
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
    if said == "when_none_near":
        system = organisation.system_of(hold.pickup_unit).code
        copies = [copy for copy in copies if organisation.system_of(copy.holding_unit).code == system]
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
