"""A reader's account: what is owed, taking money, and each line with what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.charges import operations as do
from kitabxana.charges import queries
from kitabxana.charges.facts import CreditFacts, DebitFacts, Till
from kitabxana.charges.messages import DEBITS, METHODS, amount_text, refusal_text
from kitabxana.charges.rules import CHARGEABLE, LOST, PAYOUT, REVERSAL
from kitabxana.fronts.desk.forms import amount, page_number, request_key, typed, whole_numbers
from kitabxana.fronts.desk.render.accounts import line_rows, owed_rows, plain, register_choices
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.readers import reader_rows
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.money import Money
from kitabxana.patrons.queries import patron as one_patron

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from kitabxana.fronts.desk.render.accounts import LineRow
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts

LINES_A_PAGE = 20


@staff("charges.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def account(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """What the reader owes and has; a POST takes a payment (`do` is pay) or charges (`do` is charge)."""
    reader = _reader(request, patron_id)
    if request.method != "POST":
        return _show(request, where, reader)
    doing = _charge if request.POST.get("do") == "charge" else _pay
    slip = _attempt(request, lambda: doing(request, where, patron_id))
    return redirect("desk:receipt", slip) if slip else redirect("desk:account", patron_id)


def _attempt(request: DeskRequest, action: Callable[[], int | None]) -> int | None:
    """Do it; what was refused is told on the next page."""
    try:
        return action()
    except Refused as refused:
        for one in refused.refusals:
            messages.error(request, refusal_text(one))
    return None


def _pay(request: DeskRequest, where: UnitFacts, patron_id: int) -> int | None:
    """Returns the receipt, None where there is none."""
    paid = do.pay(
        patron_id=patron_id,
        amount_minor=amount(request.POST, "amount"),
        till=_till(request, where),
        by=actor_of(request),
        now=timezone.now(),
        debit_ids=whole_numbers(request.POST, "debit"),
        keep_rest="keep_rest" in request.POST,
        key=request_key(request.POST),
    )
    messages.success(request, _("Payment taken: %(amount)s.") % {"amount": amount_text(paid.amount)})
    return queries.receipts_of([paid.id]).get(paid.id)


def _charge(request: DeskRequest, where: UnitFacts, patron_id: int) -> None:
    made = do.charge_by_hand(
        patron_id=patron_id,
        kind=typed(request.POST, "kind"),
        amount_minor=amount(request.POST, "amount"),
        unit=where.code,
        by=actor_of(request),
        now=timezone.now(),
        note=typed(request.POST, "note"),
        key=request_key(request.POST),
    )
    messages.success(request, _("Charged: %(amount)s.") % {"amount": amount_text(made.amount)})


def _till(request: DeskRequest, where: UnitFacts) -> Till:
    chosen = next(iter(whole_numbers(request.POST, "register")), None)
    return Till(where.code, typed(request.POST, "method") or "cash", chosen)


def _show(request: DeskRequest, where: UnitFacts, reader: PatronFacts) -> HttpResponse:
    found, number = queries.account(reader.id), page_number(request.GET)
    start = (number - 1) * LINES_A_PAGE
    total, past = queries.history_page(reader.id, offset=start, limit=LINES_A_PAGE)
    payable = sum(one.outstanding.minor for one in found.debits if one.outstanding.currency == where.currency)
    context = {
        "reader": reader_rows([reader], where=where)[0],
        "owed": owed_rows(found),
        "debits": line_rows(found.debits, where=where),
        "credits": line_rows(found.credits, where=where),
        "past": line_rows(past, where=where),
        "payable": plain(payable) if payable else "",
        "currency": where.currency,
        "kinds": [(kind, DEBITS[kind]) for kind in CHARGEABLE],
        "keys": (uuid4(), uuid4()),
        "pages": pages(request.GET, name="page", number=number, total=total, size=LINES_A_PAGE),
        **_ways(where),
    }
    return page(request, where, "account", context)


def _ways(where: UnitFacts) -> dict[str, object]:
    """How money can pass here."""
    return {"methods": METHODS.items(), "registers": register_choices(queries.registers_at(where.code))}


@staff("charges.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def line(request: DeskRequest, where: UnitFacts, patron_id: int, line_id: int) -> HttpResponse:
    """One line with its story; a POST does what `do` says about it."""
    reader = _reader(request, patron_id)
    one = queries.debit(line_id) or queries.credit(line_id)
    if one is None or one.patron_id != patron_id:
        raise Http404
    if request.method == "POST":
        slip = _attempt(request, lambda: _settle(request, where, line_id))
        return redirect("desk:receipt", slip) if slip else redirect("desk:line", patron_id, line_id)
    row = line_rows([one], where=where)[0]
    context = {
        "reader": reader_rows([reader], where=where)[0],
        "line": row,
        "story": _story(one, where=where),
        "is_loss": one.kind == LOST,
        "cancellable": isinstance(one, DebitFacts) and one.kind not in (PAYOUT, REVERSAL),
        "is_payment": one.kind == "payment",
        "currency": one.amount.currency,
        "key": uuid4(),
        **_ways(where),
    }
    return page(request, where, "line", context)


def _story(one: DebitFacts | CreditFacts, *, where: UnitFacts) -> list[LineRow]:
    """What has settled a debit, what a credit has settled, each with the part that did."""
    lines: list[DebitFacts | CreditFacts]
    if isinstance(one, DebitFacts):
        used = queries.settlements([one.id]).get(one.id, ())
        parts = {settled.credit_id: -settled.amount_minor for settled in used if settled.amount_minor}
        lines = [found for found in map(queries.credit, parts) if found]
    else:
        whole = queries.settled_by(one.id)
        parts, lines = {debit.id: part for debit, part in whole}, [debit for debit, _part in whole]
    currency = one.amount.currency
    return [replace(row, amount=amount_text(Money(parts[row.id], currency))) for row in line_rows(lines, where=where)]


def _settle(request: DeskRequest, where: UnitFacts, line_id: int) -> int | None:
    """Returns the receipt of money given back, None else."""
    here: dict[str, Any] = {"unit": where.code, "by": actor_of(request), "now": timezone.now()}
    note, doing, asked = typed(request.POST, "note"), request.POST.get("do"), request.POST.get("amount")
    some, key = amount(request.POST, "amount") if asked else None, request_key(request.POST)
    if doing == "waive":
        do.waive(debit_id=line_id, amount_minor=some, note=note, key=key, **here)
    elif doing == "cancel":
        do.cancel(debit_id=line_id, note=note, **here)
    elif doing == "replace":
        do.replace_in_kind(debit_id=line_id, note=note, **here)
    elif doing == "apply":
        do.apply_credit(credit_id=line_id, **here)
    elif doing == "take_back":
        do.void_payment(credit_id=line_id, note=note, **here)
    elif doing == "give_back":
        back = do.refund(
            credit_id=line_id,
            amount_minor=some,
            till=_till(request, where),
            by=here["by"],
            now=here["now"],
            note=note,
            key=key,
        )
        return queries.receipts_of([back.id]).get(back.id)
    else:
        raise Http404
    messages.success(request, _("Done."))
    return None


def _reader(request: DeskRequest, patron_id: int) -> PatronFacts:
    reader = one_patron(patron_id, scopes=actor_of(request).scopes("charges.view"))
    if reader is None:
        raise Http404
    return reader
