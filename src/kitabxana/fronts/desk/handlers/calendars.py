"""When libraries are open: hours, closures and exceptions at any level of the tree, and closing without warning."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.circulation.messages import REFUSALS as CIRCULATION
from kitabxana.circulation.operations import close_suddenly, closing_preview
from kitabxana.fronts.desk.forms import day_typed, typed, whole_number
from kitabxana.fronts.desk.handlers.rules import named_unit
from kitabxana.fronts.desk.render.calendars import days_ahead, entry_rows, hours_source, next_open_words, week
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import local_day, sentence, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.messages import REFUSALS, refusal_text
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.kernel.periods import Hours
    from kitabxana.organisation.facts import UnitFacts


@staff("desk.use")
@require_safe
@at_library
def calendar(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The calendar of a unit (`unit`, a code or part of a name; else this library)."""
    return _show(request, where, named_unit(tree(), typed(request.GET, "unit")) or where)


@staff("organisation.edit")
@require_POST
@at_library
def change(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Do what `act` says to the unit's calendar; `look` and `close` are a sudden closing, seen first and then done."""
    unit = tree().units.get(typed(request.POST, "unit"))
    act = ACTS.get(typed(request.POST, "act"))
    if unit is None or act is None:
        raise Http404
    by = actor_of(request)
    try:
        done, more = act(request.POST, unit, by)
    except Refused as refused:
        return _show(request, where, unit, {"refused": [_words(one) for one in refused.refusals]}, status=409)
    if more:
        return _show(request, where, unit, more)
    messages.success(request, done)
    return redirect(f"{reverse('desk:calendar')}?{urlencode({'unit': unit.code})}")


Done = tuple[str, dict[str, Any]]
"""The words that tell it; or what the page shows before it is done."""


def _hours(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    do.set_hours(unit=unit.code, weekly=hours_typed(data), by=by)
    return _("The weekly hours are kept."), {}


def hours_typed(data: QueryDict) -> dict[int, Hours]:
    """The week of a form, a day left empty is closed. Refused: bad_hours, where only one end of a day is there."""
    weekly = {}
    for day in range(1, 8):
        opens, closes = _time(typed(data, f"opens_{day}")), _time(typed(data, f"closes_{day}"))
        if (opens is None) != (closes is None):
            raise Refused.one("bad_hours")
        if opens is not None and closes is not None:
            weekly[day] = (opens, closes)
    return weekly


def _inherit(_data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    do.inherit_hours(unit=unit.code, by=by)
    return _("The weekly hours are those of above again."), {}


def _closure(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    first, last = _span(data)
    do.add_closure(
        unit=unit.code, first_day=first, last_day=last, by=by, yearly="yearly" in data, title=typed(data, "title")[:100]
    )
    return _("The closure is kept."), {}


def _open(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    opens, closes = _time(typed(data, "opens")), _time(typed(data, "closes"))
    if (opens is None) != (closes is None):
        raise Refused.one("bad_hours")
    hours = (opens, closes) if opens is not None and closes is not None else None
    do.open_on(unit=unit.code, day=_span(data)[0], by=by, hours=hours, title=typed(data, "title")[:100])
    return _("The library is open on that day."), {}


def _reopen(data: QueryDict, _unit: UnitFacts, by: Actor) -> Done:
    do.remove_closure(closure_id=whole_number(data, "entry") or 0, by=by)
    return _("The closure is taken out."), {}


def _unopen(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    do.remove_open_day(unit=unit.code, day=_span(data)[0], by=by)
    return _("The exception is taken out."), {}


def _look(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    first, last = _span(data)
    moved = closing_preview(unit=unit.code, first_day=first, last_day=last, by=by, now=timezone.now())
    organisation = tree()
    rows = [(unit_name(organisation.units, code), found.loans, found.holds) for code, found in moved]
    seen = {
        "rows": rows,
        "loans": sum(row[1] for row in rows),
        "holds": sum(row[2] for row in rows),
        "next": next_open_words(organisation, unit, after=last),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "title": typed(data, "title")[:100],
    }
    return "", {"closing": seen}


def _close(data: QueryDict, unit: UnitFacts, by: Actor) -> Done:
    first, last = _span(data)
    moved = close_suddenly(
        unit=unit.code, first_day=first, last_day=last, by=by, now=timezone.now(), title=typed(data, "title")[:100]
    )
    told = _("Closed. Due dates moved: %(loans)s; days on the hold shelf moved: %(holds)s.")
    return told % {"loans": moved.loans, "holds": moved.holds}, {}


ACTS = {
    "hours": _hours,
    "inherit": _inherit,
    "closure": _closure,
    "open": _open,
    "reopen": _reopen,
    "unopen": _unopen,
    "look": _look,
    "close": _close,
}


def _span(data: QueryDict) -> tuple[date, date]:
    """First and last day as typed; one day where there is no last."""
    first = day_typed(data, "first_day")
    if first is None:
        raise Refused.one("no_day")
    return first, day_typed(data, "last_day") or first


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _words(refusal: Refusal) -> str:
    if refusal.code == "no_day":
        return _("Say which day.")
    return refusal_text(refusal) if refusal.code in REFUSALS or refusal.code not in CIRCULATION else sentence(refusal)


def _show(
    request: DeskRequest, where: UnitFacts, unit: UnitFacts, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    organisation, by = tree(), actor_of(request)
    today, source = local_day(timezone.now(), unit.zone), hours_source(organisation, unit)
    context = {
        "unit": unit,
        "unit_name": unit_name(organisation.units, unit.code),
        "lineage": [(code, unit_name(organisation.units, code)) for code in reversed(unit.lineage)],
        "children": [(one.code, unit_name(organisation.units, one.code)) for one in organisation.children(unit.code)],
        "week": week(organisation.weekly_hours(unit.code)),
        "hours_from": unit_name(organisation.units, source) if source else "",
        "hours_own": source == unit.code,
        "entries": entry_rows(organisation, unit, since=today, by=by),
        "ahead": days_ahead(organisation, unit, today=today),
        "may_edit": by.may("organisation.edit", unit.path),
        "today": timezone.now().astimezone(ZoneInfo(unit.zone)).date().isoformat(),
        **(more or {}),
    }
    return page(request, where, "calendar", context, status=status)
