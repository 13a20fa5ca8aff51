"""What the reader has had: seen, forgotten one by one or whole, and for how long it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, reader
from kitabxana.base.actor import EVERYWHERE
from kitabxana.circulation.operations import forget_history
from kitabxana.circulation.queries import past_loans_page
from kitabxana.fronts.opac.forms import number_typed, typed
from kitabxana.fronts.opac.handlers.owning import PAGE, asked_page, own_page, turning
from kitabxana.fronts.opac.render.loans import past_rows
from kitabxana.fronts.opac.render.refusals import own_words
from kitabxana.fronts.opac.render.words import number
from kitabxana.fronts.opac.session import reader_id
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.messages import HISTORY
from kitabxana.patrons.operations import change_own
from kitabxana.patrons.queries import own_account, patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@reader
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HttpRequest) -> HttpResponse:
    """Loans that ended and still bear the reader's name, latest first; a POST forgets, or says what is to be kept."""
    patron_id = reader_id(request)
    if request.method == "POST":
        act = ACTS.get(typed(request.POST, "do"))
        if act is None:
            raise Http404
        try:
            messages.success(request, act(request, patron_id))
        except Refused as refused:
            messages.error(request, own_words(refused.refusals))
        return redirect("opac:history")
    page = asked_page(request)
    total, loans = past_loans_page(
        scopes=(EVERYWHERE,), offset=(page - 1) * PAGE, limit=PAGE, patron_id=patron_id, order=("-returned_at",)
    )
    context = {
        "rows": past_rows(loans, organisation=tree(), now=timezone.now()),
        "choices": HISTORY.items(),
        "chosen": patrons_by_id([patron_id])[patron_id].history,
        "days": own_account(patron_id).history_days,
        **turning(page, total),
    }
    return own_page(request, "history", context)


def _keep(request: HttpRequest, patron_id: int) -> str:
    choice = typed(request.POST, "history")
    change_own(patron_id=patron_id, changes={"history": choice}, by=actor_of(request), now=timezone.now())
    if choice == "never":
        return _("From now on each loan is forgotten when it ends. Those that ended before are forgotten by tomorrow.")
    return _("Saved.")


def _forget(request: HttpRequest, patron_id: int) -> str:
    forget_history(patron_id=patron_id, by=actor_of(request), loan_id=number_typed(request.POST, "loan"))
    return _("Forgotten: nobody can see any more that you had this book.")


def _forget_all(request: HttpRequest, patron_id: int) -> str:
    count = forget_history(patron_id=patron_id, by=actor_of(request))
    return ngettext("%(count)s loan is forgotten.", "%(count)s loans are forgotten.", count) % {"count": number(count)}


ACTS: Final[dict[str, Callable[[HttpRequest, int], str]]] = {
    "keep": _keep, "forget": _forget, "forget_all": _forget_all
}  # fmt: skip
