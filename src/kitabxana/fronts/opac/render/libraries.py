"""Libraries with their doors: where each is and whether it is open now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kitabxana.fronts.opac.render.words import clock, unit_name, weekday
from kitabxana.kernel.periods import NeverOpen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from kitabxana.kernel.periods import Calendar
    from kitabxana.organisation.facts import Tree, UnitFacts


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a library is open now, and the sentence that says until or from when."""

    open: bool
    text: str

    @property
    def mark(self) -> str:
        return "in" if self.open else "out"


@dataclass(frozen=True, slots=True)
class Library:
    code: str
    name: str
    where: str
    phone: str
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class System:
    """A library system, or whatever stands above libraries that belong to none."""

    code: str
    name: str
    libraries: tuple[Library, ...]


def opening(organisation: Tree, unit: UnitFacts, *, now: datetime) -> Opening | None:
    """By the library's own calendar and clock; None where no hours are known."""
    if not organisation.weekly_hours(unit.code):
        return None
    calendar = organisation.calendar(unit.code, since=now.date() - timedelta(days=1))
    here = now.astimezone(calendar.zone)
    today = here.date()
    if calendar.is_open(today):
        opens, closes = calendar.weekly[today.isoweekday()]
        if here.time() < opens:
            return Opening(open=False, text=_("opens today at %(time)s") % {"time": clock(opens)})
        if here.time() < closes:
            return Opening(open=True, text=_("open until %(time)s") % {"time": clock(closes)})
    return _next_opening(calendar, here)


def _next_opening(calendar: Calendar, here: datetime) -> Opening:
    tomorrow = here.date() + timedelta(days=1)
    try:
        coming = calendar.next_open(tomorrow)
    except NeverOpen:
        return Opening(open=False, text=_("closed"))
    said = {"time": clock(calendar.weekly[coming.isoweekday()][0]), "day": weekday(coming)}
    if coming == tomorrow:
        return Opening(open=False, text=_("closed, opens tomorrow at %(time)s") % said)
    if coming - tomorrow < timedelta(days=6):
        return Opening(open=False, text=_("closed, opens on %(day)s at %(time)s") % said)
    return Opening(open=False, text=_("closed for now"))


def systems(organisation: Tree, *, now: datetime) -> list[System]:
    """Every library under its system, in the order of the tree."""
    above: dict[str, list[Library]] = {}
    for unit in organisation.libraries():
        above.setdefault(organisation.system_of(unit.code).code, []).append(_library(organisation, unit, now=now))
    return list(_named(organisation, above))


def _named(organisation: Tree, above: dict[str, list[Library]]) -> Iterator[System]:
    for code, libraries in above.items():
        yield System(code, unit_name(organisation.units[code]), tuple(libraries))


def _library(organisation: Tree, unit: UnitFacts, *, now: datetime) -> Library:
    where = ", ".join(part for part in (unit.city, unit.address) if part)
    return Library(unit.code, unit_name(unit), where, unit.phone, opening(organisation, unit, now=now))
