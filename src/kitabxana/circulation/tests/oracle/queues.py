"""Which copies are fetched for whom in a world of the oracle, and what the peer said, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.circulation.rules import fills
from kitabxana.circulation.rules.matching import is_local
from kitabxana.circulation.rules.targeting import Stock, can_be_fetched, plan_targets
from kitabxana.circulation.tests.oracle.world import World, a_calendar

if TYPE_CHECKING:
    from kitabxana.circulation.tests.oracle.world import Case


def turns(case: Case) -> dict[str, int]:
    """The libraries in the order in which they are asked; a list of the peer's leaves the others out."""
    said = case["input"]
    order = said["settings"]["queue_branch_order"] or sorted(row["code"] for row in said["branches"])
    today = World(said).now.date()
    skips = said["settings"]["queue_skip_closed"]
    return {
        code: turn
        for turn, code in enumerate(order)
        if not skips or a_calendar(said["calendars"].get(code)).is_open(today)
    }


def targets(case: Case) -> dict[int, int]:
    """hold → copy."""
    world, asked = World(case["input"]), turns(case)
    found: dict[int, int] = {}
    for record in _records(world):
        line = [hold for hold in world.queue(record) if hold.waiting and not hold.suspended]
        copies = [
            item for item in world.items.values() if item.record_id == record and can_be_fetched(item, world.tree)
        ]
        plan = plan_targets(line, Stock(copies, world.tree, asked))
        found |= {hold: copy.id for hold, copy in plan.items()}
    return found


def koha_targets(case: Case) -> dict[int, int]:
    return {row["hold"]: row["item"] for row in case["output"]["targets"]}


def answer(case: Case) -> Any:
    return sorted(targets(case).items())


def koha_answer(case: Case) -> Any:
    return sorted(koha_targets(case).items())


def breaks_a_rule(case: Case) -> bool:
    """The peer fetches a copy for a hold that it may not fill by the rules of the case."""
    world = World(case["input"])
    lines = {hold.id: hold for record in _records(world) for hold in world.queue(record)}
    return any(not fills(lines[hold], world.items[item], world.tree) for hold, item in koha_targets(case).items())


def own_shelf(case: Case) -> bool:
    """We fetch a copy from a library that is asked for nothing, for a reader who fetches it there."""
    world, asked = World(case["input"]), turns(case)
    return any(world.items[item].holding_unit not in asked for item in targets(case).values())


def local_copy(case: Case) -> bool:
    """We give a local reader the very copy asked for."""
    world, ours = World(case["input"]), targets(case)
    lines = [hold for record in _records(world) for hold in world.queue(record)]
    asked = [hold for hold in lines if hold.item_id is not None and hold.id in ours]
    return any(is_local(hold, world.items[ours[hold.id]], world.tree) for hold in asked)


def passed_over(case: Case) -> bool:
    """The peer leaves out somebody whom we serve."""
    return bool(set(targets(case)) - set(koha_targets(case)))


def other_copy(case: Case) -> bool:
    """Somebody gets a copy either way, but not the same."""
    koha = koha_targets(case)
    return any(koha.get(hold, item) != item for hold, item in targets(case).items())


def _records(world: World) -> list[int]:
    return sorted({item.record_id for item in world.items.values()})
