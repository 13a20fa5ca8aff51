"""/checkouts and /checkins: lending, renewing, taking back, and the loans a caller may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Status

from kitabxana.base.access import actor_of
from kitabxana.base.actor import EVERYWHERE
from kitabxana.circulation import operations
from kitabxana.circulation.queries import loan, loans_page, past_loan, past_loans_page
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest import shapes_of_loans as of_loans
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.messages import refusal_text
from kitabxana.fronts.rest.paging import base_count, describe, order_of, window
from kitabxana.fronts.rest.session import desk_of, require
from kitabxana.holdings.queries import item_by_barcode, items_by_id
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import is_visible

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.circulation.facts import LoanFacts, PastLoanFacts, RenewalLook
    from kitabxana.holdings.facts import ItemFacts

router = Router(tags=["checkouts"])
VIEW = "circulation.view"
ORDERS = {"checkout_id": "id", "due_date": "due_at", "checkout_date": "lent_at", "patron_id": "patron"}
PAST_ORDERS = {**ORDERS, "checkin_date": "returned_at"}


@router.get(
    "/checkouts", response={200: list[shapes.Checkout], **shapes.problems(403, 404)}, operation_id="listCheckouts"
)
def list_checkouts(request: HttpRequest, response: HttpResponse, asked: shapes.CheckoutList) -> list[shapes.Checkout]:
    """Open loans, or with checked_in and patron_id those that ended."""
    scopes = _scopes(request, asked.patron_id)
    offset, limit = window(asked)
    found: list[LoanFacts] | list[PastLoanFacts]
    base = None
    if asked.checked_in:
        if asked.patron_id is None:
            raise bad_request(["query", "patron_id"], "past loans are listed reader by reader")
        order = order_of(asked, PAST_ORDERS)
        total, found = past_loans_page(
            scopes=scopes, offset=offset, limit=limit, patron_id=asked.patron_id, order=order
        )
    else:
        order = order_of(asked, ORDERS)
        total, found = loans_page(
            scopes=scopes, offset=offset, limit=limit, patron_id=asked.patron_id, order=order,
            due_before=timezone.now() if asked.overdue else None,
        )  # fmt: skip
        own = asked.patron_id is not None and asked.patron_id == actor_of(request).patron_id
        if (asked.overdue or asked.patron_id is not None) and not own:
            base = base_count("checkouts", scopes, lambda: loans_page(scopes=scopes, offset=0, limit=0)[0])
    describe(request, response, asked, total=total, base=base)
    return render.checkouts(found)


def _scopes(request: HttpRequest, patron_id: int | None) -> tuple[str, ...]:
    """Where loans may be seen: a reader's own everywhere, else under circulation.view, of readers who may be seen."""
    actor = actor_of(request)
    if patron_id is not None and patron_id == actor.patron_id:
        return (EVERYWHERE,)
    actor = require(request, VIEW)
    if patron_id is not None and not is_visible(patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_patron", card=str(patron_id))
    return actor.scopes(VIEW)


@router.post(
    "/checkouts",
    response={201: shapes.Checkout, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="addCheckout",
)
def add_checkout(request: HttpRequest, response: HttpResponse, asked: shapes.NewCheckout) -> Status[shapes.Checkout]:
    """Lend a copy to a reader. `override` lifts refusals for which the caller holds the permission named in them."""
    actor = require(request, "circulation.check_out")
    item = _item(asked)
    if not is_visible(asked.patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_patron", card=str(asked.patron_id))
    made = operations.check_out(
        item_id=item.id,
        patron_id=asked.patron_id,
        unit=desk_of(actor, asked=asked.library_id, item=item),
        by=actor,
        now=timezone.now(),
        lift=frozenset(asked.override),
        onsite=asked.onsite_checkout,
        due=asked.due_date,
    )
    response.headers["Location"] = reverse("rest:get_checkout", args=[made.id])
    return Status(201, render.checkouts([made])[0])


def _item(asked: shapes.NewCheckout | shapes.NewCheckin) -> ItemFacts:
    """Any copy of the nation: what may be done with it here is the operation's question."""
    if asked.external_id is not None:
        found = item_by_barcode(asked.external_id)
    else:
        assert asked.item_id is not None, "the shape names one of the two"
        found = items_by_id([asked.item_id]).get(asked.item_id)
    if found is None:
        raise Refused.one("unknown_item", barcode=asked.external_id or str(asked.item_id))
    return found


@router.get(
    "/checkouts/availability",
    response={200: of_loans.Availability, **shapes.problems(403, 404)},
    operation_id="availabilityCheckouts",
)
def availability(request: HttpRequest, asked: of_loans.AvailabilityOf) -> of_loans.Availability:
    """Everything that would stand against lending this copy to this reader now."""
    actor = require(request, "circulation.check_out")
    item = items_by_id([asked.item_id]).get(asked.item_id)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(asked.item_id))
    if not is_visible(asked.patron_id, scopes=actor.scopes("patrons.view")):
        raise Refused.one("unknown_patron", card=str(asked.patron_id))
    found = operations.check_out_refusals(
        item_id=item.id, patron_id=asked.patron_id, unit=desk_of(actor, asked=asked.library_id, item=item), by=actor,
        now=timezone.now(),
    )  # fmt: skip
    return of_loans.Availability(
        blockers={one.code: dict(one.params) for one in found if not one.override},
        confirms={one.code: dict(one.params) for one in found if one.override},
        warnings={},
        confirmation_token=None,
    )


@router.get(
    "/checkouts/{checkout_id}/allows_renewal",
    response={200: of_loans.AllowsRenewal, **shapes.problems(403, 404)},
    operation_id="allowsRenewalCheckout",
)
@router.get(
    "/checkouts/{checkout_id}/renewability",
    response={200: of_loans.AllowsRenewal, **shapes.problems(403, 404)},
    operation_id="renewabilityCheckout",
)
def allows_renewal(request: HttpRequest, checkout_id: shapes.Id) -> of_loans.AllowsRenewal:
    """Whether this loan could be renewed now, for its reader or at the library that lent."""
    found = loan(checkout_id)
    if found is None:
        raise Refused.one("unknown_loan")
    look = operations.look_at_renewal(loan_id=checkout_id, by=actor_of(request), now=timezone.now())
    return renewal_answer(found, look)


def renewal_answer(found: LoanFacts, look: RenewalLook) -> of_loans.AllowsRenewal:
    reasons = [
        of_loans.Reason(code=one.code, message=refusal_text(one), override=one.override) for one in look.refusals
    ]
    return of_loans.AllowsRenewal(
        allows_renewal=not reasons,
        max_renewals=look.allowed,
        current_renewals=found.renewals,
        unseen_renewals=found.unseen_renewals,
        error=reasons[0].code if reasons else None,
        reasons=reasons,
    )


@router.get(
    "/checkouts/{checkout_id}",
    response={200: shapes.Checkout, **shapes.problems(403, 404)},
    operation_id="getCheckout",
)
def get_checkout(request: HttpRequest, checkout_id: shapes.Id, asked: shapes.CheckoutOne) -> shapes.Checkout:
    """One loan, open or ended; `checked_in` narrows to one of the two."""
    actor = actor_of(request)
    found: LoanFacts | PastLoanFacts | None = None
    if not asked.checked_in:
        found = loan(checkout_id)
    if found is None and asked.checked_in is not False:
        found = past_loan(checkout_id)
    if found is not None and found.patron_id is not None and found.patron_id == actor.patron_id:
        return render.checkouts([found])[0]
    actor = require(request, VIEW)
    if found is None or not actor.may(VIEW, tree().units[found.unit].path):
        raise Refused.one("unknown_loan")
    return render.checkouts([found])[0]


@router.post(
    "/checkouts/{checkout_id}/renewals",
    response={201: shapes.Checkout, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="renewsCheckout",
)
@router.post(
    "/checkouts/{checkout_id}/renewal",
    response={201: shapes.Checkout, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="renewCheckout",
)
def renew_checkout(
    request: HttpRequest, checkout_id: shapes.Id, asked: shapes.NewRenewal | None = None
) -> Status[shapes.Checkout]:
    """Prolong a loan, as its reader or at the library that lent. The body may be left out."""
    asked = asked or shapes.NewRenewal()
    renewed = operations.renew(
        loan_id=checkout_id, by=actor_of(request), now=timezone.now(), lift=frozenset(asked.override),
        unseen=not asked.seen,
    )  # fmt: skip
    return Status(201, render.checkouts([renewed])[0])


@router.post(
    "/checkins",
    response={201: shapes.Checkin, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="addCheckin",
    tags=["checkins"],
)
def add_checkin(request: HttpRequest, asked: shapes.NewCheckin) -> Status[shapes.Checkin]:
    """Take a copy back, on loan or not, and learn where it goes now."""
    actor = require(request, "circulation.check_in")
    item = _item(asked)
    unit = desk_of(actor, asked=asked.library_id, item=item)
    done = operations.check_in(
        item_id=item.id, unit=unit, by=actor, now=timezone.now(), drop_box=asked.drop_box,
        returned_at=asked.checkin_date, lift=frozenset(asked.override),
    )  # fmt: skip
    return Status(201, render.checkin(done))
