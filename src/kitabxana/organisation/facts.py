"""The organisation as plain values: the tree, its calendars, its policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kitabxana.kernel.periods import FAR, Calendar


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """One unit with what it inherits already filled in (country, zone, currency)."""

    id: int
    code: str
    kind: str
    path: str
    parent: str | None
    names: Mapping[str, str]
    country: str
    zone: str
    currency: str
    address: str = ""
    city: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), self.code)

    @property
    def lineage(self) -> tuple[str, ...]:
        """Codes from this unit up to the root."""
        return tuple(reversed(self.path.rstrip("/").split("/")))


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    first_day: date
    last_day: date
    yearly: bool

    def days(self, *, since: date) -> frozenset[date]:
        """The closed days from `since` on, as far as a calendar looks ahead."""
        last = since + timedelta(days=FAR)
        if not self.yearly:
            start, end = max(self.first_day, since), min(self.last_day, last)
            return frozenset(start + timedelta(days=n) for n in range((end - start).days + 1))
        length = (self.last_day - self.first_day).days
        days: set[date] = set()
        for year in range(since.year - 1, last.year + 1):
            # 29 February closes 1 March in other years rather than nothing.
            leap_safe = self.first_day.month == 2 and self.first_day.day == 29  # noqa: PLR2004
            start = date(year, 3, 1) if leap_safe else self.first_day.replace(year=year)
            days |= {start + timedelta(days=n) for n in range(length + 1)}
        return frozenset(day for day in days if since <= day <= last)


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole organisation at one moment, held in the process; `stamp` tells whether it is still current."""

    stamp: UUID
    units: Mapping[str, UnitFacts]
    by_id: Mapping[int, UnitFacts]
    hours: Mapping[str, Mapping[int, tuple[time, time]]]
    closures: Mapping[str, tuple[ClosureFacts, ...]]
    policies: Mapping[tuple[str, str | None, str | None, str | None], Any] = field(default_factory=dict)

    def under(self, path: str) -> list[UnitFacts]:
        return [unit for unit in self.units.values() if unit.path.startswith(path)]

    def children(self, code: str | None) -> list[UnitFacts]:
        return [unit for unit in self.units.values() if unit.parent == code]

    def libraries(self) -> list[UnitFacts]:
        return [unit for unit in self.units.values() if unit.kind == "library"]

    def system_of(self, code: str) -> UnitFacts:
        """The library system a unit belongs to, or the unit itself where there is none above it."""
        unit = self.units[code]
        return next((self.units[up] for up in unit.lineage if self.units[up].kind == "system"), unit)

    def weekly_hours(self, code: str) -> Mapping[int, tuple[time, time]]:
        """Own hours or the nearest ancestor's; {} when none has any."""
        return next((self.hours[up] for up in self.units[code].lineage if up in self.hours), {})

    def calendar(self, code: str, *, since: date) -> Calendar:
        """The calendar of a unit from `since` on: hours of the nearest unit that has some, closures of all above."""
        unit = self.units[code]
        closed: frozenset[date] = frozenset()
        for up in unit.lineage:
            for closure in self.closures.get(up, ()):
                closed |= closure.days(since=since)
        return Calendar(zone=ZoneInfo(unit.zone), weekly=self.weekly_hours(code), closed=closed)
