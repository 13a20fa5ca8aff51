"""What our rules say to a check-in of the oracle, and what the peer said, in the same words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kitabxana.circulation.facts.terms import ReturnTerms, SuspensionTerms
from kitabxana.circulation.rules import (
    Cell,
    ReturnFacts,
    found_treatment,
    plan_return,
    return_refusals,
    suspended_until,
    suspension_days,
    terms,
)
from kitabxana.circulation.tests.oracle.answers import RETURN_TO
from kitabxana.circulation.tests.oracle.world import World, a_calendar, moment

if TYPE_CHECKING:
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.circulation.tests.oracle.world import Case
    from kitabxana.holdings.facts import ItemFacts


def check_in(case: Case) -> dict[str, Any]:
    """What becomes of the copy, its loan, its transfers and the reader's suspension."""
    said = case["input"]
    world, asked = World(said), said["checkin"]
    _policies(world)
    item = world.item_by_barcode(asked["barcode"])
    if item is None:
        return {"unknown": True}
    desk, loan = asked["branch"], world.loan_of_item(item.id)
    moving = next((row for row in said["transfers"] if row["item"] == item.id), None)
    facts = ReturnFacts(
        item=item,
        desk=desk,
        now=max(world.now, moment(asked["returned"])),
        returned_at=moment(asked["returned"]),
        terms=terms(ReturnTerms, world.tree, Cell(item.home_unit, "", item.item_type)),
        loan=loan,
        on_way_to=moving["to"] if moving else None,
        queue=world.queue(item.record_id, ahead_days=world.settings["hold_lookahead_days"]),
    )
    refused = {one.code: one for one in return_refusals(facts)}
    if "return_elsewhere" in refused:
        return {"wrong_branch": refused["return_elsewhere"].params["unit"]} | _unchanged(world, item, loan, moving)
    if refused:
        return {"refused": True} | _unchanged(world, item, loan, moving)
    plan = plan_return(facts, world.tree)
    sent = plan.instruction == "transfer" and plan.hold is None and not plan.astray
    under_way = [(moving["from"], moving["to"])] if moving and not plan.arrived else []
    return {
        "returned": loan is not None,
        "used_here": "used_here" in plan.notes or (loan is None and facts.terms.count_local_use),
        "withdrawn": item.withdrawn,
        "was_lost": bool(item.lost),
        "refunded": found_treatment(facts) != "keep",
        "astray_to": plan.to_unit if plan.astray else None,
        "hold": (plan.hold.id, "Waiting" if plan.hold.ready_at else "Reserved") if plan.hold else None,
        "transfer": ("sent" if plan.send else "needed") if sent else None,
        "lost_after": bool(item.lost) and facts.terms.return_lost != "allow",
        "held_at": desk,
        "on_loan": False,
        "under_way": under_way + ([(desk, plan.to_unit)] if sent and plan.send else []),
        "restricted_until": _suspension(world, item, loan, facts),
    }


def _unchanged(world: World, item: ItemFacts, loan: LoanFacts | None, moving: Case | None) -> dict[str, Any]:
    return {
        "held_at": item.holding_unit,
        "on_loan": loan is not None,
        "under_way": [(moving["from"], moving["to"])] if moving else [],
        "restricted_until": world.patrons[1]["restricted_until"],
    }


def _policies(world: World) -> None:
    said, put = world.settings, world.put
    put("return_to", RETURN_TO[said["return_to"]])
    put("auto_transfer", said["auto_transfer"])
    put("return_withdrawn", "deny" if said["block_return_withdrawn"] else "allow")
    put("return_lost", "deny" if said["block_return_lost"] else "allow")
    put("lost_return", "refund")
    put("count_local_use", said["record_local_use"])
    put("fine_closed_days", not said["skip_closed_days"])
    put("suspension_adds_up", said["cumulative_restriction"])


def _suspension(world: World, item: ItemFacts, loan: LoanFacts | None, facts: ReturnFacts) -> str | None:
    row = world.patrons[1]
    if loan is None:
        return row["restricted_until"]  # type: ignore[no-any-return]
    running = date.fromisoformat(row["restricted_until"]) if row["restricted_until"] else None
    if not loan.overdue(facts.returned_at):
        return row["restricted_until"]  # type: ignore[no-any-return]
    cell = world.cell(item, loan.patron_id)
    said = terms(SuspensionTerms, world.tree, cell)
    calendar = a_calendar(world.input["calendars"].get(cell.unit))
    days = suspension_days(due=loan.due_at, returned=facts.returned_at, terms=said, calendar=calendar)
    own = running if row.get("restriction_type") == "SUSPENSION" else None
    until = suspended_until(
        days=days, returned=facts.returned_at.date(), terms=said, calendar=calendar, running_until=own
    )
    ends = [day for day in (until, running) if day is not None]
    return max(ends).isoformat() if ends else None


def koha_check_in(case: Case) -> dict[str, Any]:
    """The peer's answer in the same words."""
    told, after = case["output"]["messages"], case["output"]["after"]
    if "BadBarcode" in told:
        return {"unknown": True}
    state = {
        "held_at": after["item"]["holding_branch"],
        "on_loan": after["item"]["on_loan"],
        "under_way": [(row["from"], row["to"]) for row in after["open_transfers"]],
        "restricted_until": after["patron_restricted_until"],
    }
    if "Wrongbranch" in told:
        return {"wrong_branch": told["Wrongbranch"]["right"]} | state
    hold = told.get("ResFound")
    sent = "sent" if "WasTransfered" in told else "needed" if "NeedsTransfer" in told else None
    return {
        "returned": case["output"]["returned"],
        "used_here": "LocalUse" in told,
        "withdrawn": "withdrawn" in told,
        "was_lost": "WasLost" in told,
        "refunded": "LostItemFeeRefunded" in told,
        "astray_to": told.get("WrongTransfer"),
        "hold": (hold["hold"], hold["status"]) if hold else None,
        "transfer": sent,
        "lost_after": bool(after["item"]["lost"]),
        **state,
    }
