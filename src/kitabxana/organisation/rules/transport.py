"""What it costs to bring something from one library to another."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree, UnitFacts

EARTH_RADIUS_KM = 6371.0
UNKNOWN_KM = {"system": 30.0, "nation": 300.0, "abroad": 3000.0}
"""Taken for the way between units that nobody has put on the map."""


def transport_cost(tree: Tree, start: str, end: str) -> float:
    """Kilometres as the crow flies; 0 within one library, a round figure where a place is not on the map."""
    if start == end:
        return 0.0
    one, other = _placed(tree, start), _placed(tree, end)
    if one is not None and other is not None:
        return _kilometres(one, other)
    if tree.nation_of(start) != tree.nation_of(end):
        return UNKNOWN_KM["abroad"]
    same = tree.system_of(start).code == tree.system_of(end).code
    return UNKNOWN_KM["system" if same else "nation"]


def _placed(tree: Tree, code: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees: the unit's own; a service point stands where its library does."""
    for up in tree.units[code].lineage:
        unit: UnitFacts = tree.units[up]
        if unit.latitude is not None and unit.longitude is not None:
            return (unit.latitude, unit.longitude)
        if unit.kind != "point":
            return None
    return None


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle between two points, by the haversine formula."""
    (south, west), (north, east) = one, other
    half = sin(radians(north - south) / 2) ** 2
    half += cos(radians(south)) * cos(radians(north)) * sin(radians(east - west) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))
