"""Which copy is fetched for which hold: the whole line of a title at once, or what an event changes in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitabxana.circulation.rules.matching import fills, is_local, may_be_set_aside
from kitabxana.organisation.rules import transport_cost, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree


@dataclass(frozen=True, slots=True)
class Stock:
    """The copies of a title and the libraries that are asked for them: `turns` maps each to its turn.

    A library that is not in `turns` is asked for nothing, except for readers who fetch it there.
    """

    copies: Sequence[ItemFacts]
    organisation: Tree
    turns: Mapping[str, int]

    def serves(self, copy: ItemFacts, hold: HoldFacts) -> bool:
        """Whether the copy may be fetched for this hold."""
        asked = copy.holding_unit in self.turns or copy.holding_unit == hold.pickup_unit
        return asked and fills(hold, copy, self.organisation)


@dataclass(frozen=True, slots=True)
class Retargeting:
    """What changes: the holds that lose the copy to be fetched for them, and hold → copy for those that get one."""

    dropped: frozenset[int] = frozenset()
    found: Mapping[int, int] = field(default_factory=dict)


def library_turns(organisation: Tree, units: Iterable[str], now: datetime) -> dict[str, int]:
    """In which turn each of these libraries is asked for copies; those that take no part are left out."""
    found = {}
    for unit in sorted(set(units)):
        where = {"unit": unit, "category": "", "item_type": ""}
        turn = value(organisation, "hold_source_turn", **where)
        if turn is None or (not value(organisation, "hold_from_closed", **where) and _closed(organisation, unit, now)):
            continue
        found[unit] = turn
    return found


def _closed(organisation: Tree, unit: str, now: datetime) -> bool:
    calendar = organisation.calendar(unit, since=now.date())
    return not calendar.is_open(calendar.local_day(now))


def can_be_fetched(copy: ItemFacts, organisation: Tree) -> bool:
    """Whether the copy stands on a shelf, ready to be taken to a reader."""
    return copy.place == "shelf" and not copy.lost and may_be_set_aside(copy, organisation)


def plan_targets(line: Sequence[HoldFacts], stock: Stock) -> dict[int, ItemFacts]:
    """hold → copy, for holds without one and copies that are free.

    Local readers first where policy says so. Then each in turn gets the copy that policy `hold_copy_order` likes best;
    for who would get none, an earlier one takes another copy, where there is one. So nobody is left out for the sake
    of somebody behind, and a copy that one reader alone can use is not wasted on another.
    """
    free = {copy.id: copy for copy in stock.copies}
    local: dict[int, ItemFacts] = {}
    for hold in line:
        theirs = [copy for copy in _liked(hold, free.values(), stock) if is_local(hold, copy, stock.organisation)]
        if theirs:
            local[hold.id] = free.pop(theirs[0].id)
    wishes = {hold.id: _liked(hold, free.values(), stock) for hold in line if hold.id not in local}
    has: dict[int, int] = {}
    for number in wishes:
        _seat(number, wishes, has, tried=set())
    return local | {number: free[item] for item, number in has.items()}


def _seat(number: int, wishes: Mapping[int, Sequence[ItemFacts]], has: dict[int, int], *, tried: set[int]) -> bool:
    """Find a copy for one more hold, an earlier one moving to another if need be; `has` is copy → hold."""
    for copy in wishes[number]:
        if copy.id not in has:
            has[copy.id] = number
            return True
    for copy in wishes[number]:
        if copy.id in tried:
            continue
        tried.add(copy.id)
        if _seat(has[copy.id], wishes, has, tried=tried):
            has[copy.id] = number
            return True
    return False


def _liked(hold: HoldFacts, copies: Iterable[ItemFacts], stock: Stock) -> list[ItemFacts]:
    """Those of the copies that serve this hold, the most welcome first."""
    fit = [copy for copy in copies if stock.serves(copy, hold)]
    return sorted(fit, key=lambda copy: _likes(hold, copy, stock))


def _likes(hold: HoldFacts, copy: ItemFacts, stock: Stock) -> tuple[float, ...]:
    organisation, pickup = stock.organisation, hold.pickup_unit
    away, foreign = float(copy.holding_unit != pickup), float(copy.home_unit != pickup)
    way = (float(stock.turns.get(copy.holding_unit, 0)), transport_cost(organisation, copy.holding_unit, pickup))
    orders = {
        "at_pickup": (away, foreign, *way),
        "home_at_pickup": (foreign, away, *way),
        "nearest": (away, *way),
        "any": (),
    }
    said = value(organisation, "hold_copy_order", unit=pickup, category="", item_type="")
    return (*orders[said], float(copy.id))


def retarget(line: Sequence[HoldFacts], stock: Stock) -> Retargeting:
    """What has to change so that every copy that can be fetched is fetched for the first who may have it.

    `line` holds those who wait, in order, with the copies fetched for them so far. Who has a copy that still serves
    keeps it, unless somebody nearer to the front has none and may have it.
    """
    by_id = {copy.id: copy for copy in stock.copies}
    had = {hold.id: hold.target_item_id for hold in line if hold.target_item_id is not None}
    holds = {hold.id: hold for hold in line}
    kept: dict[int, ItemFacts] = {
        number: by_id[item] for number, item in had.items()
        if item in by_id and stock.serves(by_id[item], holds[number])
    }  # fmt: skip
    taken = {copy.id for copy in kept.values()}
    free = [copy for copy in stock.copies if copy.id not in taken]
    plan = plan_targets([hold for hold in line if hold.id not in kept], Stock(free, stock.organisation, stock.turns))
    has = kept | plan
    for place, hold in enumerate(line):
        if hold.id in has:
            continue
        taken = {copy.id for copy in has.values()}
        left = Stock([copy for copy in free if copy.id not in taken], stock.organisation, stock.turns)
        has |= plan_targets([hold], left)
        if hold.id not in has:
            _take_from_behind(hold, line[place + 1 :], has, stock)
    after = {number: copy.id for number, copy in has.items()}
    dropped = frozenset(number for number, item in had.items() if after.get(number) != item)
    return Retargeting(dropped, {number: item for number, item in after.items() if had.get(number) != item})


def _take_from_behind(hold: HoldFacts, behind: Sequence[HoldFacts], has: dict[int, ItemFacts], stock: Stock) -> None:
    """The last in line who has a copy that would serve gives it up; whoever goes first by policy does not."""
    for other in reversed(behind):
        copy = has.get(other.id)
        if copy is None or not stock.serves(copy, hold):
            continue
        if is_local(other, copy, stock.organisation) and not is_local(hold, copy, stock.organisation):
            continue
        has[hold.id] = has.pop(other.id)
        return
