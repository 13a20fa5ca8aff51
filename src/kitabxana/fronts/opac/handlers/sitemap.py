"""The map of all records for search engines (sitemaps.org protocol 0.9): an index of parts, each streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from kitabxana.base.access import public
from kitabxana.catalogue.queries import each_change, last_id
from kitabxana.fronts.opac.handlers.found import LARGEST_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PART: Final = 50_000
"""Addresses in one part at most, as the protocol allows. A part holds a span of record numbers: its address stays."""

BATCH: Final = 5_000
DAY: Final = 24 * 3600
_OPEN: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@public
@require_safe
@cache_control(public=True, max_age=DAY)
def index(request: HttpRequest) -> HttpResponse:
    """The addresses of all parts; one statement."""
    parts = range(-(-last_id() // PART))
    addresses = (request.build_absolute_uri(reverse("opac:sitemap_part", args=[part])) for part in parts)
    listed = "".join(f"<sitemap><loc>{escape(address)}</loc></sitemap>\n" for address in addresses)
    return HttpResponse(f"{_OPEN.format('sitemapindex')}{listed}</sitemapindex>\n", content_type="application/xml")


@public
@require_safe
@cache_control(public=True, max_age=DAY)
def part(request: HttpRequest, part: int) -> HttpResponseBase:
    """The findable records of one span of numbers, with the day each was changed."""
    if part > LARGEST_ID // PART or part * PART >= last_id():
        raise Http404
    return StreamingHttpResponse(_addresses(request, part), content_type="application/xml")


def _addresses(request: HttpRequest, part: int) -> Iterator[str]:
    # Written by hand: one reverse() for each of 50,000 addresses would take seconds.
    before, after = request.build_absolute_uri(reverse("opac:record", args=[0])).rsplit("0", 1)
    head, tail = f"<url><loc>{escape(before)}", f"{escape(after)}</loc><lastmod>"
    yield _OPEN.format("urlset")
    lines: list[str] = []
    for record_id, changed_at in each_change(after=part * PART, upto=(part + 1) * PART, batch=BATCH):
        lines.append(f"{head}{record_id}{tail}{changed_at:%Y-%m-%d}</lastmod></url>\n")
        if len(lines) == BATCH:
            yield "".join(lines)
            lines.clear()
    yield "".join([*lines, "</urlset>\n"])
