"""/public/patrons/{id}: a reader's own account, loans, holds and password, for nobody but that reader.

Entered with the session of the reader's pages (then a write needs the page's CSRF token), or with card and PIN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import authenticate
from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.utils import timezone
from ninja import Router, Status

from kitabxana.base.access import actor_of
from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.models import User
from kitabxana.charges import queries as charges
from kitabxana.circulation import operations
from kitabxana.circulation.queries import loan, loans_page, past_loans_page
from kitabxana.fronts.rest import render, render_accounts, shapes, shapes_of_accounts
from kitabxana.fronts.rest import shapes_of_loans as of_loans
from kitabxana.fronts.rest import shapes_of_own as of_own
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.handlers.checkouts import ORDERS, PAST_ORDERS, renewal_answer
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.session import Basic, OwnSession, refuse_throttled
from kitabxana.fronts.rest.shapes import Id, problems
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import change_own, change_pin
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts, PastLoanFacts

PRIVACY = ("forever", "default", "never")
"""What Koha's numbers 0, 1 and 2 say of a reader's past loans."""

router = Router(tags=["public"], auth=[OwnSession(), Basic()])


def own(request: HttpRequest, patron_id: int) -> Actor:
    """The reader whose these things are. Anybody else is told that there is no such reader. Refused: unknown_patron."""
    actor = actor_of(request)
    if actor.patron_id is None or actor.patron_id != patron_id:
        raise Refused.one("unknown_patron", card=str(patron_id))
    return actor


def _own_loan(request: HttpRequest, patron_id: int, checkout_id: int) -> LoanFacts:
    own(request, patron_id)
    found = loan(checkout_id)
    if found is None or found.patron_id != patron_id:
        raise Refused.one("unknown_loan")
    return found


@router.get(
    "/public/patrons/{patron_id}/account",
    response={200: shapes_of_accounts.Account, **problems(404)},
    operation_id="getPublicPatronAccount",
)
def get_account(request: HttpRequest, patron_id: Id) -> shapes_of_accounts.Account:
    """What the reader owes and has."""
    own(request, patron_id)
    home = tree().units[patrons_by_id([patron_id])[patron_id].home_unit]
    return render_accounts.account(charges.account(patron_id), patron_id=patron_id, currency=home.currency, staff=False)


@router.get(
    "/public/patrons/{patron_id}/checkouts",
    response={200: list[shapes.Checkout], **problems(404)},
    operation_id="listPublicPatronCheckouts",
)
def list_checkouts(
    request: HttpRequest, response: HttpResponse, patron_id: Id, asked: shapes.OwnCheckoutList
) -> list[shapes.Checkout]:
    """The reader's open loans, or with checked_in those that ended and are still kept."""
    own(request, patron_id)
    offset, limit = window(asked)
    mine = {"scopes": (EVERYWHERE,), "offset": offset, "limit": limit, "patron_id": patron_id}
    found: list[LoanFacts] | list[PastLoanFacts]
    if asked.checked_in:
        total, found = past_loans_page(**mine, order=order_of(asked, PAST_ORDERS))  # type: ignore[arg-type]
    else:
        total, found = loans_page(**mine, order=order_of(asked, ORDERS))  # type: ignore[arg-type]
    describe(request, response, asked, total=total)
    return render.checkouts(found)


@router.get(
    "/public/patrons/{patron_id}/checkouts/{checkout_id}/allows_renewal",
    response={200: of_loans.AllowsRenewal, **problems(404)},
    operation_id="allowsPublicRenewal",
)
def allows_renewal(request: HttpRequest, patron_id: Id, checkout_id: Id) -> of_loans.AllowsRenewal:
    """Whether the reader could renew this loan now."""
    found = _own_loan(request, patron_id, checkout_id)
    look = operations.look_at_renewal(loan_id=found.id, by=actor_of(request), now=timezone.now(), unseen=True)
    return renewal_answer(found, look)


@router.post(
    "/public/patrons/{patron_id}/checkouts/{checkout_id}/renewal",
    response={201: shapes.Checkout, **problems(403, 404, 409, 413, 415)},
    operation_id="renewPublicCheckout",
)
def renew(
    request: HttpRequest, patron_id: Id, checkout_id: Id, asked: of_loans.OwnRenewal | None = None
) -> Status[shapes.Checkout]:
    """Prolong one's own loan from afar; nothing can be lifted here."""
    del asked
    _own_loan(request, patron_id, checkout_id)
    renewed = operations.renew(loan_id=checkout_id, by=actor_of(request), now=timezone.now(), unseen=True)
    return Status(201, render.checkouts([renewed])[0])


@router.patch(
    "/public/patrons/{patron_id}",
    response={200: of_own.OwnPatron, **problems(403, 404, 409, 413, 415)},
    operation_id="editPublicPatron",
)
def edit(request: HttpRequest, patron_id: Id, asked: of_own.OwnChanges) -> of_own.OwnPatron:
    """Change the own contacts, as far as the library leaves that to readers, and for how long past loans are kept."""
    actor = own(request, patron_id)
    names = {"postal_code": "postcode", "privacy": "history", "lang": "language"}
    sent = asked.model_dump(exclude_unset=True)
    if "privacy" in sent:
        sent["privacy"] = PRIVACY[sent["privacy"]]
    changes = {names.get(name, name): value or "" for name, value in sent.items()}
    change_own(patron_id=patron_id, changes=changes, by=actor, now=timezone.now())
    now = patrons_by_id([patron_id])[patron_id]
    return of_own.OwnPatron(
        patron_id=now.id,
        email=now.email or None,
        phone=now.phone or None,
        address=now.address or None,
        city=now.city or None,
        postal_code=now.postcode or None,
        lang=now.language,
        privacy=PRIVACY.index(now.history),
    )


@router.post(
    "/public/patrons/{patron_id}/password",
    response={200: str, **problems(403, 404, 409, 413, 415)},
    operation_id="changePublicPatronPassword",
)
def change_password(request: HttpRequest, patron_id: Id, asked: of_loans.NewOwnPassword) -> str:
    """Change one's own PIN or password; the old one is asked for, through the same throttled gate as a sign-in."""
    actor = own(request, patron_id)
    if asked.password != asked.password_repeated:
        raise bad_request(["body", "password_repeated"], "is not the same as password")
    assert actor.user_id is not None, "a reader who entered has a login"
    name = User.objects.get(pk=actor.user_id).username
    if authenticate(request, username=name, password=asked.old_password) is None:
        refuse_throttled(request, name)
        raise Refused.one("wrong_pin")
    change_pin(patron_id=patron_id, pin=asked.password, by=actor)
    return ""
