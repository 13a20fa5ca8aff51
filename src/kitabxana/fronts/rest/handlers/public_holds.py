"""/public/patrons/{id}/holds: what a reader waits for, asked for and changed by nobody but that reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from ninja import Router, Status

from kitabxana.circulation import operations
from kitabxana.circulation.queries import holds_of
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.circulation.queries.holds import ranks
from kitabxana.circulation.rules.holds import pickup_units
from kitabxana.fronts.rest import render, render_holds
from kitabxana.fronts.rest import shapes_of_holds as of_holds
from kitabxana.fronts.rest import shapes_of_own as shapes
from kitabxana.fronts.rest.handlers.holds import record_of
from kitabxana.fronts.rest.handlers.public import own
from kitabxana.fronts.rest.session import Basic, OwnSession
from kitabxana.fronts.rest.shapes import Id, problems
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import HoldFacts

router = Router(tags=["public"], auth=[OwnSession(), Basic()])
WRITES: dict[int, Any] = problems(403, 404, 409, 413, 415)
ALL, ONE = "/public/patrons/{patron_id}/holds", "/public/patrons/{patron_id}/holds/{hold_id}"


def _own_hold(request: HttpRequest, patron_id: int, hold_id: int) -> tuple[HoldFacts, Actor]:
    """The reader's hold and the reader. Another's is not to be told from none.

    Refused: unknown_patron, unknown_hold.
    """
    actor, found = own(request, patron_id), one_hold(hold_id)
    if found is None or found.patron_id != patron_id:
        raise Refused.one("unknown_hold")
    return found, actor


@router.get(ALL, response={200: list[shapes.PublicHold], **problems(404)}, operation_id="listPublicPatronHolds")
def list_holds(request: HttpRequest, patron_id: Id) -> list[shapes.PublicHold]:
    """What the reader waits for, the oldest first."""
    own(request, patron_id)
    return _holds(holds_of(patron_id))


@router.post(ALL, response={201: shapes.PublicHold, **WRITES}, operation_id="addPublicPatronHold")
def add_hold(request: HttpRequest, patron_id: Id, asked: shapes.NewOwnHold) -> Status[shapes.PublicHold]:
    """Wait for a title, a volume, a copy, or the first of several titles; nothing can be lifted here."""
    plain: dict[str, Any] = {
        "patron_id": patron_id, "pickup_unit": asked.pickup_library_id, "by": own(request, patron_id),
        "now": timezone.now(), "until": asked.expiration_date,
    }  # fmt: skip
    if asked.biblio_ids is not None:
        found = operations.place_first_of(record_ids=asked.biblio_ids, **plain)[0]
    else:
        record_id = record_of(asked.biblio_id, asked.item_id)
        found = operations.place_hold(
            record_id=record_id, item_id=asked.item_id, volume=asked.volume or "", **plain
        )  # fmt: skip
    return Status(201, _holds([found])[0])


@router.patch(ONE, response={200: shapes.PublicHold, **WRITES}, operation_id="editPublicPatronHold")
def edit_hold(
    request: HttpRequest, patron_id: Id, hold_id: Id, asked: shapes.ChangedOwnHold
) -> Status[shapes.PublicHold]:
    """Change where and until when: all of it or nothing."""
    found, actor = _own_hold(request, patron_id, hold_id)
    said: dict[str, Any] = {"hold_id": hold_id, "by": actor, "now": timezone.now()}
    with transaction.atomic():
        if asked.pickup_library_id is not None:
            found = operations.change_pickup(pickup_unit=asked.pickup_library_id, **said)
        if "expiration_date" in asked.model_fields_set:
            found = operations.change_hold(until=asked.expiration_date, **said)
    return Status(200, _holds([found])[0])


@router.delete(ONE, response={204: None, **WRITES}, operation_id="cancelPublicPatronHold")
def cancel_hold(request: HttpRequest, patron_id: Id, hold_id: Id) -> Status[None]:
    """Wait no more."""
    _, actor = _own_hold(request, patron_id, hold_id)
    operations.cancel_hold(hold_id=hold_id, by=actor, now=timezone.now())
    return Status(204, None)


@router.post(ONE + "/suspension", response={201: of_holds.Suspension, **WRITES}, operation_id="suspendPublicPatronHold")
def suspend_hold(
    request: HttpRequest, patron_id: Id, hold_id: Id, asked: of_holds.NewSuspension | None = None
) -> Status[of_holds.Suspension]:
    """Let a hold rest, until a day if one is given. The body may be left out."""
    _, actor = _own_hold(request, patron_id, hold_id)
    until = asked.end_date if asked else None
    found = operations.suspend_hold(hold_id=hold_id, by=actor, now=timezone.now(), until=until)
    return Status(201, of_holds.Suspension(end_date=found.suspended_until))


@router.delete(ONE + "/suspension", response={204: None, **WRITES}, operation_id="resumePublicPatronHold")
def resume_hold(request: HttpRequest, patron_id: Id, hold_id: Id) -> Status[None]:
    """Let a suspended hold go on where it stands in line."""
    _, actor = _own_hold(request, patron_id, hold_id)
    operations.resume_hold(hold_id=hold_id, by=actor, now=timezone.now())
    return Status(204, None)


@router.get(
    ONE + "/pickup_locations",
    response={200: list[of_holds.PickupLibrary], **problems(404)},
    operation_id="getPublicPatronHoldPickupLocations",
)
def pickup_locations(request: HttpRequest, patron_id: Id, hold_id: Id) -> list[of_holds.PickupLibrary]:
    """Where this hold may be fetched."""
    found, _ = _own_hold(request, patron_id, hold_id)
    copies = items_of([found.record_id]).get(found.record_id, [])
    return render_holds.pickup_libraries(pickup_units(found, copies, tree()))


def _holds(found: Sequence[HoldFacts]) -> list[shapes.PublicHold]:
    """One statement for the ranks, however many."""
    units, rank = tree().units, ranks(found) if found else {}
    return [
        shapes.PublicHold(
            hold_id=one.id,
            biblio_id=one.record_id,
            item_id=one.allocated_item_id or one.item_id,
            patron_id=one.patron_id,
            pickup_library_id=one.pickup_unit,
            volume=one.volume or None,
            priority=rank[one.id],
            suspended=one.suspended,
            suspended_until=one.suspended_until,
            hold_date=render.moment(one.placed_at, units[one.pickup_unit]).date(),
            status="W" if one.ready_at else "T" if one.allocated_item_id else None,
            expiration_date=one.expires_on or one.wanted_until,
        )
        for one in found
    ]
