"""/biblios: records in the format the caller asks for, and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Status

from kitabxana.catalogue.operations import delete_record
from kitabxana.catalogue.queries import record, records_by_id
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.circulation.queries import loans_by_item
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.handlers.items import ORDERS, seen
from kitabxana.fronts.rest.handlers.items import shown as shown_item
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.records import (
    BODY,
    FORMATS_OFFERED,
    any_record,
    sent_record,
    sent_version,
    shown,
    store,
)
from kitabxana.fronts.rest.session import require, works_at
from kitabxana.fronts.rest.shapes_of_items import ItemSent, changes_of
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import add_items
from kitabxana.holdings.queries import items_page
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.search.facts import Everything, SearchRequest
from kitabxana.search.languages import box
from kitabxana.search.queries import find

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.catalogue.facts import RecordFacts
    from kitabxana.search.facts import Sort

router = Router(tags=["biblios"])


SORTS: dict[str, Sort] = {
    "": "relevance", "title": "title", "author": "author", "publication_year": "oldest", "-publication_year": "newest",
}  # fmt: skip
"""What `_order_by` of the list of records may say."""


@router.get("/biblios", response={200: list[shapes.Biblio], **shapes.problems(403)}, operation_id="listBiblios")
def list_biblios(request: HttpRequest, response: HttpResponse, asked: shapes.RecordList) -> list[shapes.Biblio]:
    """The records that readers find for `search`, the best first; all of them where nothing is asked for."""
    sort = SORTS.get((asked.order_by or "").strip().removeprefix("+"))
    if sort is None:
        raise bad_request(["query", "_order_by"], f"orders by one of: {', '.join(filter(None, SORTS))}")
    node = box.parse(asked.search, today=timezone.localdate()).node if asked.search else Everything()
    offset, limit = window(asked)
    answer = find(SearchRequest(node, sort=sort, offset=offset, limit=limit))
    describe(request, response, asked, total=answer.total)
    found = records_by_id(hit.record_id for hit in answer.hits)
    return [render.biblio(found[hit.record_id]) for hit in answer.hits if hit.record_id in found]


@router.get(
    "/biblios/{biblio_id}",
    response={200: shapes.Biblio, 301: None, **shapes.problems(404, 406)},
    operation_id="getBiblio",
    openapi_extra=FORMATS_OFFERED,
)
def get_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """One record, in the first format of Accept that it can be had in; 301 to the one it was merged into."""
    try:
        return shown(request, lambda: _seen(biblio_id), as_json=render.biblio)
    except Refused:
        into = merged_into(biblio_id)
        if into is None or record(into) is None:
            raise
    return HttpResponsePermanentRedirect(reverse("rest:get_biblio", args=[into]))


@router.post(
    "/biblios",
    response={200: shapes.SavedRecord, **shapes.problems(403, 413, 415)},
    operation_id="addBiblio",
    openapi_extra=BODY,
)
def add_biblio(request: HttpRequest) -> HttpResponse:
    """Add a record, sent as MARCXML, MARC-in-JSON or ISO 2709, under the same rules as at the desk."""
    require(request, "records.edit")
    return store(request, None, sent_record(request, kind="b"), None, read_by="rest:get_biblio")


@router.put(
    "/biblios/{biblio_id}",
    response={200: shapes.SavedRecord, **shapes.problems(403, 404, 409, 413, 415, 428)},
    operation_id="updateBiblio",
    openapi_extra=BODY,
)
def update_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """Put a record in place of the version that If-Match or its field 005 names; 001 and 003 stay.

    Where somebody changed it meanwhile: 409 stale_version with both changes, field by field.
    """
    require(request, "records.edit")
    marc = sent_record(request, kind="b")
    found = any_record(biblio_id, kind="b")
    return store(request, biblio_id, marc, sent_version(request, found, marc))


@router.delete(
    "/biblios/{biblio_id}", response={204: None, **shapes.problems(403, 404, 409)}, operation_id="deleteBiblio"
)
def delete_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """Leave a tombstone; 409 while there are copies or waiting readers."""
    actor = require(request, "records.delete")
    any_record(biblio_id, kind="b")
    delete_record(record_id=biblio_id, by=actor, now=timezone.now(), through="rest")
    return HttpResponse(status=204)


def _seen(biblio_id: int) -> RecordFacts:
    found = record(biblio_id)
    if found is None:
        raise Refused.one("unknown_record")
    return found


@router.get(
    "/biblios/{biblio_id}/items",
    response={200: list[shapes.Item], **shapes.problems(403, 404)},
    operation_id="getBiblioItems",
)
def list_biblio_items(
    request: HttpRequest, response: HttpResponse, biblio_id: shapes.Id, asked: shapes.BiblioItemList
) -> list[shapes.Item]:
    """The record's copies that the caller may see, withdrawn ones too."""
    scopes = require(request, "items.view").scopes("items.view")
    _seen(biblio_id)
    offset, limit = window(asked)
    total, found = items_page(
        scopes=scopes, offset=offset, limit=limit, record_id=biblio_id, order=order_of(asked, ORDERS)
    )
    describe(request, response, asked, total=total)
    return render.items(found, loans=loans_by_item(item.id for item in found))


@router.post(
    "/biblios/{biblio_id}/items",
    response={201: shapes.Item, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="addBiblioItem",
)
def add_biblio_item(
    request: HttpRequest, response: HttpResponse, biblio_id: shapes.Id, sent: ItemSent
) -> Status[shapes.Item]:
    """Add a copy. Without external_id it gets the next barcode of its library's series."""
    actor = require(request, "items.edit")
    _seen(biblio_id)
    told = {"barcode": None, "item_type": ""} | changes_of(sent)
    home = told.pop("home_unit", None) or (actor.unit if works_at(tree().units, actor.unit) else "")
    item = NewItem(home_unit=home, holding_unit=sent.holding_library_id or home, **told)
    [added] = add_items(record_id=biblio_id, item=item, by=actor)
    assert added.id is not None, "written"
    response.headers["Location"] = reverse("rest:get_item", args=[added.id])
    return Status(201, shown_item(seen(request, added.id)))
