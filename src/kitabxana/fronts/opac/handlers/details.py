"""What the library knows of the reader, and what the reader may change of it: contacts, PIN, who sees the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from django.conf import settings
from django.contrib import auth, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kitabxana.base.access import actor_of, reader
from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.login import seconds_locked
from kitabxana.base.models import User
from kitabxana.fronts.opac.forms import typed
from kitabxana.fronts.opac.handlers.owning import own_page
from kitabxana.fronts.opac.render.refusals import own_words
from kitabxana.fronts.opac.session import reader_id
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.messages import CHANNELS
from kitabxana.patrons.operations import change_own, change_pin, export_everything
from kitabxana.patrons.queries import details as all_details
from kitabxana.patrons.queries import own_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from kitabxana.base.actor import Actor

LINES: Final = ("email", "phone", "address", "city", "postcode")
LONGEST: Final = {"email": 254, "phone": 40, "address": 250, "city": 80, "postcode": 20}
LONGEST_PIN: Final = 128
INDENTED: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


@reader
@never_cache
@sensitive_post_parameters("old_pin", "pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Forms for contacts, PIN and who sees the account; each POST (`do`) is one of them."""
    if request.method != "POST":
        return _show(request)
    act = ACTS.get(typed(request.POST, "do"))
    if act is None:
        raise Http404
    try:
        act(request, reader_id(request), actor_of(request))
    except Refused as refused:
        problems = {typed(request.POST, "do"): own_words(refused.refusals)}
        return _show(request, status=409, problems=problems, typed=request.POST)
    messages.success(request, _("Saved."))
    return redirect("opac:details")


def _show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    patron_id = reader_id(request)
    known, mine = all_details(patron_id, scopes=(EVERYWHERE,)), own_account(patron_id)
    assert known is not None, "a reader who is signed in"
    sent = more.get("typed") if "contact" in more.get("problems", {}) else None
    values = {name: sent[name] if sent and name in sent else getattr(known.facts, name) for name in LINES}
    context = {
        "known": known,
        "values": values,
        "may": mine.changeable,
        "mine": mine,
        "channels": [(code, name, code in known.contact_by) for code, name in CHANNELS.items()],
        "languages": settings.LANGUAGES,
        **more,
    }
    return own_page(request, "details", context, status=status)


def _contact(request: HttpRequest, patron_id: int, by: Actor) -> None:
    sent = {name: typed(request.POST, name)[: LONGEST[name]] for name in LINES if name in request.POST}
    channels = tuple(code for code in CHANNELS if code in request.POST.getlist("contact_by"))
    language = typed(request.POST, "language")
    if language not in dict(settings.LANGUAGES):
        raise Refused.one("bad_choice")
    changes = {**sent, "contact_by": channels, "language": language}
    change_own(patron_id=patron_id, changes=changes, by=by, now=timezone.now())


def _pin(request: HttpRequest, patron_id: int, by: Actor) -> None:
    """The old PIN is asked for through the same throttled gate as a sign-in; this session goes on, others end."""
    old, new, again = (request.POST.get(name, "")[:LONGEST_PIN] for name in ("old_pin", "pin", "again"))
    assert by.user_id is not None, "a reader who is signed in has a login"
    name = User.objects.get(pk=by.user_id).username
    if auth.authenticate(request, username=name, password=old) is None:
        if wait := seconds_locked(request, name=name, now=timezone.now()):
            raise Refused.one("must_wait", seconds=wait)
        raise Refused.one("wrong_pin")
    if new != again:
        raise Refused.one("pins_differ")
    change_pin(patron_id=patron_id, pin=new, by=by)
    auth.update_session_auth_hash(request, User.objects.get(pk=by.user_id))


def _sharing(request: HttpRequest, patron_id: int, by: Actor) -> None:
    shown = "shown" in request.POST
    change_own(patron_id=patron_id, changes={"shown_to_guarantor": shown}, by=by, now=timezone.now())


ACTS: Final[dict[str, Callable[[HttpRequest, int, Actor], None]]] = {
    "contact": _contact, "pin": _pin, "sharing": _sharing
}  # fmt: skip


@reader
@never_cache
@require_POST
def own_data(request: HttpRequest) -> HttpResponse:
    """Everything that is held on the reader, as a JSON file."""
    now = timezone.now()
    held = export_everything(patron_id=reader_id(request), by=actor_of(request), now=now)
    response = HttpResponse(orjson.dumps(held, option=INDENTED), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="kitabxana-{now:%Y-%m-%d}.json"'
    return response
