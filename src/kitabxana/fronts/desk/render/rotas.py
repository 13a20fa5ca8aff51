"""Rotas as the desk sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.catalogue.queries import briefs
from kitabxana.fronts.desk.render.words import short_date, unit_name
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.circulation.facts.rotas import RotaFacts, Stage, Travelling

LIBRARY_KINDS = ("library", "point")
MORE_STAGES = 3
"""How many empty lines a form has beneath the stages that there are."""


@dataclass(frozen=True, slots=True)
class RotaRow:
    """A rota in the list; `round` is the libraries with their days."""

    id: int
    name: str
    library: str
    round: tuple[tuple[str, int], ...]
    copies: int
    cyclic: bool
    resting: bool


def rota_row(one: RotaFacts) -> RotaRow:
    units = tree().units
    stops = tuple((unit_name(units, stage.unit), stage.days) for stage in one.stages)
    return RotaRow(one.id, one.name, unit_name(units, one.unit), stops, one.copies, one.cyclic, one.resting)


@dataclass(frozen=True, slots=True)
class StageRow:
    """A line of the form: its number, the stage's id and library ("" for an empty line), its days and copies."""

    number: int
    id: int | None
    unit: str
    days: int | None
    copies: int


def stage_rows(stages: Sequence[Stage], *, more: int) -> list[StageRow]:
    told = [StageRow(number, one.id, one.unit, one.days, one.copies) for number, one in enumerate(stages, start=1)]
    return told + [StageRow(len(stages) + number, None, "", None, 0) for number in range(1, more + 1)]


@dataclass(frozen=True, slots=True)
class TravelRow:
    """A copy of a rota: the library where it belongs now and the last day of its stay, "" while it is elsewhere."""

    item_id: int
    record_id: int
    barcode: str
    title: str
    library: str
    until: str


def copy_rows(copies: Sequence[Travelling]) -> list[TravelRow]:
    units = tree().units
    shown = briefs({one.item.record_id for one in copies}) if copies else {}
    return [
        TravelRow(
            one.item.id,
            one.item.record_id,
            one.item.barcode or "",
            shown.get(one.item.record_id, {}).get("title", ""),
            unit_name(units, one.to_unit),
            short_date(one.until) if one.until else "",
        )
        for one in copies
    ]
