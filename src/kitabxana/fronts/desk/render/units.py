"""The tree as its pages show it: who stands where, what each says itself and what it inherits from whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.fronts.desk.render.rules import Asked, source_words
from kitabxana.fronts.desk.render.words import unit_name
from kitabxana.language import fold
from kitabxana.organisation.messages import KIND_NAMES, value_words
from kitabxana.organisation.queries import unit_details
from kitabxana.organisation.rules import STANDS_UNDER, explain, policy_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts

INHERITED = ("country", "zone", "currency")


@dataclass(frozen=True, slots=True)
class Branch:
    """One unit in the tree; `depth` counts from the nation, `mine` where this login may change it."""

    unit: UnitFacts
    name: str
    kind: str
    depth: int
    mine: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What a rule says at one unit now, and what it would say: `changes` is False where that is the same."""

    code: str
    name: str
    depth: int
    now: str
    source: str
    own: bool
    new: str
    changes: bool
    chosen: bool


def branches(organisation: Tree, *, by: Actor, asked: str) -> list[Branch]:
    """Units in the tree's order; with words asked for, those that match and all above them."""
    units = list(organisation.units.values())
    if asked:
        wanted = fold(asked)
        found = [one for one in units if wanted in fold(" ".join((one.code, one.city, *one.names.values())))]
        above = {up for one in found for up in one.lineage}
        units = [one for one in units if one.code in above]
    return [
        Branch(
            one,
            unit_name(organisation.units, one.code),
            str(KIND_NAMES[one.kind]),
            len(one.lineage) - 1,
            by.may("organisation.edit", one.path),
        )
        for one in units
    ]


def inherited(organisation: Tree, unit: UnitFacts, sent: dict[str, Any] | None) -> dict[str, dict[str, str]]:
    """For each value that comes from above where it says nothing: its own, what holds, and whose that is."""
    found: dict[str, dict[str, str]] = {}
    own = unit_details(unit.lineage)
    for name in INHERITED:
        source = next((code for code in unit.lineage if getattr(own[code], name)), "")
        found[name] = {
            "own": sent[name] if sent else getattr(own[unit.code], name),
            "holds": getattr(unit, name),
            "source": unit_name(organisation.units, source) if source and source != unit.code else "",
        }
    return found


def new_homes(organisation: Tree, unit: UnitFacts, *, by: Actor) -> list[tuple[str, str]]:
    """Where this login may move the unit to: (code, name) of what may stand above it in its nation."""
    return [
        (one.code, unit_name(organisation.units, one.code))
        for one in organisation.units.values()
        if one.kind in STANDS_UNDER[unit.kind]
        and one.code != unit.parent
        and not one.closed
        and not one.path.startswith(unit.path)
        and organisation.nation_of(one.code) == organisation.nation_of(unit.code)
        and by.may("organisation.edit", one.path)
    ]


def rule_rows(
    organisation: Tree, name: str, *, new: tuple[Any] | None, chosen: Sequence[str], by: Actor
) -> list[RuleRow]:
    """One row a unit where this login may change rules; `new` holds the value to come, None: give it back."""
    fits = new is None or policy_problem(name, new[0]) is None
    rows = []
    for one in organisation.units.values():
        if one.closed or not by.may("organisation.edit", one.path):
            continue
        asked = Asked(unit=one, category="", item_type="", categories={}, item_types={})
        ways = explain(organisation, name, **asked.cell)
        own = (one.code, None, None) in organisation.policies.get(name, {})
        after = new[0] if new else next(way for way in ways if way.unit != one.code).value
        rows.append(
            RuleRow(
                code=one.code,
                name=unit_name(organisation.units, one.code),
                depth=len(one.lineage) - 1,
                now=value_words(name, ways[0].value, currency=one.currency),
                source=source_words(organisation, asked, ways[0]),
                own=own,
                new=value_words(name, after, currency=one.currency) if fits else "",
                changes=one.code in chosen and (own if new is None else not own or ways[0].value != after),
                chosen=one.code in chosen,
            )
        )
    return rows
