"""Who is calling, and where they work. Credentials come with every request; a browser's session counts for
a reader's own things under /public alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.security import APIKeyCookie, HttpBasicAuth
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from kitabxana.base.access import actor_of
from kitabxana.base.login import seconds_locked
from kitabxana.base.models import ApiClient, User
from kitabxana.base.ports import actor_for
from kitabxana.fronts.rest.errors import JSON, NotDone
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

TOKEN_SECONDS = 3600
_SALT = "kitabxana.rest.token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LENDING_KINDS = ("library", "point")


class Basic(HttpBasicAuth):
    """RFC 7617 with a login's own name and password, through the one throttled gate."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Actor | None:
        user = authenticate(request, username=username, password=password)
        if not isinstance(user, User):
            refuse_throttled(request, username)
            return None
        return _enter(request, user)


class OwnSession(APIKeyCookie):
    """The session of the reader's pages, for that reader's own things alone; a write needs the page's CSRF token."""

    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__(csrf=False)  # asked below, to be refused in this API's own words
        self.param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, _key: str | None) -> Actor | None:
        actor = actor_of(request)
        if actor.user_id is None or actor.patron_id is None:
            return None
        if request.method not in SAFE:
            if request.content_type not in ("", JSON):  # a form would be read in search of its token
                raise NotDone(415, "unsupported_media_type", type=JSON)
            if check_csrf(request) is not None:
                raise NotDone(403, "no_csrf_token")
        return actor


class OAuth2(AuthBase):
    """RFC 6750 with a token of this installation's `oauth/token`."""

    openapi_type = "oauth2"
    openapi_flows = {"clientCredentials": {"tokenUrl": "/api/v1/oauth/token", "scopes": {}}}

    def __call__(self, request: HttpRequest) -> Actor | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        user = _bearer(token.strip())
        return _enter(request, user) if user else None


def _enter(request: HttpRequest, user: User) -> Actor:
    actor = actor_for(
        user,
        address=request.META.get("REMOTE_ADDR") or None,
        request_id=getattr(request, "request_id", ""),
    )
    request.actor = actor  # type: ignore[attr-defined]  # where base.access.actor_of looks
    return actor


def refuse_throttled(request: HttpRequest, name: str) -> None:
    """Tell a caller whose name or address must wait how long, right password or not."""
    if seconds := seconds_locked(request, name=name, now=timezone.now()):
        problem = NotDone(429, "throttled", seconds=seconds)
        problem.headers["Retry-After"] = str(seconds)
        raise problem


def issue_token(client_id: str) -> str:
    """A signed token of a client that has just proved its secret. It dies with the secret and with the client."""
    client = ApiClient.objects.get(client_id=client_id)
    return signing.dumps([client.client_id, _mark(client)], salt=_SALT)


def _bearer(token: str) -> User | None:
    try:
        client_id, mark = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    known = ApiClient.objects.select_related("user")
    client = known.filter(client_id=client_id, is_active=True, user__is_active=True).first()
    return client.user if client and constant_time_compare(mark, _mark(client)) else None


def _mark(client: ApiClient) -> str:
    return salted_hmac(_SALT, client.secret_hash, algorithm="sha256").hexdigest()[:16]


def require(request: HttpRequest, permission: str) -> Actor:
    """The caller, who must hold `permission` somewhere; where, the query or the operation asks. Else not_permitted."""
    actor = actor_of(request)
    if not actor.may_anywhere(permission):
        raise Refused.one("not_permitted", permission=permission)
    return actor


def works_at(units: Mapping[str, UnitFacts], code: str | None) -> bool:
    """Whether this is the code of a library or service point where people work: of none that is closed for good."""
    unit = units.get(code or "")
    return unit is not None and unit.kind in LENDING_KINDS and not unit.closed


def desk_of(actor: Actor, *, asked: str | None, item: ItemFacts) -> str:
    """The code of the library where this happens: the one asked for, else the caller's own, else where the item is.

    Refused: unknown_unit for a code that is no library's, or of one closed for good.
    """
    units = tree().units
    if asked is not None:
        if not works_at(units, asked):
            raise Refused.one("unknown_unit", unit=asked)
        return asked
    return actor.unit if works_at(units, actor.unit) else item.holding_unit


def language_of(request: HttpRequest) -> str:
    """The first language of Accept-Language that the house speaks, else the national one; no cookie has a say."""
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if wanted == "*":
            break
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
