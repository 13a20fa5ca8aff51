"""Slips to print, on the paper that the library has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.views.decorators.http import require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.circulation.queries import loan as one_loan
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.slips import due_slip, loans_slip, paper_of, way_slip
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import items_by_id
from kitabxana.patrons.operations import note_view
from kitabxana.patrons.queries import is_visible
from kitabxana.patrons.queries import patron as one_patron

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.render.slips import Slip
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("circulation.check_out")
@require_safe
@at_library
def slip_loans(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """What the reader takes along today; with `all` everything on loan."""
    reader = one_patron(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    if reader is None:
        raise Http404
    note_view(patron_id=patron_id, by=actor_of(request))
    everything = "all" in request.GET
    return _page(request, where, loans_slip(reader, where=where, everything=everything))


@staff("circulation.check_out")
@require_safe
@at_library
def slip_due(request: DeskRequest, where: UnitFacts, loan_id: int) -> HttpResponse:
    """The day on which one loan is due."""
    loan = one_loan(loan_id)
    if loan is None or not is_visible(loan.patron_id, scopes=actor_of(request).scopes("patrons.view")):
        raise Http404
    return _page(request, where, due_slip(loan, items_by_id([loan.item_id])[loan.item_id], where=where))


@staff("circulation.check_in")
@require_safe
@at_library
def slip_way(request: DeskRequest, where: UnitFacts, item_id: int) -> HttpResponse:
    """Where a copy goes: to the hold shelf, or to another library."""
    item = items_by_id([item_id]).get(item_id)
    slip = way_slip(item, where=where, by=actor_of(request)) if item else None
    if slip is None:
        raise Http404
    return _page(request, where, slip)


def _page(request: DeskRequest, where: UnitFacts, slip: Slip) -> HttpResponse:
    return page(request, where, "slip", {"slip": slip, "paper": paper_of(where)})
