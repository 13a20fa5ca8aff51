"""The effective policies of one cell as sentences, each with the row it comes from and what that row overrides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kitabxana.fronts.desk.render.words import long_date, named, unit_name
from kitabxana.organisation.messages import GROUP_NAMES, policy_sentence, value_words
from kitabxana.organisation.rules import GROUPS, POLICIES, explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.organisation.rules import Decided

Names = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The cell looked at, and the names of categories and item types by code."""

    unit: UnitFacts
    category: str
    item_type: str
    categories: Names
    item_types: Names

    @property
    def cell(self) -> dict[str, str]:
        return {"unit": self.unit.code, "category": self.category, "item_type": self.item_type}


@dataclass(frozen=True, slots=True)
class Level:
    """Where a value can be set: a unit of the lineage, "" for the whole installation."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """`source` says which row won; `overrides` what it puts aside; `other` the compared library's sentence."""

    name: str
    sentence: str
    source: str
    built_in: bool
    overrides: tuple[str, ...]
    other: str
    other_source: str
    differs: bool
    given: Mapping[str, str]
    """The winning cell, for giving it back; empty when the actor may not, or there is none."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one policy is edited: `kind` is number, money, yes_no, choice or day; `now` the value as typed."""

    name: str
    kind: str
    now: str
    choices: tuple[tuple[str, str], ...]
    optional: bool
    least: int
    most: int
    levels: tuple[Level, ...]
    by_category: bool
    by_item_type: bool


def groups(tree: Tree, asked: Asked, *, other: UnitFacts | None, by: Actor) -> list[tuple[str, list[PolicyRow]]]:
    """Every policy of the cell by its group; no statement, all comes from the tree."""
    return [
        (str(GROUP_NAMES[group]), [
            _row(tree, asked, name, other=other, by=by) for name, kind in POLICIES.items() if kind.group == group
        ])
        for group in GROUPS
    ]  # fmt: skip


def _row(tree: Tree, asked: Asked, name: str, *, other: UnitFacts | None, by: Actor) -> PolicyRow:
    said = explain(tree, name, **asked.cell)
    theirs = explain(tree, name, **asked.cell | {"unit": other.code}) if other else ()
    winner = said[0]
    here = _sentence(tree, asked, name, winner.value, asked.unit)
    there = _sentence(tree, asked, name, theirs[0].value, other) if other else ""
    return PolicyRow(
        name=name,
        sentence=here,
        source=source_words(tree, asked, winner),
        built_in=winner.built_in,
        overrides=tuple(
            f"{_words(tree, asked, name, one.value, asked.unit)} – {source_words(tree, asked, one)}" for one in said[1:]
        ),
        other=there,
        other_source=source_words(tree, asked, theirs[0]) if other else "",
        differs=bool(other) and there != here,
        given=_cell_of(winner) if not winner.built_in and by.may("organisation.edit", _path(tree, winner.unit)) else {},
    )


def source_words(tree: Tree, asked: Asked, row: Decided) -> str:
    """Where a value comes from: "Gəncə MKS · Students · Books"."""
    if row.built_in:
        return _("built in")
    parts = [unit_name(tree.units, row.unit) if row.unit else _("everywhere")]
    if row.category:
        parts.append(named(asked.categories.get(row.category, {}), row.category))
    if row.item_type:
        parts.append(named(asked.item_types.get(row.item_type, {}), row.item_type))
    return " · ".join(parts)


def field(tree: Tree, asked: Asked, name: str, *, by: Actor) -> Field | None:
    """The form of one policy, None when there is no such policy or the actor may set it at no level here."""
    kind = POLICIES.get(name)
    if kind is None:
        return None
    levels = [
        Level(code, unit_name(tree.units, code))
        for code in asked.unit.lineage
        if by.may("organisation.edit", tree.units[code].path)
        and (not kind.nationwide or tree.units[code].kind == "nation")
    ]
    if by.may("organisation.edit", ""):
        levels.append(Level("", _("everywhere")))
    if not levels:
        return None
    value = explain(tree, name, **asked.cell)[0].value
    return Field(
        name=name,
        kind=_kind(name),
        now=typed_value(name, value),
        choices=tuple((choice, value_words(name, choice)) for choice in kind.choices),
        optional=kind.optional,
        least=kind.least,
        most=kind.most,
        levels=tuple(levels),
        by_category="category" in kind.axes,
        by_item_type="item_type" in kind.axes,
    )


def _kind(name: str) -> str:
    kind = POLICIES[name]
    if kind.choices:
        return "choice"
    if kind.measure == "money":
        return "money"
    return {bool: "yes_no", date: "day"}.get(kind.type, "number")


def typed_value(name: str, value: Any) -> str:
    """A value as a form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value / 100:.2f}" if POLICIES[name].measure == "money" else str(value)


def _path(tree: Tree, unit: str | None) -> str:
    return tree.units[unit].path if unit else ""


def _cell_of(row: Decided) -> dict[str, str]:
    return {"unit": row.unit or "", "category": row.category or "", "item_type": row.item_type or ""}


def _sentence(tree: Tree, asked: Asked, name: str, value: Any, unit: UnitFacts) -> str:
    counted_in = explain(tree, "loan_unit", **asked.cell | {"unit": unit.code})[0].value
    return policy_sentence(name, _spoken(name, value), unit=counted_in, currency=unit.currency)


def _words(tree: Tree, asked: Asked, name: str, value: Any, unit: UnitFacts) -> str:
    counted_in = explain(tree, "loan_unit", **asked.cell | {"unit": unit.code})[0].value
    return value_words(name, _spoken(name, value), unit=counted_in, currency=unit.currency)


def _spoken(name: str, value: Any) -> Any:
    """A day as the language writes it."""
    return long_date(date.fromisoformat(value)) if POLICIES[name].type is date and value else value
