"""The guided set-up in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kitabxana.fronts.desk.render.words import babel_locale, unit_name
from kitabxana.organisation.messages import policy_sentence
from kitabxana.organisation.queries import staff_page
from kitabxana.organisation.rules import HOLIDAYS, TEMPLATES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.organisation.facts import Tree, UnitFacts

ZONES = ("Asia/Baku", "Europe/Istanbul", "Asia/Nicosia", "Asia/Tbilisi", "Asia/Almaty", "Asia/Tashkent")
STEP_NAMES: dict[str, _StrPromise] = {
    "nation": _("The nation"),
    "library": _("The first library"),
    "calendar": _("When it is open"),
    "rules": _("What is lent, and for how long"),
    "staff": _("Who works at the desk"),
}


def holiday_words(country: str) -> list[tuple[str, str]]:
    """(name, days) of the public holidays known for a country."""
    found = []
    for title, first, last in HOLIDAYS.get(country, ()):
        days = [format_date(date(2024, *day), "d MMMM", locale=babel_locale()) for day in dict.fromkeys((first, last))]
        found.append((title, " – ".join(days)))
    return found


def template_sentences(name: str, currency: str) -> list[str]:
    return [policy_sentence(policy, value, currency=currency) for policy, value in TEMPLATES[name].items()]


def sketch(organisation: Tree, nation: UnitFacts) -> list[tuple[int, str]]:
    """(depth, name) of the tree as it stands."""
    return [(len(one.lineage) - 1, unit_name(organisation.units, one.code)) for one in organisation.under(nation.path)]


def summary(organisation: Tree, nation: UnitFacts) -> list[tuple[str, str]]:
    """(what, how it stands) for the end of the set-up; three statements and the tree."""
    libraries = [unit_name(organisation.units, one.code) for one in organisation.libraries()]
    closed = len(organisation.closures.get(nation.code, ()))
    days = len(organisation.weekly_hours(nation.code))
    people = staff_page(scopes=("",), offset=0, limit=50)[1]
    rows = [
        (gettext("Nation"), f"{unit_name(organisation.units, nation.code)} · {nation.zone} · {nation.currency}"),
        (gettext("Libraries"), ", ".join(libraries) or "—"),
        (
            gettext("Calendar"),
            ngettext("%(count)s open day a week", "%(count)s open days a week", days) % {"count": days}
            + ", "
            + ngettext("%(count)s public holiday", "%(count)s public holidays", closed) % {"count": closed},
        ),
        (gettext("Staff"), ", ".join(one.username for one in people)),
    ]
    length = organisation.policies.get("loan_length", {}).get((nation.code, None, None))
    if length is not None:
        rows.insert(3, (gettext("Rules"), policy_sentence("loan_length", length)))
    return rows
