"""/oauth/token: client credentials for a token that lives an hour (RFC 6749, 4.4; errors as its 5.2 has them)."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import orjson
from django.http import HttpResponse
from ninja import Router

from kitabxana.base.login import authenticate_client
from kitabxana.fronts.rest import shapes
from kitabxana.fronts.rest.errors import JSON
from kitabxana.fronts.rest.session import TOKEN_SECONDS, issue_token, refuse_throttled

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["oauth"])
FORM = "application/x-www-form-urlencoded"
_FIELDS = {"grant_type": {"type": "string", "enum": ["client_credentials"]}, "client_id": {"type": "string"},
           "client_secret": {"type": "string"}}  # fmt: skip
_BODY = {"schema": {"type": "object", "properties": _FIELDS, "required": ["grant_type"]}}


class TokenRefused(Exception):
    """`error` is one of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


@router.post(
    "/oauth/token",
    auth=None,
    response={200: shapes.Token, 400: shapes.TokenProblem, 401: shapes.TokenProblem, 429: shapes.Problems,
              500: shapes.Problems, 503: shapes.Problems},
    operation_id="tokenOAuth",
    openapi_extra={"requestBody": {"required": True, "content": {FORM: _BODY}}},
)  # fmt: skip
def add_token(request: HttpRequest) -> HttpResponse:
    """A token for a client that proves its secret, in the form or with HTTP Basic."""
    try:
        return _answer(200, _token(request))
    except TokenRefused as refused:
        response = _answer(refused.status, {"error": refused.error, "error_description": refused.description})
        if refused.status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="Kitabxana", charset="UTF-8"'
        return response


def _token(request: HttpRequest) -> dict[str, object]:
    if request.content_type != FORM:
        raise TokenRefused("invalid_request", f"the body must be {FORM}")
    if any(len(values) > 1 for _, values in request.POST.lists()):
        raise TokenRefused("invalid_request", "a parameter is given more than once")
    grant = request.POST.get("grant_type")
    if not grant:
        raise TokenRefused("invalid_request", "grant_type is missing")
    if grant != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "only client_credentials")
    client_id, secret = _credentials(request)
    if "\0" in client_id or authenticate_client(request, client_id=client_id, secret=secret) is None:
        refuse_throttled(request, f"client:{client_id}")
        raise TokenRefused("invalid_client", "the client is not known or its secret is wrong", status=401)
    return {"access_token": issue_token(client_id), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """The client's id and secret from the header or the form, never from both (RFC 6749, 2.3)."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    in_form = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    if scheme.lower() == "basic":
        if in_form[1]:
            raise TokenRefused("invalid_request", "the client proves itself twice")
        try:
            client_id, secret = b64decode(encoded, validate=True).decode().split(":", 1)
        except ValueError as broken:
            raise TokenRefused("invalid_client", "the Basic header can't be read", status=401) from broken
        return unquote_plus(client_id), unquote_plus(secret)
    if not all(in_form):
        raise TokenRefused("invalid_client", "client_id and client_secret are missing", status=401)
    return in_form


def _answer(status: int, content: dict[str, object]) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), status=status, content_type=JSON, headers={"Pragma": "no-cache"})
