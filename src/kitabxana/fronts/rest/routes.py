"""The REST front under /api/v1: resources, fields, parameters and headers as Koha's public API has them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI, Router
from ninja.renderers import JSONRenderer

from kitabxana.base.access import actor_of
from kitabxana.base.idempotency import once
from kitabxana.fronts.rest.errors import JSON, JsonParser, NotDone, bad_request, install, not_done
from kitabxana.fronts.rest.handlers import (
    accounts,
    authorities,
    biblios,
    checkouts,
    circulation_rules,
    claims,
    holds,
    imports,
    items,
    libraries,
    oauth,
    offline,
    patrons,
    public,
    public_holds,
    transfers,
)
from kitabxana.fronts.rest.replay import again, kept
from kitabxana.fronts.rest.session import Basic, OAuth2, language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.urls import URLPattern, URLResolver

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class FastRenderer(JSONRenderer):
    """UTF-8 as it is, moments by RFC 3339."""

    def render(self, _request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return orjson.dumps(data)


class Api(NinjaAPI):
    """Every view of this API answers as `_answered` says, whatever happens in it."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = _answered(pattern.callback)  # type: ignore[arg-type]
        return patterns, app, namespace


def _answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """In the caller's language, HEAD as GET, a wrong method as JSON, and never kept by a cache."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "HEAD":
            request.method = "GET"
        language = language_of(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
            if response.status_code == 405:
                problem = NotDone(405, "method_not_allowed")
                problem.headers["Allow"] = response.headers["Allow"]
                response = not_done(request, problem)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response

    return answer


def _only_known_parameters(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a query parameter the handler does not know: a filter that is not applied would answer something else."""
    operation = handler._ninja_operation  # type: ignore[attr-defined]  # noqa: SLF001 - ninja keeps it there
    if not operation.include_in_schema:
        return handler
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", ())
    }

    @functools.wraps(handler)
    def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        for name, values in request.GET.lists():
            if name not in known:
                raise bad_request(["query", name], "no such parameter")
            if len(values) > 1:
                raise bad_request(["query", name], "given more than once")
        return handler(request, *args, **kwargs)

    return handle


WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def _once(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A write that bears an Idempotency-Key is done once: sent again, it gets the first answer again."""

    @functools.wraps(handler)
    def handle(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        actor = actor_of(request)
        if not key or request.method not in WRITES or actor.user_id is None:
            return handler(request, *args, **kwargs)
        fresh: list[Any] = []

        def do() -> Any:
            fresh.append(handler(request, *args, **kwargs))
            return kept(fresh[0], kwargs.get("response"))

        asked = [request.method, request.path, request.body.decode("utf-8", "replace")]
        stored = once(caller=f"login {actor.user_id}", key=key, asked=asked, do=do)
        return fresh[0] if fresh else again(stored)

    return handle


rest = Router()


@rest.get("/openapi.json", auth=None, include_in_schema=False)
def get_openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The description of this API (OpenAPI 3.1); it tells nothing of anybody and is open to all."""
    return HttpResponse(orjson.dumps(api.get_openapi_schema(), option=orjson.OPT_NON_STR_KEYS), content_type=JSON)


@rest.api_operation(METHODS, "/{path:rest}", auth=None, include_in_schema=False)
def nothing_here(request: HttpRequest, rest: str) -> None:  # noqa: ARG001
    """Whatever no route above knows."""
    raise NotDone(404, "not_found")


@rest.api_operation(METHODS, "", auth=None, include_in_schema=False)
def nothing_at_root(request: HttpRequest) -> None:  # noqa: ARG001
    raise NotDone(404, "not_found")


api = Api(
    title="Kitabxana",
    version="1",
    description="A national library system, in the shapes of Koha's public REST API.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="rest",
    auth=[OAuth2(), Basic()],
    parser=JsonParser(),
    renderer=FastRenderer(),
)
install(api)
api.add_decorator(_once)
api.add_decorator(_only_known_parameters)
RESOURCES = (
    libraries, biblios, authorities, items, patrons, accounts, checkouts, claims, holds, transfers, circulation_rules,
    public, public_holds, imports, offline, oauth,
)  # fmt: skip
for _resource in RESOURCES:
    api.add_router("", _resource.router)
api.add_router("", rest)
