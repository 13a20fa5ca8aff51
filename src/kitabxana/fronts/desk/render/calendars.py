"""A unit's calendar as its page shows it: each line says whose it is, and what is one's own can be given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date, get_day_names
from django.utils.translation import gettext as _

from kitabxana.fronts.desk.render.words import babel_locale, long_date, short_date, unit_name
from kitabxana.kernel.periods import NeverOpen
from kitabxana.organisation.queries import calendar_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import CalendarEntry, Tree, UnitFacts

AHEAD = 14


@dataclass(frozen=True, slots=True)
class WeekdayRow:
    """`opens` and `closes` as HH:MM, "" when closed."""

    number: int
    name: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One closure or exception; `mine` where this page may take it out, `here` where it is the unit's own."""

    id: int
    when: str
    title: str
    open: bool
    yearly: bool
    hours: str
    source: str
    here: bool
    mine: bool
    day: str


@dataclass(frozen=True, slots=True)
class DayRow:
    name: str
    hours: str


def week(weekly: Mapping[int, tuple[time, time]]) -> list[WeekdayRow]:
    names = get_day_names("wide", locale=babel_locale())
    return [
        WeekdayRow(
            day,
            names[day - 1].capitalize(),
            f"{weekly[day][0]:%H:%M}" if day in weekly else "",
            f"{weekly[day][1]:%H:%M}" if day in weekly else "",
        )
        for day in range(1, 8)
    ]


def hours_source(organisation: Tree, unit: UnitFacts) -> str | None:
    """The code of the unit whose weekly hours hold here, None where nobody has said any."""
    return next((up for up in unit.lineage if up in organisation.hours), None)


def entry_rows(organisation: Tree, unit: UnitFacts, *, since: date, by: Actor) -> list[EntryRow]:
    return [_entry(organisation, unit, one, by=by) for one in calendar_entries(unit.code, since=since)]


def _entry(organisation: Tree, unit: UnitFacts, one: CalendarEntry, *, by: Actor) -> EntryRow:
    return EntryRow(
        id=one.id,
        when=_days(one),
        title=one.title,
        open=one.open,
        yearly=one.yearly,
        hours=f"{one.hours[0]:%H:%M}–{one.hours[1]:%H:%M}" if one.hours else "",
        source=unit_name(organisation.units, one.unit),
        here=one.unit == unit.code,
        mine=by.may("organisation.edit", organisation.units[one.unit].path),
        day=one.first_day.isoformat(),
    )


def _days(one: CalendarEntry) -> str:
    if not one.yearly:
        first = long_date(one.first_day)
        return first if one.first_day == one.last_day else f"{first} – {long_date(one.last_day)}"
    first, last = _every_year(one.first_day), _every_year(one.last_day)
    return first if first == last else f"{first} – {last}"


def _every_year(day: date) -> str:
    return format_date(day, "d MMMM", locale=babel_locale())


def days_ahead(organisation: Tree, unit: UnitFacts, *, today: date) -> list[DayRow]:
    """What all of it comes to in the next two weeks."""
    calendar, rows = organisation.calendar(unit.code, since=today), []
    for day in (today + timedelta(days=ahead) for ahead in range(AHEAD)):
        hours = calendar.hours(day)
        words = "" if hours is None else f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if calendar.hours_known else _("open")
        name = format_date(day, "EEE", locale=babel_locale())
        rows.append(DayRow(f"{name}, {short_date(day)}", words))
    return rows


def next_open_words(organisation: Tree, unit: UnitFacts, *, after: date) -> str:
    """The first open day after a closing that ends on `after`."""
    try:
        return long_date(organisation.calendar(unit.code, since=after).next_open(after + timedelta(days=1)))
    except NeverOpen:
        return ""
