"""/items: the copies a caller may see, those that belong or stand where they hold items.view; adding and changing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from ninja import Router, Status

from kitabxana.base.access import actor_of
from kitabxana.circulation.queries import loans_by_item
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import require
from kitabxana.fronts.rest.shapes_of_items import ItemSent, changes_of
from kitabxana.holdings import operations
from kitabxana.holdings.queries import item_in, items_page
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.holdings.facts import ItemFacts

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
    require(request, "items.view")
    return shown(seen(request, item_id))


def seen(request: HttpRequest, item_id: int) -> ItemFacts:
    found = item_in(item_id, scopes=actor_of(request).scopes("items.view"))
    if found is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    return found


def shown(item: ItemFacts) -> shapes.Item:
    return render.items([item], loans=loans_by_item([item.id]))[0]


@router.put(
    "/items/{item_id}",
    response={200: shapes.Item, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="updateItem",
)
def update_item(request: HttpRequest, item_id: shapes.Id, sent: ItemSent) -> shapes.Item:
    """Describe a copy anew, its states too; fields left out stay as they are. Each field needs its own permission."""
    actor = require(request, "items.state")
    seen(request, item_id)
    operations.change_item(item_id=item_id, changes=changes_of(sent), by=actor)
    return shown(seen(request, item_id))


@router.put(
    "/biblios/{biblio_id}/items/{item_id}",
    response={200: shapes.Item, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="updateBiblioItem",
)
def update_biblio_item(request: HttpRequest, biblio_id: shapes.Id, item_id: shapes.Id, sent: ItemSent) -> shapes.Item:
    """The same, by the address of its record."""
    require(request, "items.state")
    if seen(request, item_id).record_id != biblio_id:
        raise Refused.one("unknown_item", barcode=str(item_id))
    return update_item(request, item_id, sent)


@router.delete("/items/{item_id}", response={204: None, **shapes.problems(403, 404, 409)}, operation_id="deleteItem")
def delete_item(request: HttpRequest, item_id: shapes.Id) -> Status[None]:
    """Delete a copy, unless it is on loan, set aside or on its way."""
    actor = require(request, "items.edit")
    seen(request, item_id)
    operations.delete_item(item_id=item_id, by=actor)
    return Status(204, None)
