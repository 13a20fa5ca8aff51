"""Numbers, days, languages and libraries in the reader's own language."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal
from django.utils.translation import get_language

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from kitabxana.organisation.facts import UnitFacts

_ALIASES = get_global("language_aliases")
# ISO 639-2 codes (MARC has the bibliographic ones) to the shorter ones under which CLDR keeps its names.


def tongue() -> str:
    """The interface language of this request as a BCP 47 tag."""
    return get_language() or "az"


@functools.cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def number(value: int) -> str:
    return _number(value, tongue())


@functools.lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    return str(format_decimal(value, locale=_locale(language)))


def decimal(value: float, *, places: int) -> str:
    """A number with so many digits behind its comma or point."""
    return str(format_decimal(round(value, places), locale=_locale(tongue())))


def tag_of(code: str) -> str:
    """The BCP 47 tag of a MARC language code (ISO 639-2/B), for `lang` attributes."""
    alias = _ALIASES.get(code, code)
    return alias if alias.isascii() else code


def language_name(code: str) -> str:
    """The name of a MARC language code, capitalised; the code itself when nobody knows it."""
    return _language_name(code, tongue())


@functools.lru_cache(maxsize=2048)
def _language_name(code: str, language: str) -> str:
    names = _locale(language).languages
    name: str = names.get(tag_of(code)) or names.get(code) or code
    return capitalised(name, language)


def capitalised(text: str, language: str) -> str:
    """With a first capital as az and tr write it: i becomes İ there."""
    first = "İ" if text[:1] == "i" and language in ("az", "tr") else text[:1].upper()
    return first + text[1:]


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def day(value: date, *, today: date) -> str:
    """ "8 December" this year, with the year in any other."""
    locale = _locale(tongue())
    if value.year == today.year:
        return format_skeleton("MMMMd", value, locale=locale)
    return format_date(value, format="long", locale=locale)


def weekday(value: date) -> str:
    return str(get_day_names("wide", "format", locale=_locale(tongue()))[value.weekday()])


def clock(value: time) -> str:
    """Hours and minutes as opening hours are posted on a door."""
    return format_time(value, format="HH:mm", locale=_locale(tongue()))


def unit_name(unit: UnitFacts) -> str:
    return unit.name(tongue())
