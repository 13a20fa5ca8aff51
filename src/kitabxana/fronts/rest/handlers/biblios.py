"""/biblios: records in the format the caller asks for, and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.http import HttpResponse
from django.urls import reverse
from ninja import Router, Status

from kitabxana.catalogue.queries import record
from kitabxana.circulation.queries import loans_by_item
from kitabxana.formats.marc.shape import Unwritable
from kitabxana.formats.marc.writing import to_iso2709, to_marcxml
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.errors import JSON, NotDone
from kitabxana.fronts.rest.handlers.items import ORDERS, seen, shown
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.session import LENDING_KINDS, require
from kitabxana.fronts.rest.shapes_of_items import ItemSent, changes_of
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import add_items
from kitabxana.holdings.queries import items_page
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from kitabxana.catalogue.facts import RecordFacts

router = Router(tags=["biblios"])
FORMATS: Mapping[str, Callable[[RecordFacts], bytes]] = {
    JSON: lambda found: orjson.dumps(render.biblio(found).model_dump()),
    "application/marcxml+xml": lambda found: to_marcxml(found.marc),
    "application/marc-in-json": lambda found: orjson.dumps(found.marc),
    "application/marc": lambda found: to_iso2709(found.marc),
    "text/plain": lambda found: render.marc_lines(found.marc).encode(),
}
"""Media types a record can be had in, the first where the caller has no wish."""
_UTF8_SAID = {"text/plain": "text/plain; charset=utf-8"}
_IN_OPENAPI = {
    "application/marcxml+xml": {"schema": {"type": "string"}},
    "application/marc-in-json": {"schema": {"type": "object"}},
    "application/marc": {"schema": {"type": "string", "contentEncoding": "binary"}},
    "text/plain": {"schema": {"type": "string"}},
}


@router.get(
    "/biblios/{biblio_id}",
    response={200: shapes.Biblio, **shapes.problems(404, 406)},
    operation_id="getBiblio",
    openapi_extra={"responses": {200: {"content": _IN_OPENAPI}}},
)
def get_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """One record, in the first format of Accept that it can be had in."""
    media_type = _chosen(request)
    found = _seen(biblio_id)
    try:
        body = FORMATS[media_type](found)
    except Unwritable as unwritable:  # too long for ISO 2709, a control character in XML: another format can carry it
        raise NotDone(406, "not_in_this_format", type=media_type, detail=str(unwritable)) from unwritable
    return HttpResponse(body, content_type=_UTF8_SAID.get(media_type, media_type), headers={"Vary": "Accept"})


def _chosen(request: HttpRequest) -> str:
    offered = list(FORMATS)
    if "Accept" not in request.headers:
        return offered[0]
    chosen = request.get_preferred_type(offered)
    if chosen is None:
        raise NotDone(406, "not_acceptable", types=", ".join(offered))
    return chosen


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
    own = tree().units.get(actor.unit)
    home = told.pop("home_unit", None) or (own.code if own and own.kind in LENDING_KINDS else "")
    item = NewItem(home_unit=home, holding_unit=sent.holding_library_id or home, **told)
    [added] = add_items(record_id=biblio_id, item=item, by=actor)
    assert added.id is not None, "written"
    response.headers["Location"] = reverse("rest:get_item", args=[added.id])
    return Status(201, shown(seen(request, added.id)))
