"""/patrons: the readers a librarian may see; for a reader, themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.utils import timezone
from ninja import Router

from kitabxana.base.access import actor_of
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import require
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.queries import patron, patrons_by_id, patrons_page

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["patrons"])
ORDERS = {
    "patron_id": "id",
    "surname": "name",
    "library_id": "home_unit",
    "category_id": "category",
    "date_enrolled": "enrolled_on",
    "expiry_date": "expires_on",
}


@router.get("/patrons", response={200: list[shapes.Patron], **shapes.problems(403)}, operation_id="listPatrons")
def list_patrons(request: HttpRequest, response: HttpResponse, asked: shapes.PatronList) -> list[shapes.Patron]:
    """Readers in name order, all or those with this card, surname, library."""
    scopes = require(request, "patrons.view").scopes("patrons.view")
    filters: dict[str, Any] = {"card": asked.cardnumber, "surname": asked.surname, "unit": asked.library_id}
    offset, limit = window(asked)
    total, found = patrons_page(scopes=scopes, offset=offset, limit=limit, order=order_of(asked, ORDERS), **filters)
    base = total
    if any(value is not None for value in filters.values()):
        base = base_count("patrons", scopes, lambda: patrons_page(scopes=scopes, offset=0, limit=0)[0])
    describe(request, response, asked, total=total, base=base)
    return render.patrons(found, now=timezone.now())


@router.get(
    "/patrons/{patron_id}", response={200: shapes.Patron, **shapes.problems(403, 404)}, operation_id="getPatron"
)
def get_patron(request: HttpRequest, patron_id: shapes.Id) -> shapes.Patron:
    """One reader."""
    if patron_id == actor_of(request).patron_id:
        found = patrons_by_id([patron_id]).get(patron_id)
    else:
        found = patron(patron_id, scopes=require(request, "patrons.view").scopes("patrons.view"))
    if found is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    return render.patrons([found], now=timezone.now())[0]
