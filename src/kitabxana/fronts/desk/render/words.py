"""Codes and dates as a librarian reads them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kitabxana.circulation.messages import refusal_text
from kitabxana.kernel.decisions import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

PLACES: dict[str, _StrPromise] = {
    "shelf": _("On the shelf"),
    "loan": _("On loan"),
    "hold_shelf": _("On the hold shelf"),
    "transit": _("On its way"),
    "conservation": _("In conservation"),
    "order": _("On order"),
}
FLAGS: dict[str, _StrPromise] = {
    "lost": _("Lost"),
    "withdrawn": _("Withdrawn"),
    "damaged": _("Damaged"),
    "not_for_loan": _("For use in the library"),
    "restricted": _("Restricted"),
}
_BABEL = {"en": "en_GB"}


def language() -> str:
    return get_language() or "az"


def babel_locale() -> str:
    return _BABEL.get(language(), language())


def long_date(day: date) -> str:
    """8 December 2026, as the reader's language writes it."""
    return format_date(day, "long", locale=babel_locale())


def short_date(day: date) -> str:
    return format_date(day, "medium", locale=babel_locale())


def short_moment(moment: datetime, zone: str) -> str:
    """Day and minute on the library's own clock."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date())}, {format_time(local.time(), 'short', locale=babel_locale())}"


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def named(names: Mapping[str, str], code: str) -> str:
    """The name in the user's language, else the national one, else any, else the code."""
    return names.get(language()) or names.get("az") or next(iter(names.values()), code)


def unit_name(units: Mapping[str, UnitFacts], code: str) -> str:
    unit = units.get(code)
    return unit.name(language()) if unit else code


def flags_of(item: ItemFacts) -> list[str]:
    """What keeps a copy from being lent, or should be looked at."""
    return [str(text) for name, text in FLAGS.items() if getattr(item, name)]


def sentence(refusal: Refusal) -> str:
    """The refusal's sentence, a date in it written as the language writes dates."""
    params = dict(refusal.params)
    if isinstance(params.get("date"), str):
        params["date"] = long_date(date.fromisoformat(str(params["date"])))
    return refusal_text(Refusal(refusal.code, params, refusal.override))
