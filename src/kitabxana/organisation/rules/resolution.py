"""Which policy value wins, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from kitabxana.organisation.rules.policy_names import POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.organisation.facts import Tree

MOST_REMEMBERED = 200_000
"""Decisions one process remembers of one state of the tree: some tens of megabytes, then it begins anew."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A policy value and the cell it came from, None standing for "all"; `built_in` when no row says anything."""

    value: Any
    unit: str | None
    category: str | None
    item_type: str | None
    built_in: bool = False


def decide(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> Decided:
    """The value of one policy: nearest unit first, then category, then item type, as Koha ranks them.

    Never asks the database: the tree holds every row, and remembers what was decided until its stamp changes.
    """
    cell = (name, unit, category, item_type)
    decided: Decided | None = tree.decided.get(cell)
    if decided is None:
        decided = next(_candidates(tree, name, unit=unit, category=category, item_type=item_type))
        if len(tree.decided) >= MOST_REMEMBERED:
            tree.decided.clear()
        tree.decided[cell] = decided
    return decided


def explain(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> tuple[Decided, ...]:
    """All that is said of one policy here: the winner, then what it overrides, the built-in value last."""
    return tuple(_candidates(tree, name, unit=unit, category=category, item_type=item_type))


def value(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> Any:
    """The value alone; a day comes as a date."""
    found = decide(tree, name, unit=unit, category=category, item_type=item_type).value
    return date.fromisoformat(found) if found is not None and POLICIES[name].type is date else found


def governing_unit(tree: Tree, name: str, **units: str) -> str:
    """The library whose policies count, by the one setting `name` of the nation in which `desk` stands.

    `units` holds the candidates by the setting's choices: desk, item_home, item_holding, patron_home.
    """
    nation = tree.nation_of(units.get("desk") or next(iter(units.values())))
    return units[decide(tree, name, unit=nation, category="", item_type="").value]


def _candidates(tree: Tree, name: str, *, unit: str, category: str, item_type: str) -> Iterator[Decided]:
    kind, rows = POLICIES[name], tree.policies.get(name, {})
    if rows:
        units: tuple[str | None, ...] = (*tree.units[unit].lineage, None)
        categories = (category, None) if "category" in kind.axes else (None,)
        item_types = (item_type, None) if "item_type" in kind.axes else (None,)
        for cell in product(units, categories, item_types):
            if cell in rows:
                yield Decided(rows[cell], *cell)
    yield Decided(kind.default, None, None, None, built_in=True)
