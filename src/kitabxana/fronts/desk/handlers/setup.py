"""A newcomer's first day: from an empty nation to a library that lends, step by step, each of them left out at will."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.handlers.calendars import hours_typed
from kitabxana.fronts.desk.render.calendars import hours_source, week
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.setup import STEP_NAMES, ZONES, holiday_words, sketch, summary, template_sentences
from kitabxana.fronts.desk.render.words import unit_name
from kitabxana.fronts.desk.session import working_unit
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.messages import ROLE_NAMES, ROLE_TASKS, TEMPLATE_NAMES, refusal_text
from kitabxana.organisation.queries import setup_steps, tree
from kitabxana.organisation.rules import FINISHED, STEPS

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LANGUAGES = ("az", "tr", "en", "ru")
USUAL_WEEK = {day: (time(9), time(18)) for day in range(1, 7)}
DESK_ROLES = ("librarian", "cataloguer", "administrator")
Found = dict[str, Any]


@staff("organisation.edit")
@require_safe
def setup(request: DeskRequest) -> HttpResponse:
    """To the first step that is neither done nor left out; to the summary when there is none."""
    _nation(request)
    behind = setup_steps()
    return redirect("desk:setup_step", next((step for step in STEPS if step not in behind), FINISHED))


@staff("organisation.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def setup_step(request: DeskRequest, step: str) -> HttpResponse:
    """One step: its form, or (POST) done with `skip` or with what was typed; then the next one."""
    nation = _nation(request)
    if step == FINISHED:
        return _finished(request, nation)
    if step not in STEPS:
        raise Http404
    problem: list[str] = []
    if request.method == "POST":
        try:
            made = _take(request, step, nation)
        except Refused as refused:
            problem = [refusal_text(one) for one in refused.refusals]
        else:
            if made:
                return _show(request, nation, step, {"made": made})
            return redirect("desk:setup")
    return _show(request, nation, step, {"problem": problem}, status=409 if problem else 200)


@transaction.atomic
def _take(request: DeskRequest, step: str, nation: UnitFacts) -> Found | None:
    by, skipped = actor_of(request), "skip" in request.POST
    made = None if skipped else TAKEN[step](request.POST, nation, by)
    do.note_step(name=step, by=by, now=timezone.now(), skipped=skipped)
    return made


def _take_nation(data: QueryDict, nation: UnitFacts, by: Actor) -> None:
    values = {name: typed(data, name) for name in ("zone", "currency")}
    do.describe_unit(code=nation.code, names=_names(data, "name"), by=by, **values)


def _take_library(data: QueryDict, nation: UnitFacts, by: Actor) -> None:
    do.found_library(
        nation=nation.code, system=_names(data, "system"), library=_names(data, "library"), by=by,
        city=typed(data, "city")[:80], address=typed(data, "address"),
    )  # fmt: skip


def _take_calendar(data: QueryDict, nation: UnitFacts, by: Actor) -> None:
    do.set_hours(unit=nation.code, weekly=hours_typed(data), by=by)
    if "holidays" in data:
        do.add_public_holidays(unit=nation.code, country=nation.country, by=by)


def _take_rules(data: QueryDict, nation: UnitFacts, by: Actor) -> None:
    do.apply_template(name=typed(data, "template"), unit=nation.code, by=by)


def _take_staff(data: QueryDict, _nation: UnitFacts, by: Actor) -> Found:
    role = typed(data, "role")
    _number, password = do.add_login(
        username=typed(data, "username"), name=typed(data, "name"), role=role if role in DESK_ROLES else "",
        unit=typed(data, "unit") or None, by=by, now=timezone.now(),
    )  # fmt: skip
    return {"username": typed(data, "username"), "password": password}


TAKEN = {
    "nation": _take_nation,
    "library": _take_library,
    "calendar": _take_calendar,
    "rules": _take_rules,
    "staff": _take_staff,
}


def _names(data: QueryDict, prefix: str) -> dict[str, str]:
    return {language: typed(data, f"{prefix}_{language}")[:120] for language in LANGUAGES}


def _nation(request: DeskRequest) -> UnitFacts:
    """The nation that is set up: the first there is. Only who may change everything gets here."""
    if not actor_of(request).may("organisation.edit", ""):
        raise PermissionDenied
    nations = tree().children(None)
    if not nations:
        raise Http404
    return nations[0]


def _show(request: DeskRequest, nation: UnitFacts, step: str, more: Found, *, status: int = 200) -> HttpResponse:
    organisation, behind = tree(), setup_steps()
    libraries = organisation.libraries()
    context = {
        "step": step,
        "number": STEPS.index(step) + 1,
        "of": len(STEPS),
        "steps": [(one, STEP_NAMES[one], one in behind, behind.get(one, False)) for one in STEPS],
        "title": STEP_NAMES[step],
        "nation": nation,
        "sent": request.POST,
        "names": [(language, request.POST.get(f"name_{language}", nation.names.get(language, "")))
                  for language in LANGUAGES],
        "systems": [(language, request.POST.get(f"system_{language}", "")) for language in LANGUAGES],
        "libraries_named": [(language, request.POST.get(f"library_{language}", "")) for language in LANGUAGES],
        "zones": ZONES,
        "week": week(organisation.weekly_hours(nation.code) if hours_source(organisation, nation) else USUAL_WEEK),
        "holidays": holiday_words(nation.country),
        "templates": [(code, name, template_sentences(code, nation.currency)) for code, name in TEMPLATE_NAMES.items()],
        "roles": [(role, ROLE_NAMES[role], ROLE_TASKS[role]) for role in DESK_ROLES],
        "places": [(one.code, unit_name(organisation.units, one.code)) for one in libraries],
        "sketch": sketch(organisation, nation),
    }  # fmt: skip
    return page(request, _where(request, nation), "admin/setup", context | more, status=status)


def _finished(request: DeskRequest, nation: UnitFacts) -> HttpResponse:
    """What stands now, and what to do first; shown again at any time."""
    behind = setup_steps()
    if request.method == "POST":
        do.note_step(name=FINISHED, by=actor_of(request), now=timezone.now())
        return redirect("desk:home")
    context = {
        "steps": [(one, STEP_NAMES[one], one in behind, behind.get(one, False)) for one in STEPS],
        "rows": summary(tree(), nation),
        "finished": FINISHED in behind,
        "can_lend": bool(tree().libraries()),
    }
    return page(request, _where(request, nation), "admin/setup_finished", context)


def _where(request: DeskRequest, nation: UnitFacts) -> UnitFacts:
    return working_unit(actor_of(request)) or nation
