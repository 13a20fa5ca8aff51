"""What is known of rotas: rounds of libraries among which copies travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kitabxana.holdings.facts import ItemFacts


@dataclass(frozen=True, slots=True)
class Stage:
    """A library and for how many days a copy stands there; `id` None while it is not stored."""

    unit: str
    days: int
    id: int | None = None
    copies: int = 0


@dataclass(frozen=True, slots=True)
class RotaFacts:
    """A rota, kept at `unit`, with its stages in order."""

    id: int
    name: str
    unit: str
    cyclic: bool
    resting: bool
    stages: tuple[Stage, ...]

    @property
    def copies(self) -> int:
        return sum(stage.copies for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Travelling:
    """A copy of a rota. `to_unit` is the library where it belongs now; `until` the last day of its stay there, None
    while it has not arrived."""

    item: ItemFacts
    rota_id: int | None
    to_unit: str
    place: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a copy of a rota belongs now, at home when its round is over; `reached` when it has arrived there."""

    unit: str
    over: bool
    reached: bool
