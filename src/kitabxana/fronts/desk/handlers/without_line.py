"""The desk that goes on without a connection: its page and worker, what it takes along, and what it sends later."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import orjson
from django.contrib.auth import authenticate
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from kitabxana.base.access import actor_of, public, staff
from kitabxana.base.login import seconds_locked
from kitabxana.base.models import User
from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.operations import replay, take_along
from kitabxana.fronts.desk.render.without_line import TONES, texts
from kitabxana.fronts.desk.render.words import language
from kitabxana.fronts.desk.session import at_library, working_unit
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

MODULES = ("desk", "sending", "store", "vault", "book", "rules", "show")
"""The page's own scripts, `desk/line/<name>.js`."""

STATIC = (
    "js-lib-bootstrap5/css/bootstrap.min.css",
    "django_htmx/htmx-2.min.js",
    *(f"base/{name}" for name in ("house.css", "house.js", "logo.svg", "favicon.svg", "border.svg", "chevron.svg")),
    "base/teeth.svg",
    "desk/line/line.css",
    *(f"desk/line/{name}.js" for name in MODULES),
)
"""What the page needs, kept on the device."""

WORKER = Path(__file__).resolve().parents[1] / "static" / "desk" / "line" / "worker.js"
MOST_AT_ONCE = 100
"""How many events come in one request: each is a transaction of its own."""

Line = Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")]


class Event(BaseModel):
    """One thing done at the desk, as the page keeps it."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    kind: Literal["check_out", "check_in", "renew"]
    barcode: Annotated[Line, Field(min_length=1)]
    card: Annotated[Line, Field(max_length=40)] = ""
    at: AwareDatetime
    by: Annotated[str, Field(max_length=150, pattern=r"^[^\x00]*$")] = ""


class Sent(BaseModel):
    """Events of one library."""

    model_config = ConfigDict(extra="forbid")

    unit: Line
    events: Annotated[list[Event], Field(min_length=1, max_length=MOST_AT_ONCE)]


@public
@require_safe
@never_cache
def desk(request: DeskRequest) -> HttpResponse:
    """The page itself: nothing of a library or reader is in it, so that the worker may keep it."""
    return render(request, "desk/without_line.html", {"texts": texts(), "tones": TONES})


@public
@require_safe
@never_cache
def worker(request: DeskRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """The service worker of /desk/. It changes with every release and language, and with it what is kept."""
    kept = [static(name) for name in STATIC]
    told = {
        "name": hashlib.sha256("\n".join([*kept, language()]).encode()).hexdigest()[:16],
        "page": reverse("desk:without_line"),
        "kept": kept,
    }
    script = f"const house = {orjson.dumps(told).decode()};\n{WORKER.read_text()}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@public
@require_safe
@never_cache
def manifest(request: DeskRequest) -> JsonResponse:  # noqa: ARG001 - a view
    """W3C Web Application Manifest: the desk can be installed like a program."""
    told = {
        "id": reverse("desk:home"),
        "name": _("Kitabxana: the desk"),
        "short_name": "Kitabxana",
        "start_url": reverse("desk:home"),
        "scope": reverse("desk:home"),
        "display": "standalone",
        "lang": language(),
        "background_color": "#fbf9f5",
        "theme_color": "#1d2733",
        "icons": [{"src": static("base/logo.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@public
@require_safe
@never_cache
def state(request: DeskRequest) -> JsonResponse:
    """Whether the server answers, what time it is there, who is signed in, and by what mark this login is known.

    The mark changes with the password and when the login is shut: what is kept under an older one is thrown away.
    `may` is for the library chosen, `allowed` for any: before one is chosen nothing is thrown away.
    """
    told: dict[str, object] = {"now": timezone.now().isoformat(), "login": "", "csrf": get_token(request)}
    actor, user = actor_of(request), request.user
    if isinstance(user, User):
        where = working_unit(actor)
        told |= {
            "login": user.username,
            "mark": salted_hmac("kitabxana.desk.line", user.get_session_auth_hash()).hexdigest(),
            "unit": where.code if where else "",
            "allowed": actor.may_anywhere("circulation.offline"),
            "may": bool(where and actor.may("circulation.offline", where.path)),
        }
    return JsonResponse(told)


@staff("circulation.offline")
@sensitive_post_parameters("password")
@require_POST
def password(request: DeskRequest) -> JsonResponse:
    """Whether this is the password of who is signed in, and how many seconds to wait after too many wrong ones."""
    name = request.user.get_username()
    fits = isinstance(authenticate(request, username=name, password=request.POST.get("password", "")), User)
    return JsonResponse({"fits": fits, "wait": 0 if fits else seconds_locked(request, name=name, now=timezone.now())})


@staff("circulation.offline")
@require_POST
@at_library
def extract(request: DeskRequest, where: UnitFacts) -> StreamingHttpResponse | HttpResponse:
    """The library's readers, copies and rules, line by line. A POST: that it was taken along is written down."""
    try:
        blocks = take_along(unit=where.code, by=actor_of(request), now=timezone.now())
    except Refused:
        return HttpResponse(status=403)
    return StreamingHttpResponse(blocks, content_type="application/x-ndjson", headers={"Cache-Control": "no-store"})


@staff("circulation.offline")
@require_POST
def send(request: DeskRequest) -> HttpResponse:
    """Apply events of a desk that was cut off; answers what came of each, by its key."""
    try:
        sent = Sent.model_validate_json(request.body)
    except ValidationError:
        return HttpResponse(status=400)
    events = [
        OfflineFacts(one.key, one.kind, one.barcode, one.at, one.card, one.by) for one in sent.events
    ]  # fmt: skip
    try:
        answers = replay(unit=sent.unit, events=events, by=actor_of(request), now=timezone.now())
    except Refused:
        return HttpResponse(status=403)
    told = [{"key": one.key, "outcome": one.outcome, "codes": list(one.codes)} for one in answers]
    return JsonResponse({"answers": told})
