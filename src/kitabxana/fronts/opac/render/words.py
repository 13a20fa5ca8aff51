"""Numbers, days, languages and libraries in the reader's own language."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal

from kitabxana.base.code_names import locale_of, tongue

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from kitabxana.organisation.facts import UnitFacts


def number(value: int) -> str:
    return _number(value, tongue())


@functools.lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    return str(format_decimal(value, locale=locale_of(language)))


def decimal(value: float, *, places: int) -> str:
    """A number with so many digits behind its comma or point."""
    return str(format_decimal(round(value, places), locale=locale_of(tongue())))


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def day(value: date, *, today: date) -> str:
    """ "8 December" this year, with the year in any other."""
    locale = locale_of(tongue())
    if value.year == today.year:
        return format_skeleton("MMMMd", value, locale=locale)
    return format_date(value, format="long", locale=locale)


def weekday(value: date) -> str:
    return str(get_day_names("wide", "format", locale=locale_of(tongue()))[value.weekday()])


def clock(value: time) -> str:
    """Hours and minutes as opening hours are posted on a door."""
    return format_time(value, format="HH:mm", locale=locale_of(tongue()))


def unit_name(unit: UnitFacts) -> str:
    return unit.name(tongue())
