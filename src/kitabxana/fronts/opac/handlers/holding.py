"""Waiting for a book: asking for it, and changing or ending one's own hold."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, reader
from kitabxana.base.idempotency import once
from kitabxana.circulation import operations
from kitabxana.circulation.queries import holds_count
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.circulation.rules.holds import pickup_units
from kitabxana.fronts.opac.forms import day_typed, typed
from kitabxana.fronts.opac.handlers.found import LARGEST_ID, follows_merges, found_record
from kitabxana.fronts.opac.render.books import book
from kitabxana.fronts.opac.render.holds import asked_choices, pickup_choices, rows_of
from kitabxana.fronts.opac.render.refusals import reason, refused_text
from kitabxana.fronts.opac.render.words import local_day
from kitabxana.fronts.opac.session import own_library, reader_id
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.organisation.facts import Tree

OF_THE_CHOICE: Final = frozenset({"pickup_not_here", "pickup_out_of_reach", "copy_must_be_asked_for"})
"""Refusals that another library or another copy in the same form may do away with."""


@reader
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@follows_merges
def place(request: HttpRequest, record_id: int) -> HttpResponse:
    """A form for what to wait for, where and until when; what stands in the way is told before it is filled in."""
    found, by, now, organisation = found_record(record_id), actor_of(request), timezone.now(), tree()
    patron = patrons_by_id([reader_id(request)])[reader_id(request)]
    pickup = request.POST.get("pickup") or own_library(request, organisation) or patron.home_unit
    today = local_day(now, organisation.units[patron.home_unit].zone)
    refused: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            _place(request.POST, record_id, patron.id, pickup, by=by, now=now)
        except Refused as refusal:
            refused = refusal.refusals
        else:
            title = book(record_id, found.brief).title
            messages.success(request, _("You are in line for “%(title)s”.") % {"title": title})
            return redirect(reverse("opac:account") + "#holds")
    here = pickup if pickup in organisation.units else patron.home_unit
    look = operations.look_at_hold(record_id=record_id, patron_id=patron.id, pickup_unit=here, by=by, now=now)
    shut = [one for one in look.refusals if one.code not in OF_THE_CHOICE]
    context = {
        "book": book(record_id, found.brief),
        "waiting": holds_count([record_id]).get(record_id, 0),
        "problems": dict.fromkeys(reason(one, today=today) for one in (*refused, *shut)),
        "open": look.pickups and not shut,
        "asked": asked_choices(look, organisation),
        "pickups": pickup_choices(look.pickups, organisation),
        "pickup": pickup,
        "what": request.POST.get("what", ""),
        "until": request.POST.get("until", ""),
        "today": today.isoformat(),
        "once": uuid.uuid4(),
    }
    return render(request, "opac/hold_new.html", context, status=409 if refused else 200)


def _place(data: QueryDict, record_id: int, patron_id: int, pickup: str, *, by: Actor, now: datetime) -> None:
    """Once for each form, however often it is sent. Refused as `place_hold`."""
    kind, _colon, which = data.get("what", "").partition(":")
    wanted: dict[str, Any] = {"until": day_typed(data, "until")}
    if kind == "volume":
        wanted["volume"] = which
    elif kind == "item":
        wanted["item_id"] = int(which) if which.isascii() and which.isdecimal() and len(which) < 18 else 0

    def do() -> int:
        placed = operations.place_hold(
            record_id=record_id, patron_id=patron_id, pickup_unit=pickup, by=by, now=now, **wanted
        )
        return placed.id

    asked = ["hold", record_id, data.get("what", ""), pickup]
    once(caller=f"login {by.user_id}", key=typed(data, "once"), asked=asked, do=do)


@reader
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """One hold of this reader; a POST suspends, resumes or cancels it, changes where or until when it is wanted."""
    organisation, now = tree(), timezone.now()
    found = _own(request, hold_id, organisation)
    if request.method == "POST":
        return _change(request, found, organisation, now=now)
    rows = rows_of([found], organisation=organisation, now=now)
    if not rows:
        raise Http404
    copies = items_of([found.record_id], organisation=organisation).get(found.record_id, [])
    context = {
        "hold": rows[0],
        "pickups": pickup_choices([one.code for one in pickup_units(found, copies, organisation)], organisation),
        "today": local_day(now, organisation.units[found.pickup_unit].zone).isoformat(),
    }
    return render(request, "opac/hold.html", context)


def _own(request: HttpRequest, hold_id: int, organisation: Tree) -> HoldFacts:
    """The hold, or the page that says there is none: another reader's is not to be told from none."""
    found = one_hold(hold_id, organisation=organisation) if hold_id <= LARGEST_ID else None
    if found is None or found.patron_id != reader_id(request):
        raise Http404
    return found


def _change(request: HttpRequest, found: HoldFacts, organisation: Tree, *, now: datetime) -> HttpResponse:
    act = ACTS.get(typed(request.POST, "do"))
    if act is None:
        raise Http404
    today = local_day(now, organisation.units[found.pickup_unit].zone)
    what, done = act
    try:
        what(request.POST, {"hold_id": found.id, "by": actor_of(request), "now": now})
    except Refused as refused:
        messages.error(request, refused_text(refused.refusals, today=today))
    else:
        messages.success(request, done())
    if what is _cancel:
        return redirect(reverse("opac:account") + "#holds")
    return redirect("opac:hold", found.id)


def _pickup(data: QueryDict, asked: dict[str, Any]) -> None:
    operations.change_pickup(pickup_unit=typed(data, "pickup"), **asked)


def _suspend(data: QueryDict, asked: dict[str, Any]) -> None:
    operations.suspend_hold(until=day_typed(data, "until"), **asked)


def _resume(_data: QueryDict, asked: dict[str, Any]) -> None:
    operations.resume_hold(**asked)


def _until(data: QueryDict, asked: dict[str, Any]) -> None:
    operations.change_hold(until=day_typed(data, "until"), **asked)


def _cancel(_data: QueryDict, asked: dict[str, Any]) -> None:
    operations.cancel_hold(**asked)


ACTS: Final[dict[str, tuple[Callable[[QueryDict, dict[str, Any]], None], Callable[[], str]]]] = {
    "pickup": (_pickup, lambda: _("The library is changed.")),
    "suspend": (_suspend, lambda: _("The hold is suspended. You keep your place in line.")),
    "resume": (_resume, lambda: _("You are in line again, at your old place.")),
    "until": (_until, lambda: _("Saved.")),
    "cancel": (_cancel, lambda: _("The hold is cancelled.")),
}
