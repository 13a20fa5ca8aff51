"""Who may wait for what, and where in the line."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from kitabxana.circulation.rules.matching import asked_for, open_to, reaches
from kitabxana.circulation.rules.words import card_expired, card_invalid, restricted, when
from kitabxana.kernel.decisions import Rule
from kitabxana.organisation.rules import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.circulation.facts import HoldFacts, HoldRequestFacts
    from kitabxana.circulation.rules.words import Found
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts

MAY = "circulation.override."
LIMITS = MAY + "too_many_holds"
SMALLEST_STEP = Decimal(1).scaleb(-24)
"""The finest difference between two turns that the database keeps."""
MICROSECOND = Decimal(1).scaleb(-6)


def _over(limit: int | None, found: int) -> Found:
    return when(limit is not None and found >= limit, open=found, limit=limit)


def _debt(facts: HoldRequestFacts) -> Found:
    limit = facts.terms.hold_debt_limit
    return when(limit is not None and facts.debt > limit, owed=facts.debt, limit=limit)


PLACE_HOLD: tuple[Rule[HoldRequestFacts], ...] = (
    Rule("card_invalid", card_invalid),
    Rule("card_expired", card_expired, MAY + "card_expired"),
    Rule("patron_restricted", restricted, MAY + "patron_restricted"),
    Rule("debt_too_high", _debt, MAY + "debt_too_high"),
    Rule("nothing_to_hold", lambda f: when(f.copies == 0)),
    Rule("hold_not_for_reader", lambda f: when(f.copies and not f.for_them)),
    Rule("pickup_not_here", lambda f: when(not f.pickup_here)),
    Rule("pickup_out_of_reach", lambda f: when(f.for_them and f.pickup_here and not f.reachable)),
    Rule("already_on_hold", lambda f: _over(f.terms.holds_per_record, f.of_title)),
    Rule("already_lent_to_patron", lambda f: when(f.has_it)),
    Rule("copy_not_asked_for", lambda f: when(f.one_copy and f.terms.item_level_holds == "deny")),
    Rule("copy_must_be_asked_for", lambda f: when(not f.one_copy and f.terms.item_level_holds == "force")),
    Rule("on_the_shelf", lambda f: when(f.reachable and not f.to_ask), MAY + "on_the_shelf"),
    Rule("too_many_holds", lambda f: _over(f.terms.max_holds, f.open), LIMITS),
    Rule("too_many_holds_by_rule", lambda f: _over(f.terms.holds_by_rule, f.under_rule), LIMITS),
    Rule("too_many_holds_today", lambda f: _over(f.terms.holds_per_day, f.placed_today), LIMITS),
)

HOLD_CODES = frozenset(
    {"unknown_hold", "hold_has_copy", "not_suspended", "suspended_in_past", "hold_in_past", "not_to_fetch"}
)


def is_pickup(organisation: Tree, unit: str) -> bool:
    """Whether readers fetch at this unit what they waited for: a library or a service point that says so."""
    place = organisation.units[unit].kind in ("library", "point") and not organisation.units[unit].closed
    return place and bool(value(organisation, "pickup_here", unit=unit, category="", item_type=""))


def pickup_units(asked: HoldFacts, copies: Sequence[ItemFacts], organisation: Tree) -> list[UnitFacts]:
    """Where this reader may fetch what is asked for; every pickup library where `copies` is empty."""
    able = [copy for copy in copies if copy.lendable and asked_for(asked, copy) and open_to(asked, copy, organisation)]
    return [
        unit
        for code, unit in sorted(organisation.units.items())
        if is_pickup(organisation, code)
        and (not copies or any(reaches(replace(asked, pickup_unit=code), copy, organisation) for copy in able))
    ]


def volumes_of(copies: Sequence[ItemFacts]) -> list[str]:
    """The volumes among these copies, 2 before 10."""
    return sorted({one.volume for one in copies if one.volume}, key=_in_number)


def _in_number(volume: str) -> list[str]:
    return [part.zfill(9) if part.isdecimal() else part for part in re.split(r"(\d+)", volume)]


def turn_of(moment: datetime) -> Decimal:
    """The turn of one who comes now: behind everyone who came before."""
    return Decimal(repr(moment.timestamp()))


def turn_between(before: Decimal | None, after: Decimal | None, *, last: Decimal) -> Decimal | None:
    """A turn between two neighbours, None when there is no room; without a neighbour on a side, beyond the other.

    `last` is where one who comes now would stand.
    """
    with localcontext(prec=80):
        if after is None:
            return last if before is None else max(last, before + MICROSECOND)
        if before is None:
            return after - 1
        middle = ((before + after) / 2).quantize(SMALLEST_STEP)
        return middle if before < middle < after else None
