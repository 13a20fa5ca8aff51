"""/patrons: the readers a librarian may see and change; for a reader, themselves to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.utils import timezone
from ninja import Router, Status

from kitabxana.base.access import actor_of
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import require
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.operations import add_card, edit, enrol, erase, note_view, set_pin
from kitabxana.patrons.queries import is_visible, patron, patrons_by_id, patrons_page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.base.actor import Actor

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
    filters |= {"text": asked.search} if asked.search else {}
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
        actor = require(request, "patrons.view")
        found = patron(patron_id, scopes=actor.scopes("patrons.view"))
        if found:
            note_view(patron_id=patron_id, by=actor)
    if found is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    return render.patrons([found], now=timezone.now())[0]


@router.post("/patrons", response={201: shapes.Patron, **shapes.problems(403, 404, 409)}, operation_id="addPatron")
def add_patron(request: HttpRequest, response: HttpResponse, body: shapes.NewPatron) -> Status[shapes.Patron]:
    """Register a reader; without a cardnumber one is made."""
    actor = require(request, "patrons.edit")
    fields = _fields(body)
    fields |= {"card": body.cardnumber or "", "surname": body.surname}
    fields |= {"home_unit": body.library_id, "category": body.category_id}
    patron_id = enrol(Draft(**fields), by=actor, now=timezone.now(), lift=frozenset(body.override))
    response.headers["Location"] = f"{request.path}/{patron_id}"
    return Status(201, render.patrons(patrons_by_id([patron_id]).values(), now=timezone.now())[0])


@router.put(
    "/patrons/{patron_id}", response={200: shapes.Patron, **shapes.problems(403, 404, 409)}, operation_id="updatePatron"
)
def update_patron(request: HttpRequest, patron_id: shapes.Id, body: shapes.ChangedPatron) -> shapes.Patron:
    """Change a reader; another cardnumber takes the place of the present one."""
    actor = require(request, "patrons.edit")
    before = patron(patron_id, scopes=actor.scopes("patrons.view"))
    if before is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    shown = render.patrons([before], now=timezone.now())[0]
    for name in ("patron_id", "expired", "restricted"):
        if getattr(body, name) not in (None, getattr(shown, name)):
            raise bad_request(["body", name], "can't be changed here")
    with transaction.atomic():
        _change(patron_id, body, before.card, actor)
    return render.patrons(patrons_by_id([patron_id]).values(), now=timezone.now())[0]


def _change(patron_id: int, body: shapes.ChangedPatron, card: str, actor: Actor) -> None:
    changes = _fields(body) | {"surname": body.surname, "home_unit": body.library_id, "category": body.category_id}
    edit(
        patron_id=patron_id, changes=changes, by=actor, now=timezone.now(), seen=body.updated_on,
        lift=frozenset(body.override),
    )  # fmt: skip
    if body.cardnumber and body.cardnumber != card:
        add_card(patron_id=patron_id, number=body.cardnumber, instead_of=card, by=actor)


@router.delete(
    "/patrons/{patron_id}", response={204: None, **shapes.problems(403, 404, 409)}, operation_id="deletePatron"
)
def delete_patron(request: HttpRequest, patron_id: shapes.Id) -> Status[None]:
    """Forget a reader who has nothing open."""
    actor = require(request, "patrons.erase")
    if not is_visible(patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_patron", card=str(patron_id))
    erase(patron_id=patron_id, by=actor, now=timezone.now())
    return Status(204, None)


@router.post(
    "/patrons/{patron_id}/password",
    response={200: str, **shapes.problems(403, 404, 409)},
    operation_id="setPatronPassword",
)
def set_password(request: HttpRequest, patron_id: shapes.Id, body: shapes.NewPassword) -> str:
    """Set a reader's PIN or password, given twice."""
    actor = require(request, "patrons.edit")
    if body.password != body.password_2:
        raise bad_request(["body", "password_2"], "is not the same as password")
    if not is_visible(patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_patron", card=str(patron_id))
    set_pin(patron_id=patron_id, pin=body.password, by=actor)
    return ""


TEXTS = {
    "firstname": "firstname",
    "middle_name": "middle_name",
    "email": "email",
    "phone": "phone",
    "address": "address",
    "city": "city",
    "postal_code": "postcode",
    "staff_notes": "staff_note",
    "opac_notes": "public_note",
}
DAYS = {"date_of_birth": "birth_date", "date_enrolled": "enrolled_on", "expiry_date": "expires_on"}


def _fields(body: shapes.NewPatron | shapes.ChangedPatron) -> dict[str, Any]:
    """What was named in the body, in the words of a draft."""
    given = body.model_fields_set
    fields: dict[str, Any] = {ours: getattr(body, name) or "" for name, ours in TEXTS.items() if name in given}
    fields |= {
        ours: getattr(body, name)
        for name, ours in DAYS.items()
        if name in given and (getattr(body, name) or name == "date_of_birth")
    }
    if body.privacy is not None:
        fields["history"] = render.PRIVACY[body.privacy]
    if body.lang is not None:
        fields["language"] = "" if body.lang == "default" else body.lang
    return fields
