"""When a copy of a rota moves on, and what a rota may be."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from kitabxana.kernel.decisions import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kitabxana.circulation.facts.rotas import Stage
    from kitabxana.organisation.facts import Tree

MOST_STAGES, MOST_DAYS = 100, 3650
ROTA_CODES = frozenset(
    {"unknown_rota", "rota_without_name", "rota_too_short", "rota_too_long", "rota_stage_days", "rota_stays",
     "rota_not_there", "on_a_rota", "not_on_rota"}
)  # fmt: skip


def rota_refusals(name: str, stages: Sequence[Stage], organisation: Tree, *, cyclic: bool) -> tuple[Refusal, ...]:
    """Why this can't be a rota, all reasons at once."""
    found = []
    if not name.strip():
        found.append(Refusal("rota_without_name"))
    if not stages:
        found.append(Refusal("rota_too_short"))
    if len(stages) > MOST_STAGES:
        found.append(Refusal("rota_too_long", {"limit": MOST_STAGES}))
    units = organisation.units
    for unit in dict.fromkeys(one.unit for one in stages):
        if unit not in units:
            found.append(Refusal("unknown_unit", {"unit": unit}))
        elif units[unit].kind not in ("library", "point"):
            found.append(Refusal("rota_not_there", {"unit": unit}))
    if any(not 1 <= one.days <= MOST_DAYS for one in stages):
        found.append(Refusal("rota_stage_days", {"limit": MOST_DAYS}))
    round_ = [*stages, stages[0]] if cyclic and len(stages) > 1 else stages
    if any(one.unit == after.unit for one, after in pairwise(round_)):
        found.append(Refusal("rota_stays"))
    return tuple(found)


def last_day(arrived: date, days: int) -> date:
    """The last day of a stay that lasts `days` days, the day of arrival not counted."""
    return arrived + timedelta(days=days)


def next_place(place: int, stages: int, *, cyclic: bool) -> int | None:
    """The stage after `place`, both from 0; None when the round is over. A round of one library has no other."""
    if place + 1 < stages:
        return place + 1
    return 0 if cyclic else None
