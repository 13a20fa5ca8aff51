"""What a copy that lies on the desk means, and where it goes: one instruction by a fixed precedence (case 22)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kitabxana.circulation.rules.matching import hold_for, may_travel
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.rules import transport_cost, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from kitabxana.circulation.facts import HoldFacts, Instruction, LoanFacts
    from kitabxana.circulation.facts.rotas import Stay
    from kitabxana.circulation.facts.terms import ReturnTerms
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """The copy as it was before, the desk's unit, the loan that runs, where the copy was on its way to, who waits."""

    item: ItemFacts
    desk: str
    now: datetime
    returned_at: datetime
    terms: ReturnTerms
    loan: LoanFacts | None
    on_way_to: str | None
    queue: Sequence[HoldFacts]
    floats_to: str = ""
    """Where a copy that floats goes when this library has enough of its title; "" when it stays."""

    stay: Stay | None = None
    """Where a rota wants the copy now."""

    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnPlan:
    """What the check-in does. `notes` are codes of `messages.NOTES`.

    `send` is False where staff must say that the copy goes off: it stays here until then.
    """

    instruction: Instruction
    to_unit: str
    hold: HoldFacts | None = None
    arrived: bool = False
    astray: bool = False
    reason: str = "home"
    """Why it is sent, where that is not for a hold: home or rotation."""

    send: bool = True
    notes: tuple[str, ...] = ()


def return_here(terms: ReturnTerms, item: ItemFacts, desk: str) -> bool:
    """Whether this copy may come back at this desk."""
    right = {
        "anywhere": (desk,),
        "home": (item.home_unit,),
        "holding": (item.holding_unit,),
        "home_or_holding": (item.home_unit, item.holding_unit),
    }
    return desk in right[terms.return_to]


def return_refusals(facts: ReturnFacts) -> tuple[Refusal, ...]:
    """Why nothing is done with the copy here: it belongs back elsewhere, its state forbids, or the moment is wrong.

    A moment that has not come, or before the loan began, can't be the moment of return (case 35).
    """
    item, terms, loan = facts.item, facts.terms, facts.loan
    if not return_here(terms, item, facts.desk):
        right = item.holding_unit if terms.return_to == "holding" else item.home_unit
        return (Refusal("return_elsewhere", {"unit": right}),)
    found = []
    if facts.returned_at > facts.now:
        found.append(Refusal("return_in_future"))
    if loan is not None and facts.returned_at < loan.lent_at:
        found.append(Refusal("return_before_loan", {"date": loan.lent_at.date().isoformat()}))
    if loan is not None and item.withdrawn and terms.return_withdrawn == "deny":
        found.append(Refusal("item_withdrawn", {}, "circulation.override.item_withdrawn"))
    if loan is not None and item.lost and terms.return_lost == "deny":
        found.append(Refusal("item_lost", {"kind": item.lost}, "circulation.override.item_lost"))
    return tuple(found)


def plan_return(facts: ReturnFacts, organisation: Tree) -> ReturnPlan:
    """Where the copy goes: on its way, to a reader who waits, on with its rota, home as policy says, or to its shelf.

    A copy on its way that turns up elsewhere keeps its destination (case 24). A withdrawn one serves nobody.
    """
    item, desk = facts.item, facts.desk
    notes = _notes(facts)
    if facts.on_way_to not in (None, desk):
        kept = next((hold for hold in facts.queue if hold.allocated_item_id == item.id), None)
        return ReturnPlan("transfer", facts.on_way_to or desk, kept, astray=True, notes=(*notes, "wrong_library"))
    arrived = facts.on_way_to == desk
    # The copy stands here now, and readers of here may come first.
    here = replace(item, holding_unit=desk)
    hold = hold_for(facts.queue, here, organisation) if not item.withdrawn else None
    if hold is not None:
        step: Instruction = "hold_shelf" if hold.pickup_unit == desk else "transfer"
        return ReturnPlan(step, hold.pickup_unit, hold, arrived=arrived, notes=notes)
    floats_to = facts.floats_to or desk
    home = {"home": item.home_unit, "holding": item.holding_unit, "float": floats_to}[facts.terms.return_policy]
    if facts.stay is not None:
        home = facts.stay.unit
    if home != desk and not may_travel(organisation, here, home):
        notes = (*notes, "may_not_travel")
    elif home != desk:
        travels = facts.stay is not None and not facts.stay.over
        reason = "rotation" if travels else "home"
        notes = (*notes, "travels_on") if travels else notes
        return ReturnPlan("transfer", home, arrived=arrived, reason=reason, send=facts.terms.auto_transfer, notes=notes)
    return ReturnPlan("to_shelf", desk, arrived=arrived, notes=notes)


def float_limit(organisation: Tree, unit: str, item: ItemFacts) -> int | None:
    """How many copies of one title may stand at a library where they float; None for any number."""
    limit: int | None = value(organisation, "float_most", unit=unit, category="", item_type=item.item_type)
    return limit


def float_to(item: ItemFacts, desk: str, copies: Iterable[ItemFacts], organisation: Tree) -> str:
    """Where a copy goes that floats and lies at `desk`: it stays while there is room for one more of its title.

    Else home, and when home is full the library of its system with the fewest, the nearest of these; with room
    nowhere it stays. `copies` are those of the title.
    """
    others = Counter(one.holding_unit for one in copies if one.id != item.id and not one.withdrawn and not one.lost)

    def room(unit: str) -> bool:
        limit = float_limit(organisation, unit, item)
        return limit is None or others[unit] < limit

    if room(desk):
        return desk
    here = replace(item, holding_unit=desk)
    near = [
        unit.code
        for unit in organisation.under(organisation.system_of(item.home_unit).path)
        if unit.kind == "library"
        and unit.code != desk
        and room(unit.code)
        and may_travel(organisation, here, unit.code)
    ]
    order = {code: (code != item.home_unit, others[code], transport_cost(organisation, desk, code)) for code in near}
    return min(sorted(near), key=order.__getitem__, default=desk)


def found_treatment(facts: ReturnFacts) -> str:
    """What becomes of the charge for a copy that was lost: a value of `lost_return`, `keep` when it is too late."""
    days, lost_at = facts.terms.lost_refund_days, facts.lost_at
    late = days is not None and lost_at is not None and facts.returned_at > lost_at + timedelta(days=days)
    return "keep" if late or not facts.item.lost or facts.terms.return_lost != "allow" else facts.terms.lost_return


def found_choice(treatment: str) -> str:
    """The ledger's word for a value of `lost_return`."""
    return {"refund": "full", "refund_and_fine": "full", "refund_unpaid": "unpaid", "keep": "none"}[treatment]


def late_until(facts: ReturnFacts) -> datetime:
    """Up to when a return is late: a lost copy's fine stood still at the loss, unless policy charges all of it."""
    lost_at = facts.lost_at if facts.item.lost else None
    if lost_at is None or found_treatment(facts) == "refund_and_fine":
        return facts.returned_at
    return min(facts.returned_at, lost_at)


def _notes(facts: ReturnFacts) -> tuple[str, ...]:
    item, loan = facts.item, facts.loan
    said = {
        "not_on_loan": loan is None and item.place == "shelf",
        "used_here": loan is None and item.place == "shelf" and facts.terms.count_local_use,
        "was_overdue": loan is not None and loan.overdue(facts.returned_at),
        "was_claimed": loan is not None and loan.claimed_at is not None,
        "was_lost": bool(item.lost),
        "is_withdrawn": item.withdrawn,
        "is_damaged": item.damaged,
    }
    return tuple(code for code, true in said.items() if true)
