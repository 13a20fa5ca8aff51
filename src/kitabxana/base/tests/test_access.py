"""The lock on every view: shut until it says who may enter."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from kitabxana.base.access import AccessMiddleware, actor_of, public, reader, staff
from kitabxana.base.actor import NOBODY, SYSTEM, Actor
from kitabxana.base.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

LOGIN = User(pk=1, username="x")
PEOPLE = {
    "nobody": NOBODY,
    "reader": Actor(name="r", user_id=1, patron_id=5),
    "librarian": Actor(name="l", user_id=1, grants={"patrons.view": ("AZ/GNC/",)}),
    "other": Actor(name="o", user_id=1, grants={"catalogue.edit": ("",)}),
}


def asked(view: Callable[..., Any], who: str, *, apps: tuple[str, ...] = ()) -> int:
    """The status this person gets from this view."""
    request: Any = RequestFactory().get("/page/")
    request.session = {}
    middleware = AccessMiddleware(view)
    request.user = AnonymousUser() if who == "nobody" else LOGIN
    request.actor = PEOPLE[who]
    request.resolver_match = SimpleNamespace(app_names=list(apps))
    try:
        stopped = middleware.process_view(request, view, (), {})
    except PermissionDenied:
        return 403
    return int((stopped or view(request)).status_code)


def view_of(mark: Callable[..., Any] | None) -> Callable[..., Any]:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    return mark(view) if mark else view


@pytest.mark.parametrize(
    ("mark", "statuses"),
    [
        (None, {"nobody": 403, "reader": 403, "librarian": 403, "other": 403}),
        (public, {"nobody": 200, "reader": 200, "librarian": 200, "other": 200}),
        (reader, {"nobody": 302, "reader": 200, "librarian": 403, "other": 403}),
        (staff("patrons.view"), {"nobody": 302, "reader": 403, "librarian": 200, "other": 403}),
    ],
)
def test_who_enters(mark: Callable[..., Any] | None, statuses: dict[str, int]) -> None:
    if mark is reader:  # the reader's sign-in page belongs to a front; its name is all that is asked here
        statuses = {who: status for who, status in statuses.items() if who != "nobody"}
    view = view_of(mark)
    assert {who: asked(view, who) for who in statuses} == statuses


def test_only_a_front_with_a_lock_of_its_own_passes_unmarked() -> None:
    assert asked(view_of(None), "nobody", apps=("ninja",)) == 200
    assert asked(view_of(None), "nobody", apps=("opac",)) == 403


@pytest.mark.django_db
def test_a_request_knows_its_actor_only_when_somebody_asks(django_assert_num_queries: Any) -> None:
    seen: list[Actor] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(actor_of(request))
        return HttpResponse("in")

    request: Any = RequestFactory(REMOTE_ADDR="10.0.0.9").get("/")
    request.session, request.user = {"unit": "GNC-2"}, User.objects.create(username="leyla")
    with django_assert_num_queries(0):
        AccessMiddleware(page)(request)
    actor = seen[0]
    assert (actor.name, actor.unit, actor.address, actor.patron_id) == ("leyla", "GNC-2", "10.0.0.9", None)
    assert actor.request_id == request.request_id
    assert not actor.may("patrons.view", "AZ/GNC/GNC-2/")


def test_a_request_without_middleware_is_nobody_s() -> None:
    assert actor_of(RequestFactory().get("/")) is NOBODY


def test_a_permission_holds_below_its_unit_and_nowhere_else() -> None:
    actor = Actor(name="l", grants={"items.edit": ("AZ/GNC/", "AZ/SAK/SAK-M/")})
    allowed = ["AZ/GNC/", "AZ/GNC/GNC-M/", "AZ/SAK/SAK-M/"]
    refused = ["", "AZ/", "AZ/GNC-2/", "AZ/SAK/", "AZ/SAK/SAK-2/", "TR/GNC/"]
    assert all(actor.may("items.edit", path) for path in allowed)
    assert not any(actor.may("items.edit", path) for path in refused)
    assert not actor.may("patrons.edit", "AZ/GNC/")
    assert actor.scopes("patrons.edit") == ()


def test_the_system_may_everything_and_nobody_nothing() -> None:
    assert SYSTEM.may("anything.at.all", "AZ/")
    assert SYSTEM.may_anywhere("anything.at.all")
    assert SYSTEM.scopes("anything.at.all") == ("",)
    assert not NOBODY.may_anywhere("desk.use")
    assert not NOBODY.may("desk.use", "")
