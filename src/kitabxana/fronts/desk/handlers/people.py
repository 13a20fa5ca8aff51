"""Staff: logins, the roles they hold at each level of the tree, and one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, public, staff
from kitabxana.base.models import User
from kitabxana.fronts.desk.forms import page_number, typed
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.people import givable, person_row, places
from kitabxana.fronts.desk.render.words import unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.messages import ROLE_NAMES, ROLE_TASKS, refusal_text
from kitabxana.organisation.queries import roles_of, staff_login, staff_page, tree

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 50
LONGEST_PASSWORD = 128


@staff("staff.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_library
def people(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Who works in one's part of the tree; a new login is made here and its one-time password shown once."""
    by, problem, made = actor_of(request), [], None
    if request.method == "POST":
        try:
            made = _add(request.POST, by)
        except Refused as refused:
            problem = [refusal_text(one) for one in refused.refusals]
    scopes, number = by.scopes("staff.edit"), page_number(request.GET)
    organisation, asked = tree(), {name: typed(request.GET, name) for name in ("q", "unit")}
    unit = asked["unit"] if asked["unit"] in organisation.units else ""
    total, found = staff_page(
        scopes=scopes, text=asked["q"], unit=unit, offset=(number - 1) * A_PAGE, limit=A_PAGE
    )  # fmt: skip
    context = {
        "rows": [person_row(one, organisation, where=where) for one in found],
        "pages": pages(request.GET, name="page", number=number, total=total, size=A_PAGE),
        "asked": asked | {"unit": unit},
        "places": places(organisation, by),
        "roles": givable(by),
        "tasks": [(ROLE_NAMES[role], ROLE_TASKS[role]) for role in ROLE_NAMES],
        "sent": request.POST,
        "problem": problem,
        "made": made,
        "new": bool(problem) or "new" in request.GET,
    }
    return page(request, where, "admin/people", context, status=409 if problem else 200)


def _add(data: QueryDict, by: Actor) -> dict[str, Any]:
    username = typed(data, "username")
    number, password = do.add_login(
        username=username, name=typed(data, "name"), role=typed(data, "role"), unit=typed(data, "unit") or None, by=by,
        now=timezone.now(),
    )  # fmt: skip
    return {"id": number, "username": username, "password": password}


@staff("staff.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_library
def person(request: DeskRequest, where: UnitFacts, user_id: int) -> HttpResponse:
    """One login: roles given and taken, a new one-time password (shown once), locked and unlocked."""
    by, problem, made = actor_of(request), [], None
    scopes = by.scopes("staff.edit")
    one = staff_login(user_id, scopes=scopes)
    if one is None:
        raise Http404
    if request.method == "POST":
        try:
            password = _change(request.POST, user_id, by)
        except Refused as refused:
            problem = [refusal_text(refusal) for refusal in refused.refusals]
        else:
            if not password:
                messages.success(request, _("Kept."))
                # Whose last role here was taken is not seen from here any more.
                seen = staff_login(user_id, scopes=scopes)
                return redirect("desk:person", user_id) if seen else redirect("desk:people")
            made = {"id": user_id, "username": one.username, "password": password}
            one = staff_login(user_id, scopes=scopes) or one
    organisation = tree()
    context = {
        "person": person_row(one, organisation, where=where),
        "held": [(role, code or "", ROLE_NAMES[role], unit_name(organisation.units, code) if code else "")
                 for role, code in one.roles],
        "places": places(organisation, by),
        "roles": givable(by),
        "myself": by.user_id == user_id,
        "problem": problem,
        "made": made,
    }  # fmt: skip
    return page(request, where, "admin/person", context, status=409 if problem else 200)


def _change(data: QueryDict, user_id: int, by: Actor) -> str:
    """Do what `act` says; the new password, "" where there is none."""
    role, unit = typed(data, "role"), typed(data, "unit") or None
    match typed(data, "act"):
        case "give":
            do.assign_role(user_id=user_id, role=role, unit=unit, by=by)
        case "take":
            do.take_role(user_id=user_id, role=role, unit=unit, by=by)
        case "lock":
            do.lock_login(user_id=user_id, by=by)
        case "unlock":
            do.unlock_login(user_id=user_id, by=by)
        case "password":
            return do.renew_password(user_id=user_id, by=by, now=timezone.now())
        case _:
            raise Http404
    return ""


@public
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: DeskRequest) -> HttpResponse:
    """One's own password: for any login of staff, and the only page that a one-time password opens."""
    user = request.user
    if not isinstance(user, User):
        return redirect(f"{reverse('desk:login')}?next={reverse('desk:password')}")
    if not roles_of(user.pk):
        raise PermissionDenied
    problem: list[str] = []
    if request.method == "POST":
        old, new = (request.POST.get(name, "")[:LONGEST_PASSWORD] for name in ("old", "new"))
        if new != request.POST.get("again", ""):
            problem = [_("The two new passwords differ.")]
        else:
            try:
                do.set_own_password(user_id=user.pk, old=old, new=new, by=actor_of(request))
            except Refused as refused:
                problem = [refusal_text(one) for one in refused.refusals]
        if not problem:
            user.refresh_from_db()
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed."))
            return redirect("desk:home")
    context = {"problem": problem, "one_time": user.one_time_until is not None, "username": user.username}
    return render(request, "desk/admin/password.html", context, status=409 if problem else 200)
