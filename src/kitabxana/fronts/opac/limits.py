"""Pages that cost the server much are open to everyone, but not without measure to robots."""

from __future__ import annotations

import functools
import math
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.conf import settings
from django.shortcuts import render

from kitabxana.base.throttle import Buckets, network_of
from kitabxana.fronts.opac.asked import LONGEST_NUMBER
from kitabxana.search.facts import FACETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, QueryDict

    View = TypeVar("View", bound=Callable[..., Any])

DEAR_PAGE: Final = 5
"""Results pages past this one are seldom a person's."""


def limited(view: View, *, weight: float = 1) -> View:
    """A view that answers 429 with Retry-After to a network that asks too much; who is signed in is never counted out.

    `weight` is what a plain request costs beside a search: a suggestion at each letter costs less than one.

    `SEARCHES_PER_MINUTE` tokens a minute and as many at once, in this process; 0 turns it off. The login is looked at
    only when the bucket is empty, so that nobody's page costs a statement more.
    """

    @functools.wraps(view)
    def measured(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        per_minute = settings.SEARCHES_PER_MINUTE
        if per_minute > 0:
            network = network_of(request.META.get("REMOTE_ADDR", ""))
            wait = buckets(per_minute).take(network, cost=weight * cost_of(request.GET), now=time.monotonic())
            if wait and not request.user.is_authenticated:
                return _too_many(request, math.ceil(wait))
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return measured  # type: ignore[return-value]


def cost_of(params: QueryDict) -> int:
    """1 for a plain search, one more for each filter and for a far page: robots wander through those, people don't."""
    page = params.get("page", "")
    far = page.isascii() and page.isdecimal() and int(page[:LONGEST_NUMBER]) > DEAR_PAGE
    return 1 + sum(len(params.getlist(facet)) for facet in FACETS) + far


@functools.cache
def buckets(per_minute: int) -> Buckets:
    """This process's buckets."""
    return Buckets(size=per_minute, rate=per_minute / 60)


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = render(request, "429.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    if getattr(request, "htmx", None):
        # A part of a page is not swapped for an error: the whole page goes where it is told what happened.
        response["HX-Redirect"] = request.get_full_path()
    return response
