"""/holds: who waits for what; placing, changing, suspending, moving and cancelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from ninja import Body, Router, Status

from kitabxana.base.access import actor_of
from kitabxana.base.actor import EVERYWHERE
from kitabxana.catalogue.queries import record
from kitabxana.circulation import operations
from kitabxana.circulation.facts import HoldFacts
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.circulation.queries.holds import holds_page, ranks
from kitabxana.circulation.rules.holds import pickup_units
from kitabxana.fronts.rest import render_holds as render
from kitabxana.fronts.rest import shapes as common
from kitabxana.fronts.rest import shapes_of_holds as shapes
from kitabxana.fronts.rest.errors import JSON
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import require
from kitabxana.holdings.queries import items_by_id, items_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import is_visible, patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.rest.shapes_of_lists import Page
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

router = Router(tags=["holds"])
VIEW = "circulation.view"
ORDERS = {"hold_id": "id", "hold_date": "placed_at", "patron_id": "patron", "biblio_id": "record",
          "pickup_library_id": "pickup"}  # fmt: skip
WRITES: dict[int, Any] = common.problems(403, 404, 409, 413, 415)


@router.get("/holds", response={200: list[shapes.Hold], **common.problems(403, 404)}, operation_id="listHolds")
def list_holds(request: HttpRequest, response: HttpResponse, asked: shapes.HoldList) -> list[shapes.Hold]:
    """Open holds: a reader's own, else those fetched, or of readers, where the caller may see circulation."""
    actor = actor_of(request)
    scopes: tuple[str, ...] = (EVERYWHERE,)
    if asked.patron_id is None or asked.patron_id != actor.patron_id:
        actor = require(request, VIEW)
        scopes = actor.scopes(VIEW)
        if asked.patron_id is not None and not is_visible(asked.patron_id, scopes=actor.scopes("patrons.view")):
            raise Refused.one("unknown_patron", card=str(asked.patron_id))
    names = {"hold_id": "pk", "patron_id": "patron_id", "biblio_id": "record_id", "suspended": "suspended",
             "pickup_library_id": "pickup_unit__code", "item_id": "allocation__item_id"}  # fmt: skip
    narrowed = {column: value for name, column in names.items() if (value := getattr(asked, name)) is not None}
    offset, limit = window(asked)
    order = order_of(asked, ORDERS)
    total, found = holds_page(scopes=scopes, offset=offset, limit=limit, order=order, **narrowed)
    base = None
    if narrowed and asked.patron_id != actor.patron_id:
        base = base_count("holds", scopes, lambda: holds_page(scopes=scopes, offset=0, limit=0)[0])
    describe(request, response, asked, total=total, base=base)
    return render.holds(found)


@router.post("/holds", response={201: shapes.Hold, **WRITES}, operation_id="addHold")
def add_hold(request: HttpRequest, asked: shapes.NewHold) -> Status[shapes.Hold]:
    """Let a reader wait for a title, a copy, or the first of several titles. `override` lifts refusals."""
    actor = actor_of(request)
    if asked.patron_id != actor.patron_id:
        actor = require(request, "circulation.hold")
        if not is_visible(asked.patron_id, scopes=actor.scopes("patrons.view")):
            raise Refused.one("unknown_patron", card=str(asked.patron_id))
    common_part: dict[str, Any] = {
        "patron_id": asked.patron_id, "pickup_unit": asked.pickup_library_id, "by": actor, "now": timezone.now(),
        "lift": frozenset(asked.override), "until": asked.expiration_date, "note": asked.notes or "",
    }  # fmt: skip
    if asked.biblio_ids is not None:
        found = operations.place_first_of(record_ids=asked.biblio_ids, **common_part)
        return Status(201, render.holds(found[:1])[0])
    record_id = record_of(asked.biblio_id, asked.item_id)
    made = operations.place_hold(
        record_id=record_id, item_id=asked.item_id, item_type=asked.item_type, volume=asked.volume or "", **common_part
    )
    return Status(201, render.holds([made])[0])


def record_of(biblio_id: int | None, item_id: int | None) -> int:
    """The title asked for; a copy's own. Refused: unknown_item where the two do not belong together."""
    if item_id is None:
        assert biblio_id is not None, "the shape names one of the two"
        return biblio_id
    item = items_by_id([item_id]).get(item_id)
    if item is None or biblio_id not in (None, item.record_id):
        raise Refused.one("unknown_item", barcode=str(item_id))
    return item.record_id


@router.patch("/holds/{hold_id}", response={200: shapes.Hold, **WRITES}, operation_id="patchHold")
@router.put("/holds/{hold_id}", response={200: shapes.Hold, **WRITES}, operation_id="editHold")
def edit_hold(request: HttpRequest, hold_id: common.Id, asked: shapes.ChangedHold) -> Status[shapes.Hold]:
    """Change what is given: all of it or nothing."""
    by, now = actor_of(request), timezone.now()
    with transaction.atomic():
        if asked.pickup_library_id is not None:
            operations.change_pickup(hold_id=hold_id, pickup_unit=asked.pickup_library_id, by=by, now=now)
        if asked.lowest_priority is not None:
            operations.put_last(hold_id=hold_id, by=by, now=now, last=asked.lowest_priority)
        if asked.priority is not None:
            operations.move_hold(hold_id=hold_id, rank=asked.priority, by=by, now=now)
        if "suspended_until" in asked.model_fields_set:
            if asked.suspended_until is None:
                operations.resume_hold(hold_id=hold_id, by=by, now=now)
            else:
                operations.suspend_hold(hold_id=hold_id, by=by, now=now, until=asked.suspended_until)
        plain = {"until": asked.expiration_date, "note": asked.notes or ""}
        sent = {"until": "expiration_date", "note": "notes"}
        changes = {name: value for name, value in plain.items() if sent[name] in asked.model_fields_set}
        found = operations.change_hold(hold_id=hold_id, by=by, now=now, **changes)
    return Status(200, render.holds([found])[0])


@router.delete("/holds/{hold_id}", response={204: None, **WRITES}, operation_id="deleteHold")
def delete_hold(request: HttpRequest, hold_id: common.Id) -> Status[None]:
    """Cancel a hold, as its reader or where it is fetched."""
    operations.cancel_hold(hold_id=hold_id, by=actor_of(request), now=timezone.now())
    return Status(204, None)


@router.post("/holds/{hold_id}/suspension", response={201: shapes.Suspension, **WRITES}, operation_id="suspendHold")
def suspend_hold(
    request: HttpRequest, hold_id: common.Id, asked: shapes.NewSuspension | None = None
) -> Status[shapes.Suspension]:
    """Let a hold rest, until a day if one is given. The body may be left out."""
    until = asked.end_date if asked else None
    found = operations.suspend_hold(hold_id=hold_id, by=actor_of(request), now=timezone.now(), until=until)
    return Status(201, shapes.Suspension(end_date=found.suspended_until))


@router.delete("/holds/{hold_id}/suspension", response={204: None, **WRITES}, operation_id="resumeHold")
def resume_hold(request: HttpRequest, hold_id: common.Id) -> Status[None]:
    """Let a suspended hold go on where it stands in line."""
    operations.resume_hold(hold_id=hold_id, by=actor_of(request), now=timezone.now())
    return Status(204, None)


@router.put("/holds/{hold_id}/priority", response={200: int, **WRITES}, operation_id="updateHoldPriority")
def update_priority(request: HttpRequest, hold_id: common.Id, asked: Body[shapes.Rank]) -> HttpResponse:
    """Move a hold to a rank in its line; the body is the number. Answers with the rank it has now."""
    found = operations.move_hold(hold_id=hold_id, rank=asked, by=actor_of(request), now=timezone.now())
    return HttpResponse(orjson.dumps(ranks([found])[found.id]), content_type=JSON)


@router.put(
    "/holds/{hold_id}/pickup_location", response={200: shapes.PickupLocation, **WRITES}, operation_id="editPickup"
)
def edit_pickup(
    request: HttpRequest, hold_id: common.Id, asked: shapes.PickupLocation
) -> Status[shapes.PickupLocation]:
    """Let a hold be fetched elsewhere."""
    by, unit = actor_of(request), asked.pickup_library_id
    found = operations.change_pickup(hold_id=hold_id, pickup_unit=unit, by=by, now=timezone.now())
    return Status(200, shapes.PickupLocation(pickup_library_id=found.pickup_unit))


@router.get(
    "/holds/{hold_id}/pickup_locations",
    response={200: list[shapes.PickupLibrary], **common.problems(403, 404)},
    operation_id="getHoldPickupLocations",
)
def hold_pickup_locations(
    request: HttpRequest, response: HttpResponse, hold_id: common.Id, asked: shapes.PickupList
) -> list[shapes.PickupLibrary]:
    """Where this hold may be fetched."""
    found, actor = one_hold(hold_id), actor_of(request)
    if found is None or found.patron_id != actor.patron_id:
        actor = require(request, VIEW)
        if found is None or not actor.may(VIEW, tree().units[found.pickup_unit].path):
            raise Refused.one("unknown_hold")
    copies = items_of([found.record_id]).get(found.record_id, [])
    return _page(request, response, asked, pickup_units(found, copies, tree()))


@router.get(
    "/biblios/{biblio_id}/pickup_locations",
    response={200: list[shapes.PickupLibrary], **common.problems(403, 404)},
    operation_id="getBiblioPickupLocations",
)
def biblio_pickup_locations(
    request: HttpRequest, response: HttpResponse, biblio_id: common.Id, asked: shapes.PickupForList
) -> list[shapes.PickupLibrary]:
    """Where a reader may fetch a copy of this title."""
    actor = _for_reader(request, asked.patron_id)
    if record(biblio_id, hidden=bool(actor.scopes(VIEW))) is None:
        raise Refused.one("unknown_record")
    copies = items_of([biblio_id]).get(biblio_id, [])
    return _page(request, response, asked, _units(asked.patron_id, biblio_id, None, copies))


@router.get(
    "/items/{item_id}/pickup_locations",
    response={200: list[shapes.PickupLibrary], **common.problems(403, 404)},
    operation_id="getItemPickupLocations",
)
def item_pickup_locations(
    request: HttpRequest, response: HttpResponse, item_id: common.Id, asked: shapes.PickupForList
) -> list[shapes.PickupLibrary]:
    """Where a reader may fetch this copy."""
    _for_reader(request, asked.patron_id)
    item = items_by_id([item_id]).get(item_id)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    return _page(request, response, asked, _units(asked.patron_id, item.record_id, item_id, [item]))


def _for_reader(request: HttpRequest, patron_id: int) -> Actor:
    """The caller, who asks for themselves or for a reader they may see."""
    actor = actor_of(request)
    if actor.patron_id != patron_id:
        actor = require(request, VIEW)
        if not is_visible(patron_id, scopes=actor.scopes("patrons.view")):
            raise Refused.one("unknown_patron", card=str(patron_id))
    return actor


def _units(patron_id: int, record_id: int, item_id: int | None, copies: Sequence[ItemFacts]) -> list[UnitFacts]:
    reader = patrons_by_id([patron_id])[patron_id]
    asked = HoldFacts(
        0, record_id, item_id, patron_id, reader.home_unit, timezone.now(), patron_home=reader.home_unit,
        patron_category=reader.category,
    )  # fmt: skip
    return pickup_units(asked, copies, tree()) if copies else []


def _page(
    request: HttpRequest, response: HttpResponse, asked: Page, units: list[UnitFacts]
) -> list[shapes.PickupLibrary]:
    offset, limit = window(asked)
    describe(request, response, asked, total=len(units))
    return render.pickup_libraries(units[offset : offset + limit])
