"""The organisation as plain values: the tree, its calendars, its policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kitabxana.kernel.periods import Calendar, Hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


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
    closed: bool = False

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

    def covers(self, day: date) -> bool:
        if not self.yearly:
            return self.first_day <= day <= self.last_day
        length = self.last_day - self.first_day
        # A run of days that began last year may reach into this one.
        return any(start <= day <= start + length for start in (self._start(day.year - 1), self._start(day.year)))

    def _start(self, year: int) -> date:
        leap_day = (self.first_day.month, self.first_day.day) == (2, 29)
        # 29 February closes 1 March in other years rather than nothing.
        return date(year, 3, 1) if leap_day else self.first_day.replace(year=year)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A closure, or with `open` an exception to them, as it is kept at `unit`; `hours` None: the weekday's own."""

    id: int
    unit: str
    first_day: date
    last_day: date
    title: str
    yearly: bool = False
    open: bool = False
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What a unit says itself of what else it inherits; "" where it says nothing."""

    country: str
    zone: str
    currency: str
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """A login of staff; `roles` are (role, unit code or None for the whole installation)."""

    id: int
    username: str
    name: str
    active: bool
    one_time_until: datetime | None
    roles: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """All days that some closures cover, without listing them."""

    closures: tuple[ClosureFacts, ...]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(closure.covers(day) for closure in self.closures)


Cell = tuple[str | None, str | None, str | None]
"""Unit, patron category, item type; None stands for "all"."""

AROUND_THE_CLOCK: Mapping[int, tuple[time, time]] = dict.fromkeys(range(1, 8), (time.min, time.max))


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole organisation at one moment, held in the process; `stamp` tells whether it is still current."""

    stamp: UUID
    units: Mapping[str, UnitFacts]
    by_id: Mapping[int, UnitFacts]
    hours: Mapping[str, Mapping[int, tuple[time, time]]]
    closures: Mapping[str, tuple[ClosureFacts, ...]]
    opened: Mapping[str, Mapping[date, Hours | None]] = field(default_factory=dict)
    policies: Mapping[str, Mapping[Cell, Any]] = field(default_factory=dict)
    decided: dict[tuple[str, str, str, str], Any] = field(default_factory=dict, compare=False)
    """What `rules.decide` found already: it goes with the tree when the stamp changes."""

    beneath: dict[str, tuple[UnitFacts, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What `under` found already."""

    below: Mapping[str | None, tuple[UnitFacts, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        below: dict[str | None, list[UnitFacts]] = {}
        for unit in self.units.values():
            below.setdefault(unit.parent, []).append(unit)
        object.__setattr__(self, "below", {code: tuple(units) for code, units in below.items()})

    def under(self, path: str) -> tuple[UnitFacts, ...]:
        """The unit with this path and all below it, in the order of the tree."""
        found = self.beneath.get(path)
        if found is None:
            found = self.beneath[path] = tuple(unit for unit in self.units.values() if unit.path.startswith(path))
        return found

    def children(self, code: str | None) -> tuple[UnitFacts, ...]:
        """The units right under one; the nations, for None."""
        return self.below.get(code, ())

    def libraries(self) -> list[UnitFacts]:
        """The libraries that are not closed for good."""
        return [unit for unit in self.units.values() if unit.kind == "library" and not unit.closed]

    def nation_of(self, code: str) -> str:
        """The code of the root a unit stands under: a reader's card is good in the whole of it."""
        return self.units[code].lineage[-1]

    def system_of(self, code: str) -> UnitFacts:
        """The library system a unit belongs to, or the unit itself where there is none above it."""
        unit = self.units[code]
        return next((self.units[up] for up in unit.lineage if self.units[up].kind == "system"), unit)

    def weekly_hours(self, code: str) -> Mapping[int, tuple[time, time]]:
        """Own hours or the nearest ancestor's; {} when none has any."""
        return next((self.hours[up] for up in self.units[code].lineage if up in self.hours), {})

    def calendar(self, code: str, *, since: date) -> Calendar:
        """The calendar of a unit from `since` on: hours of the nearest unit that has some, closures and exceptions of
        all above.

        Where nobody has said when the library is open, no day is known to be closed.
        """
        unit, weekly = self.units[code], self.weekly_hours(code)
        closures = (closure for up in unit.lineage for closure in self.closures.get(up, ()))
        exceptions = (self.opened[up] for up in reversed(unit.lineage) if up in self.opened)
        return Calendar(
            zone=ZoneInfo(unit.zone),
            weekly=weekly or AROUND_THE_CLOCK,
            closed=ClosedDays(tuple(closure for closure in closures if closure.yearly or closure.last_day >= since)),
            opened={day: hours for days in exceptions for day, hours in days.items()},
            hours_known=bool(weekly),
        )
