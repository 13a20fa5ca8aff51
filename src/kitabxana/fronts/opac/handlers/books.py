"""One book: its page, its MARC, its cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from kitabxana.base.access import public
from kitabxana.base.covers import draw_cover
from kitabxana.catalogue.queries import findable_briefs, hosts_of, in_order, parts_of
from kitabxana.catalogue.rules.analytics import told_hosts
from kitabxana.circulation.queries import holds_count, loans_by_item
from kitabxana.fronts.opac.handlers.found import LARGEST_ID, described, follows_merges, found_record, permalink
from kitabxana.fronts.opac.render.books import book, cover_of, cover_stamp, one_of_each
from kitabxana.fronts.opac.render.copies import Branch, Standing, branches, standing
from kitabxana.fronts.opac.render.machines import marked, summary
from kitabxana.fronts.opac.render.record import (
    MOST_OTHER,
    by_the_same,
    facts,
    marc_lines,
    other_editions,
    people,
    summaries,
    topics,
)
from kitabxana.fronts.opac.render.words import unit_name
from kitabxana.fronts.opac.session import own_library
from kitabxana.holdings.facts import CopyGroup
from kitabxana.holdings.queries import beside, items_of
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from kitabxana.catalogue.facts import RecordFacts
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree

NEIGHBOURS = 3
"""How many copies on either side are looked at for "beside it on the shelf"."""

YEAR = 365 * 24 * 3600
HOUR = 3600


@public
@require_safe
@follows_merges
def show(request: HttpRequest, record_id: int) -> HttpResponse:
    """The book first, then where it stands, then what is near it."""
    found, now, organisation = found_record(record_id), timezone.now(), tree()
    items = items_of([record_id], organisation=organisation).get(record_id, [])
    loans = loans_by_item((item.id for item in items), organisation=organisation)
    own = own_library(request, organisation)
    where = branches(items, loans, organisation=organisation, now=now, own=own)
    shown, abstracts = book(record_id, found.brief), summaries(found.marc)
    return render(
        request,
        "opac/record.html",
        {
            "book": shown,
            "people": people(found),
            "topics": topics(found),
            "facts": facts(found),
            "summaries": abstracts,
            "parts": parts_of(found),
            "hosts": hosts_of(found),
            "told_hosts": told_hosts(found.marc),
            "standing": _standing(items, loans, organisation=organisation, now=now, own=own),
            "branches": where,
            "own": unit_name(organisation.units[own]) if own else "",
            "waiting": holds_count([record_id]).get(record_id, 0),
            "back": _came_from_results(request),
            "permalink": permalink(request, record_id),
            "marked": marked(described(found, request)),
            "summary": summary(shown, abstracts),
            **_around(found, items, where, organisation=organisation),
        },
    )


def _around(
    found: RecordFacts, items: Sequence[ItemFacts], where: Sequence[Branch], *, organisation: Tree
) -> dict[str, Any]:
    """Other editions, other works of the author, and what stands beside the copy a reader would go to."""
    editions = other_editions(found)
    others = by_the_same(found, without=editions)
    order = [branch.code for branch in where]
    shelved = sorted((item for item in items if item.shelf_key), key=lambda item: order.index(item.holding_unit))
    near = beside(shelved[0], each_side=NEIGHBOURS, organisation=organisation) if shelved else []
    briefs = findable_briefs([*editions, *others, *near])
    return {
        "editions": [book(*row) for row in in_order(editions, briefs)],
        "others": one_of_each(in_order(others, briefs))[:MOST_OTHER],
        "neighbours": [book(*row) for row in in_order(near, briefs)],
        "shelved": shelved[0] if shelved else None,
    }


@public
@require_safe
@follows_merges
def marc(request: HttpRequest, record_id: int) -> HttpResponse:
    """The record in MARC 21, field by field."""
    found = found_record(record_id)
    return render(
        request, "opac/marc.html", {"book": book(record_id, found.brief), "lines": list(marc_lines(found.marc))}
    )


@public
@require_safe
def cover(request: HttpRequest, record_id: int) -> HttpResponseBase:
    """The drawn cover. Under the address that lists give (with its stamp) it never changes."""
    brief = findable_briefs([record_id]).get(record_id) if record_id <= LARGEST_ID else None
    if brief is None:
        raise Http404
    stamp = cover_stamp(brief)
    etag = f'"{stamp}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(draw_cover(**cover_of(brief)), content_type="image/svg+xml")
    kept = f"{YEAR}, immutable" if request.META.get("QUERY_STRING") == stamp else f"{HOUR}"
    response["Cache-Control"] = f"public, max-age={kept}"
    response["ETag"] = etag
    return response


def _came_from_results(request: HttpRequest) -> str:
    """The results page this reader comes from, "" when from elsewhere."""
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    path = came_from.partition("://")[2].partition("/")[2]
    results = reverse("opac:search").lstrip("/")
    return f"/{path}" if ours and path.split("?")[0] == results else ""


def _standing(
    items: Sequence[ItemFacts], loans: dict[int, LoanFacts], *, organisation: Tree, now: datetime, own: str
) -> Standing:
    """The same one line that lists have, from the copies at hand."""
    groups = [
        CopyGroup(
            unit_id=organisation.units[item.holding_unit].id,
            place=item.place,
            lost=bool(item.lost),
            damaged=item.damaged,
            not_for_loan=item.not_for_loan,
            restricted=item.restricted,
            count=1,
        )
        for item in items
    ]
    lost = {item.id for item in items if item.lost}
    due = min((loan.due_at for loan in loans.values() if loan.item_id not in lost), default=None)
    return standing(groups, organisation=organisation, due=due, now=now, own=own)
