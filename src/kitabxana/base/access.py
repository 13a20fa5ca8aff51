"""Every view is shut until it says who may enter: @public, @reader or @staff("permission")."""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from kitabxana.base.actor import NOBODY, Actor
from kitabxana.base.ports import actor_for
from kitabxana.base.request_memory import remembering

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
READER = "reader"
STAFF = "staff"
GUARDED_APPS = frozenset({"ninja", "staticfiles"})
"""URL namespaces with a lock of their own: the REST front refuses whoever brings no credentials."""


def public(view: View) -> View:
    """Open to everyone."""
    view.access = (PUBLIC, "")  # type: ignore[attr-defined]
    return view


def reader(view: View) -> View:
    """For a signed-in reader; the view itself shows that reader's own things only."""
    view.access = (READER, "")  # type: ignore[attr-defined]
    return view


def staff(permission: str) -> Callable[[View], View]:
    """For staff who hold `permission` somewhere; where they hold it is the query's and the operation's question."""

    def mark(view: View) -> View:
        view.access = (STAFF, permission)  # type: ignore[attr-defined]
        return view

    return mark


def actor_of(request: HttpRequest) -> Actor:
    """Who is behind this request. Set by AccessMiddleware (pages) or by the REST front's authentication."""
    actor: Actor = getattr(request, "actor", NOBODY)
    return actor


class AccessMiddleware:
    """Gives each request its actor and lets it into its view, or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(functools.partial(_session_actor, request))  # type: ignore[attr-defined]
        with remembering():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match and GUARDED_APPS.intersection(match.app_names):
            return None
        kind, permission = getattr(view, "access", (None, ""))
        if kind == PUBLIC:
            return None
        if kind is None:
            raise PermissionDenied
        return self._enter(request, kind, permission)

    def _enter(self, request: HttpRequest, kind: str, permission: str) -> HttpResponseBase | None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), None if kind == STAFF else "opac:sign_in")
        if kind == STAFF and getattr(request.user, "one_time_until", None):
            return redirect("desk:password")  # a password that somebody else knows opens nothing but this
        actor = actor_of(request)
        if kind == READER and actor.patron_id is None:
            raise PermissionDenied
        if kind == STAFF and not actor.may_anywhere(permission):
            raise PermissionDenied
        return None


def _session_actor(request: HttpRequest) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return NOBODY
    return actor_for(
        user,
        unit=request.session.get("unit", ""),
        address=request.META.get("REMOTE_ADDR") or None,
        request_id=request.request_id,  # type: ignore[attr-defined]
    )
