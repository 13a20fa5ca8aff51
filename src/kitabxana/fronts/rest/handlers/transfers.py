"""/transfers: copies on their way between libraries, and those that arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from ninja import Router

from kitabxana.circulation.queries import transfers_page
from kitabxana.fronts.rest import shapes_of_loans as shapes
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.render import moment
from kitabxana.fronts.rest.session import require
from kitabxana.fronts.rest.shapes import problems
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["transfers"])
ORDERS = {"transfer_id": "id", "date_sent": "sent_at", "item_id": "item_id"}


@router.get("/transfers", response={200: list[shapes.Transfer], **problems(403)}, operation_id="listTransfers")
def list_transfers(request: HttpRequest, response: HttpResponse, asked: shapes.TransferList) -> list[shapes.Transfer]:
    """Transfers from or to a library where the caller may see loans."""
    scopes = require(request, "circulation.view").scopes("circulation.view")
    offset, limit = window(asked)
    total, found = transfers_page(
        scopes=scopes, offset=offset, limit=limit, order=order_of(asked, ORDERS), item_id=asked.item_id,
        from_unit=asked.from_library_id, to_unit=asked.to_library_id, arrived=asked.arrived,
    )  # fmt: skip
    describe(request, response, asked, total=total)
    units = tree().units
    return [
        shapes.Transfer(
            transfer_id=one.id,
            item_id=one.item_id,
            from_library_id=one.from_unit,
            to_library_id=one.to_unit,
            reason=one.reason,
            date_sent=moment(one.sent_at, units[one.from_unit]),
            date_arrived=moment(one.arrived_at, units[one.to_unit]) if one.arrived_at else None,
        )
        for one in found
    ]
