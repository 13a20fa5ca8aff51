"""Everything that is not a success, in one shape: {"errors": [{"code", "message", "override", …}]}."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from kitabxana.fronts.rest.messages import PROBLEMS, refusal_text
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest
    from ninja import NinjaAPI

logger = logging.getLogger(__name__)
JSON = "application/json"
CHALLENGE = 'Basic realm="Kitabxana", charset="UTF-8", Bearer realm="Kitabxana"'


class NotDone(Exception):
    """A request that this front itself refuses; `code` is one of `messages.PROBLEMS`."""

    def __init__(
        self, status: int, code: str, *, where: list[str | int] | None = None, detail: str = "", **params: object
    ) -> None:
        super().__init__(code)
        self.status = status
        self.problem: dict[str, Any] = {"code": code, "override": None}
        self.params = params
        self.headers: dict[str, str] = {}
        if where is not None:
            self.problem["where"] = where
            self.params["where"] = ".".join(map(str, where))
        if detail:
            self.problem["detail"] = detail


class UnsupportedMediaType(ValueError):
    """The body is not JSON by its own word."""


class JsonParser(Parser):
    """Takes bodies that say they are JSON, and only those."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != JSON:
            raise UnsupportedMediaType
        return orjson.loads(request.body)


def bad_request(where: list[str | int], detail: str) -> NotDone:
    return NotDone(400, "bad_request", where=where, detail=detail)


def not_done(_request: HttpRequest, problem: NotDone) -> HttpResponse:
    message = str(PROBLEMS[problem.problem["code"]]) % problem.params
    return answer(problem.status, [problem.problem | {"message": message}], headers=problem.headers)


def answer(status: int, errors: list[dict[str, Any]], *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    body = orjson.dumps({"errors": errors})
    return HttpResponse(body, status=status, content_type=JSON, headers=dict(headers or {}))


def refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    """403 without the permission, 404 for what is not there, 409 for what the rules refuse, all reasons at once."""
    codes = [reason.code for reason in refusal.refusals]
    missing = any(code.startswith("unknown_") for code in codes)
    status = 403 if "not_permitted" in codes else 404 if missing else 409
    errors = [
        {"code": reason.code, "message": refusal_text(reason), "override": reason.override}
        for reason in refusal.refusals
    ]
    return answer(status, errors)


def not_authenticated(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """401 with its challenges (RFC 7617; RFC 6750, 3.1 for a token that was sent and is not good)."""
    problem = NotDone(401, "not_authenticated")
    token_sent = request.headers.get("Authorization", "").lower().startswith("bearer ")
    problem.headers["WWW-Authenticate"] = CHALLENGE + (', error="invalid_token"' if token_sent else "")
    return not_done(request, problem)


def not_valid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = []
    for found in error.errors:
        where = [part for part in found["loc"] if part not in ("asked", "body_params")]
        message = str(PROBLEMS["bad_request"]) % {"where": ".".join(map(str, where))}
        entry = {"code": "bad_request", "message": message, "override": None, "where": where, "detail": found["msg"]}
        errors.append(entry)
    return answer(400, errors)


def not_parsed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The one HttpError that the framework raises itself: a body that can't be parsed."""
    if isinstance(error.__cause__, UnsupportedMediaType):
        return not_done(request, NotDone(415, "unsupported_media_type", type=JSON))
    return not_done(request, bad_request(["body"], "not well-formed JSON"))


def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return not_done(request, NotDone(413, "too_large"))
    return not_done(request, bad_request(["body"], "refused as harmful"))


def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """A lock that was not had in time, a deadlock's victim, a server that restarts: the same request may go through."""
    logger.warning("database: %s", error)
    problem = NotDone(503, "try_again")
    problem.headers["Retry-After"] = "1"
    return not_done(request, problem)


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.resolver_match, exc_info=error)
    return not_done(request, NotDone(500, "internal_error"))


_HANDLERS: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
    (NotDone, not_done),
    (Refused, refused),
    (AuthenticationError, not_authenticated),
    (ValidationError, not_valid),
    (HttpError, not_parsed),
    (SuspiciousOperation, suspicious),
    (OperationalError, busy),
    (Exception, failed),
)


def install(api: NinjaAPI) -> None:
    """Answer every exception of `api` in the one shape."""
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
