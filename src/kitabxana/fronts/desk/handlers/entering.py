"""Coming in and going out: login, the choice of a library, logout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from kitabxana.base.access import actor_of, public, staff
from kitabxana.base.login import seconds_locked
from kitabxana.base.models import User
from kitabxana.base.ports import actor_for
from kitabxana.catalogue.queries import newest
from kitabxana.fronts.desk.forms import LONGEST, page_number, typed
from kitabxana.fronts.desk.render.pages import pages
from kitabxana.fronts.desk.render.words import language
from kitabxana.fronts.desk.session import safe_next, working_unit, workplaces
from kitabxana.language import fold
from kitabxana.organisation.queries import setup_open, tree

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LIBRARIES_A_PAGE = 24
COVERS = 9
"""How many drawn covers of new books stand beside the login."""


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: DeskRequest) -> HttpResponse:
    """Sign in as staff. A wrong password, a waiting time and a login without a role each get their own sentence."""
    if request.htmx:  # the session ended under an open page: the whole page must go to the login, not a part of it
        here = request.htmx.current_url_abs_path or reverse("desk:home")
        return HttpResponseClientRedirect(f"{reverse('desk:login')}?{urlencode({'next': here})}")
    if request.method != "POST":
        if request.user.is_authenticated and actor_of(request).may_anywhere("desk.use"):
            return redirect(safe_next(request))
        return _login_page(request)
    return _sign_in(request)


def _sign_in(request: DeskRequest) -> HttpResponse:
    name = request.POST.get("username", "").strip()[:LONGEST]
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        seconds = seconds_locked(request, name=name, now=timezone.now())
        return _login_page(request, name=name, seconds=seconds, error=_wrong(seconds))
    if user.one_time_until:
        start_session(request, user)
        return redirect("desk:password")
    actor = actor_for(user)
    if not actor.may_anywhere("desk.use"):
        return _login_page(request, name=name, error=_("This login has no work at a desk."))
    start_session(request, user)
    if actor.may("organisation.edit", "") and setup_open():
        return redirect("desk:setup")
    if len(workplaces(actor)) > 1 or working_unit(actor) is None:
        return redirect(f"{reverse('desk:library')}?{urlencode({'next': safe_next(request)})}")
    return redirect(safe_next(request))


def _wrong(seconds: int) -> str:
    if not seconds:
        return _("The name or the password is wrong.")
    text = ngettext(
        "Too many wrong attempts. Wait %(seconds)s second, then try again.",
        "Too many wrong attempts. Wait %(seconds)s seconds, then try again.",
        seconds,
    )
    return text % {"seconds": seconds}


def _login_page(request: DeskRequest, *, name: str = "", error: str = "", seconds: int = 0) -> HttpResponse:
    context = {
        "name": name,
        "error": error,
        "next": safe_next(request),
        "covers": [key for key, _brief in newest(COVERS)],
    }
    response = render(request, "desk/login.html", context, status=429 if seconds else 200)
    if seconds:
        response["Retry-After"] = str(seconds)
    return response


@public
@require_POST
def logout(request: DeskRequest) -> HttpResponse:
    end_session(request)
    return redirect("desk:login")


@staff("desk.use")
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: DeskRequest) -> HttpResponse:
    """Choose the library to work in, among those where this login has a role."""
    actor = actor_of(request)
    possible = workplaces(actor)
    if request.method == "POST":
        code = request.POST.get("unit", "")
        if code not in {unit.code for unit in possible}:
            raise PermissionDenied
        request.session["unit"] = code
        return redirect(safe_next(request))
    organisation = tree()
    text, number = typed(request.GET, "q"), page_number(request.GET)
    found = [unit for unit in possible if fold(text) in fold(_words_of(unit))] if text else possible
    start = (number - 1) * LIBRARIES_A_PAGE
    systems = {unit.code: organisation.system_of(unit.code).name(language()) for unit in possible}
    rows = [(unit, unit.name(language()), systems[unit.code]) for unit in found[start : start + LIBRARIES_A_PAGE]]
    context = {
        "rows": rows,
        "q": text,
        "many": len(possible) > LIBRARIES_A_PAGE,
        "pages": pages(request.GET, name="page", number=number, total=len(found), size=LIBRARIES_A_PAGE),
        "next": safe_next(request),
        "now_at": working_unit(actor),
    }
    return render(request, "desk/library.html", context)


def _words_of(unit: UnitFacts) -> str:
    return " ".join((unit.code, unit.city, *unit.names.values()))
