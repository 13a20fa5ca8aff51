"""The facets beside the results: every value a link that chooses it or lets it go."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from kitabxana.base.code_names import language_name
from kitabxana.fronts.opac.messages import FACETS, MATERIALS
from kitabxana.fronts.opac.render.words import number, unit_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitabxana.fronts.opac.asked import Asked
    from kitabxana.organisation.facts import Tree
    from kitabxana.search.facts import Counts

SHOWN_FIRST: Final = 8
"""Values past this many of a facet stand behind "more"."""

MOST_SHOWN: Final = 16
MOST_LIBRARIES: Final = 40
OPEN: Final = frozenset({"library", "material", "language"})
"""Facets that stand open before anything is chosen in them."""

OLDEST_DECADE: Final = 1920
_RANGE: Final = re.compile(r"(\d{1,4})-(\d{1,4})", re.ASCII)
Pairs = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`level` is how deep a library stands under the ones shown above it."""

    label: str
    count: str
    address: str
    chosen: bool
    level: int = 0
    share: int = 0
    """Tenths of the fullest span of years, for its bar; 0 draws none."""


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    values: tuple[FacetValue, ...]
    more: tuple[FacetValue, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value; `address` is the same search without it."""

    facet: str
    label: str
    address: str


def counts_of(answered: Counts, *, asked: Asked, year: int) -> dict[str, Pairs]:
    """Hits by facet value, years gathered into the spans that are shown."""
    found = {facet: list(counts) for facet, counts in answered.by_facet.items()}
    decades = {int(value.partition("-")[0]): count for value, count in found.get("year", ())}
    spans = dict.fromkeys((*year_ranges(year), *asked.filters.get("year", ())))
    counted = {value: _within(value, decades) for value in spans}
    found["year"] = [(value, count) for value, count in counted.items() if count]
    return found


def _within(span: str, decades: Mapping[int, int]) -> int:
    """How many hits the decades that lie in a span have together."""
    read = _RANGE.fullmatch(span)
    return sum(count for first, count in decades.items() if read and int(read[1]) <= first <= int(read[2]))


def year_ranges(year: int) -> list[str]:
    """From this decade back: single decades while books are many, then longer spans."""
    decades = [f"{first}-{first + 9}" for first in range(year // 10 * 10, OLDEST_DECADE - 1, -10)]
    return [*decades, "1900-1919", "1800-1899", "1000-1799"]


def facets(
    asked: Asked, counts: Mapping[str, Pairs], *, organisation: Tree, estimated: frozenset[str] = frozenset()
) -> list[Facet]:
    """Facets that have anything to choose, in their fixed order; counts of the `estimated` ones say so."""
    shown = []
    for name, label in FACETS.items():
        if name == "library":
            values = _libraries(asked, dict(counts["library"]), organisation)
        else:
            pairs = list(_listed(asked, name, counts))
            most = max((count for _, count in pairs), default=0) if name == "year" else 0
            values = [
                _value(asked, name, value, count, organisation, share=-(-10 * count // most) if most else 0)
                for value, count in pairs
            ]
        if name in estimated:
            values = [replace(value, count=f"≈ {value.count}") for value in values]
        if values:
            first = len(values) if name in ("library", "year") else max(SHOWN_FIRST, sum(one.chosen for one in values))
            opened = name in OPEN or name in asked.filters
            shown.append(Facet(name, str(label), tuple(values[:first]), tuple(values[first:]), open=opened))
    return shown


def chips(asked: Asked, *, organisation: Tree) -> list[Chip]:
    shelf = [Chip(_("State"), _("On the shelf now"), asked.availability_switched.address())] if asked.available else []
    return shelf + [
        Chip(str(FACETS[name]), label_of(name, value, organisation), asked.toggled(name, value).address())
        for name, values in asked.filters.items()
        for value in values
    ]


def label_of(facet: str, value: str, organisation: Tree) -> str:
    """A facet value as a reader reads it."""
    if facet == "library":
        unit = organisation.units.get(value)
        return unit_name(unit) if unit else value
    if facet == "material":
        return str(MATERIALS.get(value, value))
    if facet == "language":
        return language_name(value)
    return _years(value) if facet == "year" else value


def _years(value: str) -> str:
    span = _RANGE.fullmatch(value)
    if span is None:
        return value
    if span[1] == "1000":
        return _("before %(year)s") % {"year": int(span[2]) + 1}
    return f"{span[1]}–{span[2]}"


def _listed(asked: Asked, facet: str, counts: Mapping[str, Pairs]) -> Iterable[tuple[str, int]]:
    """The values to show: the chosen ones first where the list is cut, whatever they count."""
    if facet == "year":
        return counts["year"]
    known = dict(counts[facet])
    chosen = [(value, known.get(value, 0)) for value in asked.filters.get(facet, ())]
    rest = [pair for pair in counts[facet] if pair[0] not in asked.filters.get(facet, ())]
    return (chosen + rest)[:MOST_SHOWN]


def _value(
    asked: Asked, facet: str, value: str, count: int, organisation: Tree, level: int = 0, share: int = 0
) -> FacetValue:
    return FacetValue(
        label=label_of(facet, value, organisation),
        count=number(count),
        address=asked.toggled(facet, value).address(),
        chosen=value in asked.filters.get(facet, ()),
        level=level,
        share=share,
    )


def _libraries(asked: Asked, counts: Mapping[str, int], organisation: Tree) -> list[FacetValue]:
    """The tree as far as it helps: nations where there are several, systems, libraries below what was chosen."""
    chosen = set(asked.filters.get("library", ()))
    wanted = {code for code in counts if code in organisation.units} | (chosen & organisation.units.keys())
    roots = [unit.code for unit in organisation.children(None) if unit.code in wanted]
    start = (
        organisation.children(roots[0]) if len(roots) == 1 and not chosen & set(roots) else organisation.children(None)
    )
    listed: list[FacetValue] = []

    def walk(codes: Iterable[str], level: int) -> None:
        for code in sorted((code for code in codes if code in wanted), key=lambda code: (-counts.get(code, 0), code)):
            listed.append(_value(asked, "library", code, counts.get(code, 0), organisation, level))
            below = [unit.code for unit in organisation.children(code)]
            if chosen & {code, *below} or organisation.units[code].kind == "nation":
                walk(below, level + 1)

    walk((unit.code for unit in start), 0)
    return listed[:MOST_LIBRARIES]
