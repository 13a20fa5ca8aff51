"""/return_claims: readers who say that a copy came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from ninja import Router, Status

from kitabxana.circulation import operations
from kitabxana.circulation.queries import claim, loan, loans_by_item
from kitabxana.fronts.rest import shapes_of_loans as shapes
from kitabxana.fronts.rest.render import moment
from kitabxana.fronts.rest.session import require
from kitabxana.fronts.rest.shapes import Id, problems
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import is_visible

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import ClaimFacts

router = Router(tags=["return_claims"])
CLAIM = "circulation.claim"


def _visible(claim_id: int, actor: Actor) -> ClaimFacts:
    """A claim of a reader whom the caller may see. Refused: unknown_claim."""
    found = claim(claim_id)
    if found is None or not is_visible(found.patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_claim")
    return found


def _told(claim_id: int) -> shapes.ReturnClaim:
    found = claim(claim_id)
    assert found is not None, "it was just written"
    return _shape(found)


def _shape(found: ClaimFacts) -> shapes.ReturnClaim:
    home = tree().units[items_by_id([found.item_id])[found.item_id].home_unit]
    runs = loan(found.loan_id) is not None
    return shapes.ReturnClaim(
        claim_id=found.id,
        item_id=found.item_id,
        patron_id=found.patron_id,
        checkout_id=found.loan_id if runs else None,
        old_checkout_id=None if runs else found.loan_id,
        notes=found.note or None,
        created_on=moment(found.claimed_at, home),
        resolution=found.outcome or None,
        resolved_on=moment(found.settled_at, home) if found.settled_at else None,
    )


@router.post(
    "/return_claims", response={201: shapes.ReturnClaim, **problems(403, 404, 409, 413, 415)}, operation_id="claimItem"
)
def add_claim(request: HttpRequest, asked: shapes.NewReturnClaim) -> Status[shapes.ReturnClaim]:
    """The reader who has the item says that it came back."""
    actor = require(request, CLAIM)
    found = loans_by_item([asked.item_id]).get(asked.item_id)
    if found is None or not is_visible(found.patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_loan")
    made = operations.claim_returned(
        loan_id=found.id, by=actor, now=timezone.now(), note=asked.notes or "", lift=frozenset(asked.override)
    )
    return Status(201, _told(made))


@router.put(
    "/return_claims/{claim_id}/notes",
    response={200: shapes.ReturnClaim, **problems(403, 404, 409, 413, 415)},
    operation_id="updateClaimNotes",
)
def change_notes(request: HttpRequest, claim_id: Id, asked: shapes.ClaimNotes) -> shapes.ReturnClaim:
    """Write another note on an open claim."""
    actor = require(request, CLAIM)
    _visible(claim_id, actor)
    operations.note_claim(claim_id=claim_id, note=asked.notes, by=actor, now=timezone.now())
    return _told(claim_id)


@router.put(
    "/return_claims/{claim_id}/resolve",
    response={200: shapes.ReturnClaim, **problems(403, 404, 409, 413, 415)},
    operation_id="resolveClaim",
)
def resolve(request: HttpRequest, claim_id: Id, asked: shapes.ClaimResolution) -> shapes.ReturnClaim:
    """Give a claim its outcome: `found` ends the loan with the day of the claim."""
    actor = require(request, CLAIM)
    _visible(claim_id, actor)
    operations.settle_claim(claim_id=claim_id, outcome=asked.resolution, by=actor, now=timezone.now())
    return _told(claim_id)


@router.delete("/return_claims/{claim_id}", response={204: None, **problems(403, 404, 409)}, operation_id="deleteClaim")
def delete_claim(request: HttpRequest, claim_id: Id) -> Status[None]:
    """Take out an open claim that was noted by mistake."""
    actor = require(request, CLAIM)
    _visible(claim_id, actor)
    operations.take_claim_back(claim_id=claim_id, by=actor, now=timezone.now())
    return Status(204, None)
