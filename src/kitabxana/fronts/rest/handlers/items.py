"""/items: the copies a caller may see, those that belong or stand where they hold items.view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from ninja import Router

from kitabxana.circulation.queries import loans_by_item
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import require
from kitabxana.holdings.queries import item_in, items_page
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["items"])
ORDERS = {
    "item_id": "id",
    "external_id": "barcode",
    "callnumber": "call_number",
    "call_number_sort": "call_number",
    "home_library_id": "home_unit",
    "acquisition_date": "created_at",
}


@router.get("/items", response={200: list[shapes.Item], **shapes.problems(403)}, operation_id="listItems")
def list_items(request: HttpRequest, response: HttpResponse, asked: shapes.ItemList) -> list[shapes.Item]:
    """Copies, all or those with this barcode or of this record."""
    scopes = require(request, "items.view").scopes("items.view")
    offset, limit = window(asked)
    total, found = items_page(
        scopes=scopes,
        offset=offset,
        limit=limit,
        record_id=asked.biblio_id,
        barcode=asked.external_id,
        order=order_of(asked, ORDERS),
    )
    filtered = asked.external_id is not None or asked.biblio_id is not None
    base = base_count("items", scopes, lambda: items_page(scopes=scopes, offset=0, limit=0)[0]) if filtered else total
    describe(request, response, asked, total=total, base=base)
    return render.items(found, loans=loans_by_item(item.id for item in found))


@router.get("/items/{item_id}", response={200: shapes.Item, **shapes.problems(403, 404)}, operation_id="getItem")
def get_item(request: HttpRequest, item_id: shapes.Id) -> shapes.Item:
    """One copy."""
    found = item_in(item_id, scopes=require(request, "items.view").scopes("items.view"))
    if found is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    return render.items([found], loans=loans_by_item([item_id]))[0]
