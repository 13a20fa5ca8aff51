"""One loan: what became of it so far, and what the desk can do about it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once
from kitabxana.circulation import operations as do
from kitabxana.circulation.queries import claims_of
from kitabxana.circulation.queries import loan as one_loan
from kitabxana.fronts.desk.forms import typed, whole_number
from kitabxana.fronts.desk.render.item_words import all_told
from kitabxana.fronts.desk.render.loan import claim_rows, loan_page, may_do
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.readers import reader_rows
from kitabxana.fronts.desk.render.words import sentence
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.operations import set_state
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.queries import patron

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpResponse
    from django.utils.functional import _StrPromise

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts


@staff("circulation.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def loan(request: DeskRequest, where: UnitFacts, loan_id: int) -> HttpResponse:
    """A loan's page; a POST does what `act` says (a key of `ACTS`) and comes back, or goes to the reader's page."""
    found, reader = _loan(request, loan_id)
    if request.method == "POST":
        _act(request, found)
        if one_loan(loan_id) is None:
            return redirect("desk:patron", reader.id)
        return redirect("desk:loan", loan_id)
    actor = actor_of(request)
    context = {
        "reader": reader_rows([reader], where=where)[0],
        "loan": loan_page(found, where=where, now=timezone.now()),
        "claims": claim_rows([one for one in claims_of(reader.id) if one.loan_id == loan_id], zone=where.zone),
        "can": may_do(found, by=actor),
    }
    return page(request, where, "loan", context)


def _loan(request: DeskRequest, loan_id: int) -> tuple[LoanFacts, PatronFacts]:
    """The open loan and its reader, for who may see that reader."""
    found = one_loan(loan_id)
    reader = patron(found.patron_id, scopes=actor_of(request).scopes("patrons.view")) if found else None
    if found is None or reader is None:
        raise Http404
    return found, reader


def _act(request: DeskRequest, found: LoanFacts) -> None:
    """Do it once, however often it is sent; the next page tells what came of it."""
    name = typed(request.POST, "act")
    if name not in ACTS:
        raise Http404
    by, now = actor_of(request), timezone.now()
    words, act = ACTS[name]

    def run() -> int:
        act(request, found, by=by, now=now)
        return found.id

    try:
        once(caller=f"login {by.user_id}", key=request.POST.get("once", ""), asked=[name, found.id], do=run)
    except Refused as refused:
        told = all_told(refused.refusals) if name in STATES else map(sentence, refused.refusals)
        for text in told:
            messages.error(request, text)
    else:
        messages.success(request, str(words))


def _unseen(request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.renew(loan_id=found.id, by=by, now=now, unseen=True, lift=frozenset(request.POST.getlist("lift")))


def _claim(request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    note, lift = typed(request.POST, "note"), frozenset(request.POST.getlist("lift"))
    do.claim_returned(loan_id=found.id, by=by, now=now, note=note, lift=lift)


def _settle(request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.settle_claim(claim_id=_claim_of(request, found), outcome=typed(request.POST, "outcome"), by=by, now=now)


def _take_back(request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.take_claim_back(claim_id=_claim_of(request, found), by=by, now=now)


def _claim_of(request: DeskRequest, found: LoanFacts) -> int:
    """The claim named, when it is one of this loan."""
    wanted = whole_number(request.POST, "claim")
    if not any(one.id == wanted and one.loan_id == found.id for one in claims_of(found.patron_id)):
        raise Refused.one("not_claimed")
    return wanted or 0


def _lost(_request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.declare_lost(loan_id=found.id, by=by, now=now)


def _found(_request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.declare_found(loan_id=found.id, by=by, now=now)


def _recall(_request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime) -> None:
    do.recall(loan_id=found.id, by=by, now=now)


def _state(_request: DeskRequest, found: LoanFacts, *, by: Actor, now: datetime, damaged: bool) -> None:
    del now
    set_state(item_id=found.item_id, state="damaged", value=damaged, by=by)


STATES = frozenset({"damaged", "whole"})
ACTS: dict[str, tuple[_StrPromise, Callable[..., None]]] = {
    "unseen": (_("Renewed without the item being shown."), _unseen),
    "claim": (_("It is noted that the reader says the item came back."), _claim),
    "settle": (_("The claim has its outcome."), _settle),
    "take_back": (_("The claim is taken out."), _take_back),
    "lost": (_("The item is recorded as lost."), _lost),
    "found": (_("The item is recorded as found. The loan goes on."), _found),
    "recall": (_("The loan is called back."), _recall),
    "damaged": (_("The item is recorded as damaged."), functools.partial(_state, damaged=True)),
    "whole": (_("The item is no longer recorded as damaged."), functools.partial(_state, damaged=False)),
}
"""What `act` of the page's forms does, and the words that tell it."""
