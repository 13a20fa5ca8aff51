"""/patrons/{id}/account: what a reader owes and has, with what was charged and credited."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.utils import timezone
from ninja import Router, Status

from kitabxana.base.access import actor_of
from kitabxana.charges import operations, queries
from kitabxana.charges.facts import Till
from kitabxana.fronts.rest import render_accounts as render
from kitabxana.fronts.rest import shapes_of_accounts as shapes
from kitabxana.fronts.rest.errors import bad_request
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.session import require, works_at
from kitabxana.fronts.rest.shapes import Id, problems
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import is_visible, patrons_by_id

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import CreditFacts

router = Router(tags=["patrons"])
VIEW = "charges.view"
LINES = {200: list[shapes.AccountLine], **problems(403, 404)}
ADDED = {201: shapes.AccountLine, **problems(403, 404, 409, 413, 415)}
KINDS = {theirs: ours for ours, theirs in render.DEBIT_TYPES.items()}


def _sees(request: HttpRequest, patron_id: int) -> bool:
    """Whether the caller is staff who may see this account; False for the reader whose own it is.

    Refused: not_permitted, unknown_patron.
    """
    if patron_id == actor_of(request).patron_id:
        return False
    if not is_visible(patron_id, scopes=require(request, VIEW).scopes(VIEW)):
        raise Refused.one("unknown_patron", card=str(patron_id))
    return True


def _library(actor: Actor, asked: str | None) -> str:
    """The library asked for, else the caller's own. Refused: unknown_unit."""
    code = actor.unit if asked is None else asked
    if not works_at(tree().units, code):
        raise Refused.one("unknown_unit", unit=code)
    return code


def _key(request: HttpRequest) -> UUID | None:
    """The caller's own number of this request: sent again, it is done once."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    try:
        return UUID(sent)
    except ValueError:
        raise bad_request(["header", "Idempotency-Key"], "not a UUID") from None


def _minor(amount: Decimal) -> int:
    return int(amount.scaleb(2))


@router.get(
    "/patrons/{patron_id}/account",
    response={200: shapes.Account, **problems(403, 404)},
    operation_id="getPatronAccount",
)
def get_account(request: HttpRequest, patron_id: Id) -> shapes.Account:
    """What is open: debits, credits, and the balance of each currency."""
    staff = _sees(request, patron_id)
    home = tree().units[patrons_by_id([patron_id])[patron_id].home_unit]
    return render.account(queries.account(patron_id), patron_id=patron_id, currency=home.currency, staff=staff)


@router.get("/patrons/{patron_id}/account/debits", response=LINES, operation_id="listPatronDebits")
def list_debits(
    request: HttpRequest, response: HttpResponse, patron_id: Id, asked: shapes.LineList
) -> list[shapes.AccountLine]:
    """Everything that was ever charged, the newest first."""
    staff = _sees(request, patron_id)
    order_of(asked, {})
    offset, limit = window(asked)
    total, found = queries.debits_page(patron_id, offset=offset, limit=limit)
    describe(request, response, asked, total=total, base=None)
    return [render.line(one, patron_id=patron_id, staff=staff) for one in found]


@router.get("/patrons/{patron_id}/account/credits", response=LINES, operation_id="listPatronCredits")
def list_credits(
    request: HttpRequest, response: HttpResponse, patron_id: Id, asked: shapes.LineList
) -> list[shapes.AccountLine]:
    """Everything that was ever credited, the newest first."""
    staff = _sees(request, patron_id)
    order_of(asked, {})
    offset, limit = window(asked)
    total, found = queries.credits_page(patron_id, offset=offset, limit=limit)
    describe(request, response, asked, total=total, base=None)
    return [render.line(one, patron_id=patron_id, staff=staff) for one in found]


@router.post("/patrons/{patron_id}/account/debits", response=ADDED, operation_id="addPatronDebit")
def add_debit(request: HttpRequest, patron_id: Id, asked: shapes.NewDebit) -> Status[shapes.AccountLine]:
    """Charge a reader. Sent again with the same Idempotency-Key (a UUID), it charges once."""
    actor = require(request, "charges.charge")
    made = operations.charge_by_hand(
        patron_id=patron_id,
        kind=KINDS.get(asked.type, asked.type),
        amount_minor=_minor(asked.amount),
        unit=_library(actor, asked.library_id),
        by=actor,
        now=timezone.now(),
        note=asked.internal_note,
        key=_key(request),
    )
    return Status(201, render.line(made, patron_id=patron_id, staff=True))


@router.post("/patrons/{patron_id}/account/credits", response=ADDED, operation_id="addPatronCredit")
def add_credit(request: HttpRequest, patron_id: Id, asked: shapes.NewCredit) -> Status[shapes.AccountLine]:
    """Take a payment, or write one line off. Sent again with the same Idempotency-Key (a UUID), it pays once."""
    made = _write_off(request, patron_id, asked) if asked.credit_type == "WRITEOFF" else _pay(request, patron_id, asked)
    return Status(201, render.line(made, patron_id=patron_id, staff=True))


def _pay(request: HttpRequest, patron_id: int, asked: shapes.NewCredit) -> CreditFacts:
    actor = require(request, "charges.collect")
    till = Till(_library(actor, asked.library_id), asked.payment_type.lower(), asked.cash_register_id)
    return operations.pay(
        patron_id=patron_id,
        amount_minor=_minor(asked.amount),
        till=till,
        by=actor,
        now=timezone.now(),
        debit_ids=asked.account_lines_ids,
        keep_rest=True,
        key=_key(request),
    )


def _write_off(request: HttpRequest, patron_id: int, asked: shapes.NewCredit) -> CreditFacts:
    actor = require(request, "charges.waive")
    if len(asked.account_lines_ids) != 1:
        raise bad_request(["body", "account_lines_ids"], "a write-off names one line")
    found = queries.debit(asked.account_lines_ids[0])
    if found is None or found.patron_id != patron_id:
        raise Refused.one("unknown_debit", debit=asked.account_lines_ids[0])
    return operations.waive(
        debit_id=found.id,
        amount_minor=_minor(asked.amount),
        unit=_library(actor, asked.library_id),
        by=actor,
        now=timezone.now(),
        note=asked.internal_note,
        key=_key(request),
    )
