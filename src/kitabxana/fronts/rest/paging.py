"""Lists a page at a time, as Koha counts them: X-Total-Count, X-Base-Total-Count and Link (RFC 8288)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.shapes_of_lists import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from kitabxana.fronts.rest.shapes_of_lists import Page

BASE_COUNT_SECONDS = 60


def window(asked: Page) -> tuple[int, int]:
    """(offset, limit) of the page asked for."""
    if asked.per_page < 0:
        return 0, MOST_AT_ONCE
    return (asked.page - 1) * asked.per_page, asked.per_page


def order_of(asked: Page, names: Mapping[str, str]) -> tuple[str, ...]:
    """`_order_by` in the words of the query below; `names` are the fields by which this list may be ordered.

    A "+" that was not escaped arrives as a blank.
    """
    order = []
    for term in (asked.order_by or "").split(",") if asked.order_by else ():
        field = term.strip().lstrip("+")
        descending = field.startswith("-")
        name = names.get(field.removeprefix("-"))
        if name is None:
            raise bad_request(["query", "_order_by"], f"orders by: {', '.join(names)}")
        order.append(f"-{name}" if descending else name)
    return tuple(order)


def base_count(resource: str, scopes: Sequence[str], count: Callable[[], int]) -> int:
    """How long the list is without any filter: counted at most once a minute, for it may be very long."""
    key = f"rest:{resource}:{'|'.join(scopes)}"
    found = cache.get_or_set(key, count, BASE_COUNT_SECONDS)
    return int(found or 0)


def describe(request: HttpRequest, response: HttpResponse, asked: Page, *, total: int, base: int | None = None) -> None:
    """Put the counts and the links to the other pages on the response; `base` is the unfiltered count, else `total`."""
    if asked.per_page < 0 and total > MOST_AT_ONCE:
        raise bad_request(["query", "_per_page"], f"the list has {total} entries; ask for {MOST_AT_ONCE} at most")
    response.headers["X-Total-Count"] = str(total)
    response.headers["X-Base-Total-Count"] = str(total if base is None else base)
    page, per_page = (1, -1) if asked.per_page < 0 else (asked.page, asked.per_page)
    last = 1 if per_page < 0 else max(1, -(-total // per_page))
    pages = {"prev": page - 1, "next": page + 1, "first": 1, "last": last}
    links = [
        f'<{_address(request, number, per_page)}>; rel="{relation}"'
        for relation, number in pages.items()
        if 1 <= number <= last
    ]
    response.headers["Link"] = ",".join(links)


def _address(request: HttpRequest, page: int, per_page: int) -> str:
    query = request.GET.copy()
    query["_page"], query["_per_page"] = str(page), str(per_page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
