"""A record that may be shown to everyone, and how it is spoken of with this site's addresses."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse

from kitabxana.catalogue.queries import findable_briefs, record
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.formats.crosswalks.schema_org import to_schema_org
from kitabxana.fronts.opac.render.books import cover_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from kitabxana.catalogue.facts import RecordFacts

LARGEST_ID: Final = 2**63 - 1


def found_record(record_id: int) -> RecordFacts:
    """The record, or the page that says there is none: hidden and deleted ones are not to be told from no record."""
    found = record(record_id) if record_id <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def follows_merges(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lead from the address of a record that was merged into another one to that one's.

    For good, but asked again each time: a merge can be undone.
    """

    @functools.wraps(view)
    def followed(request: HttpRequest, record_id: int, **more: Any) -> HttpResponseBase:
        try:
            return view(request, record_id, **more)
        except Http404:
            into = merged_into(record_id) if record_id <= LARGEST_ID else None
            if into is None or request.resolver_match is None or not findable_briefs([into]):
                raise
            address = reverse(request.resolver_match.view_name, kwargs={**more, "record_id": into})
            query = request.META.get("QUERY_STRING", "")
            answer = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
            answer["Cache-Control"] = "no-cache"
            return answer

    return followed


def permalink(request: HttpRequest, record_id: int) -> str:
    """The address under which a record stays, with this site's name."""
    return request.build_absolute_uri(reverse("opac:record", args=[record_id]))


def described(found: RecordFacts, request: HttpRequest, *, held_by: tuple[str, ...] = ()) -> dict[str, Any]:
    """The record as schema.org describes it."""
    image = request.build_absolute_uri(cover_address(found.id, found.brief))
    return to_schema_org(found.marc, address=permalink(request, found.id), image=image, held_by=held_by)
