"""The whole audit trail, for data protection officers: who did what, when, to which thing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.base.audit import Question, sift
from kitabxana.fronts.desk.forms import day_typed, page_number, typed
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.trail import KINDS, trail_rows
from kitabxana.fronts.desk.render.words import local_day
from kitabxana.fronts.desk.session import at_library
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 50
USUAL_DAYS = 30


@staff("audit.view")
@require_safe
@at_library
def trail(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Entries by kind of thing and its number, by login, by the beginning of the action's name, by days (at first the
    last thirty); with a part of the tree only what was done from there."""
    by, number = actor_of(request), page_number(request.GET)
    asked = {name: typed(request.GET, name) for name in ("kind", "object", "login", "action")}
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    today = local_day(timezone.now(), where.zone)
    first = day_typed(request.GET, "since") or today - timedelta(days=USUAL_DAYS)
    last = day_typed(request.GET, "until")
    question = Question(
        object_type=kind,
        object_id=asked["object"][:40],
        actor=asked["login"],
        action=asked["action"][:60],
        units=_seen(by),
        since=_midnight(first, where),
        until=_midnight(last + timedelta(days=1), where) if last else None,
    )
    entries = sift(question, limit=A_PAGE + 1, offset=(number - 1) * A_PAGE)
    kept = {**asked, "since": first.isoformat(), "until": last.isoformat() if last else ""}
    context = {
        "asked": kept,
        "kinds": [(code, name) for code, name in KINDS.items()],
        "rows": trail_rows(entries[:A_PAGE], by=by, where=where),
        "number": number,
        "address": f"?{urlencode(kept)}",
        "more": len(entries) > A_PAGE,
    }
    return page(request, where, "admin/trail", context)


def _seen(by: Actor) -> frozenset[str] | None:
    """The units whose work may be looked at; None for all, with what was done at no unit."""
    if by.may("audit.view", ""):
        return None
    return frozenset(one.code for one in tree().units.values() if by.may("audit.view", one.path))


def _midnight(day: date, where: UnitFacts) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(where.zone))
