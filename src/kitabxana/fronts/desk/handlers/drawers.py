"""Cash registers: opening, counting, and the receipts that went through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.charges import operations as do
from kitabxana.charges import queries
from kitabxana.charges.messages import amount_text, refusal_text
from kitabxana.fronts.desk.forms import amount, typed
from kitabxana.fronts.desk.render.accounts import line_rows, receipt_rows, register_choices, shift_row
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.slips import paper_of
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patron as one_patron

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.charges.facts import RegisterFacts
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("registers.use")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def registers(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The registers of this library; a POST adds the one called `name`."""
    if request.method == "POST":
        try:
            number = do.add_register(unit=where.code, name=typed(request.POST, "name"), by=actor_of(request))
        except Refused as refused:
            _tell(request, refused)
            return redirect("desk:registers")
        return redirect("desk:register", number)
    rows = [
        (one, shift_row(one.shift, currency=one.currency, zone=where.zone) if one.shift else None)
        for one in register_choices(queries.registers_at(where.code))
    ]
    return page(request, where, "registers", {"rows": rows})


@staff("registers.use")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def register(request: DeskRequest, where: UnitFacts, register_id: int) -> HttpResponse:
    """One register: its shift with its receipts, and the shifts before. A POST opens it or counts it."""
    found = queries.register(register_id, scopes=actor_of(request).scopes("registers.use"))
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            _open_or_count(request, found)
        except Refused as refused:
            _tell(request, refused)
        return redirect("desk:register", register_id)
    zone = tree().units[found.unit].zone
    slips = queries.shift_receipts(found.shift.id) if found.shift else []
    context = {
        "register": found,
        "shift": shift_row(found.shift, currency=found.currency, zone=zone) if found.shift else None,
        "receipts": receipt_rows(slips, zone=zone),
        "shifts": [shift_row(one, currency=found.currency, zone=zone) for one in queries.shifts_of(register_id)],
    }
    return page(request, where, "register", context)


def _open_or_count(request: DeskRequest, found: RegisterFacts) -> None:
    minor, by, now = amount(request.POST, "amount"), actor_of(request), timezone.now()
    if request.POST.get("do") == "open":
        do.open_register(register_id=found.id, float_minor=minor, by=by, now=now)
        return
    gap = do.cash_up(register_id=found.id, counted_minor=minor, by=by, now=now, note=typed(request.POST, "note"))
    if gap:
        told = {"amount": amount_text(Money(gap, found.currency))}
        messages.warning(request, _("Counted and closed. The difference is %(amount)s.") % told)
    else:
        messages.success(request, _("Counted and closed. There is no difference."))


@staff("charges.view")
@require_safe
@at_library
def receipt(request: DeskRequest, where: UnitFacts, receipt_id: int) -> HttpResponse:
    """One receipt, for printing."""
    scopes = actor_of(request).scopes("charges.view")
    found = queries.receipt(receipt_id, scopes=scopes)
    if found is None:
        raise Http404
    library = tree().units[found.unit]
    settled = queries.settled_by(found.credit_id) if found.credit_id else ()
    left = queries.account(found.patron_id).balances.get(found.amount.currency) if found.patron_id else None
    context = {
        "paper": paper_of(where),
        "receipt": receipt_rows([found], zone=library.zone)[0],
        "library": library,
        "reader": one_patron(found.patron_id, scopes=scopes) if found.patron_id else None,
        "parts": [
            (row, amount_text(Money(part, found.amount.currency)))
            for row, (_debit, part) in zip(
                line_rows([one for one, _part in settled], where=where), settled, strict=True
            )
        ],
        "owed": amount_text(Money(left.owed_minor, found.amount.currency)) if left and left.owed_minor else "",
    }
    return page(request, where, "receipt", context)


def _tell(request: DeskRequest, refused: Refused) -> None:
    for one in refused.refusals:
        messages.error(request, refusal_text(one))
