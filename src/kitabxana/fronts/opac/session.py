"""Who is reading: nobody, or a reader who signed in with a card and a PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kitabxana.base.access import actor_of
from kitabxana.base.ports import actor_for
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from kitabxana.organisation.facts import Tree

READER = "reader"
"""Session key that says a reader signed in here: the frame asks it, so that no page reads the login for a link."""


PLACE = "place"
"""Session key and cookie that hold the code of the library a reader calls their own; the cookie was chosen by hand."""


class OpacRequest(HttpRequest):
    """A request as the middlewares leave it."""

    htmx: HtmxDetails


def enter(request: HttpRequest, *, card: str, pin: str) -> str:
    """Sign a reader in; "" when done, else the code of what stood in the way ("wrong" or "staff")."""
    user = auth.authenticate(request, username=card, password=pin)
    if user is None:
        return "wrong"
    patron_id = actor_for(user).patron_id
    if patron_id is None:
        return "staff"
    auth.login(request, user)
    request.session[READER] = True
    request.session[PLACE] = patrons_by_id([patron_id])[patron_id].home_unit
    return ""


def reader_id(request: HttpRequest) -> int:
    """The reader who is signed in, on pages that @reader lets nobody else into."""
    patron_id = actor_of(request).patron_id
    assert patron_id is not None
    return patron_id


def own_library(request: HttpRequest, organisation: Tree) -> str:
    """The code of the library this reader calls their own: chosen on this device, else where they are a member."""
    for code in (request.COOKIES.get(PLACE, ""), request.session.get(PLACE, "")):
        if code in organisation.units:
            return str(code)
    return ""


def is_reader(request: HttpRequest) -> bool:
    """Whether a reader is signed in; asks the database."""
    return actor_of(request).patron_id is not None


def safe_next(request: HttpRequest, *, otherwise: str = "opac:account") -> str:
    """Where to go on: the `next` of the form or address when it is a path of this site, else the page so named."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse(otherwise)
