"""How far a library is from the one a reader calls their own: in kilometres, or in steps of the tree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from kitabxana.fronts.opac.render.words import decimal, number

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree, UnitFacts

EARTH_RADIUS_KM: Final = 6371.0
NEXT_DOOR_KM: Final = 10
"""Below this a tenth of a kilometre tells something."""


@dataclass(frozen=True, slots=True, order=True)
class Distance:
    """`steps`: 0 the same library, 1 the same system, 2 the same country, 3 abroad; `km` orders within them.

    `text` says it in the reader's words.
    """

    steps: int
    km: float
    text: str


def nearness(organisation: Tree, unit: UnitFacts, *, own: UnitFacts) -> tuple[int, float]:
    """(steps, kilometres) from the reader's own library, to sort by; infinity where no distance is known."""
    steps = _steps(organisation, unit, own)
    km = km_between(unit, own) if steps else 0.0
    return steps, math.inf if km is None else km


def distance(organisation: Tree, unit: UnitFacts, *, own: UnitFacts) -> Distance:
    """How far `unit` is from the reader's own library, in words."""
    steps, km = nearness(organisation, unit, own=own)
    if steps == 0 or km == math.inf:
        said = (_("your library"), _("in your library system"), _("elsewhere in the country"), _("abroad"))
        return Distance(steps, km, said[steps])
    shown = decimal(km, places=1) if km < NEXT_DOOR_KM else number(round(km))
    text = _("%(km)s km away") % {"km": shown}
    return Distance(steps, km, f"{text}, {_('abroad')}" if steps == 3 else text)


def km_between(one: UnitFacts, other: UnitFacts) -> float | None:
    """Great-circle distance (haversine formula); None where one of them has no coordinates."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    half_turn = math.sin(math.radians(one.longitude - other.longitude) / 2) ** 2
    square = math.sin((north - south) / 2) ** 2 + math.cos(north) * math.cos(south) * half_turn
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, square)))


def _steps(organisation: Tree, unit: UnitFacts, own: UnitFacts) -> int:
    if unit.code in own.lineage or own.code in unit.lineage:
        return 0
    if organisation.nation_of(unit.code) != organisation.nation_of(own.code):
        return 3
    shared = organisation.system_of(own.code)
    return 1 if shared.kind == "system" and shared.code in unit.lineage else 2
