"""Everything that was ever charged to the reader and paid, and the receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kitabxana.base.access import reader
from kitabxana.base.actor import EVERYWHERE
from kitabxana.charges import queries
from kitabxana.fronts.opac.handlers.found import LARGEST_ID
from kitabxana.fronts.opac.handlers.owning import PAGE, asked_page, own_page, turning
from kitabxana.fronts.opac.render.charges import line_rows, receipt_shown, sums
from kitabxana.fronts.opac.session import reader_id
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@reader
@never_cache
@require_safe
def charges(request: HttpRequest) -> HttpResponse:
    """All lines of the account, the newest first."""
    patron_id, page = reader_id(request), asked_page(request)
    total, lines = queries.history_page(patron_id, offset=(page - 1) * PAGE, limit=PAGE)
    context = {
        "sums": sums(queries.balances_of([patron_id]).get(patron_id, {})),
        "rows": line_rows(lines, organisation=tree(), now=timezone.now()),
        **turning(page, total),
    }
    return own_page(request, "charges", context)


@reader
@never_cache
@require_safe
def receipt(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """One receipt of this reader, to see and to print; another's is not to be told from none."""
    found = queries.receipt(receipt_id, scopes=(EVERYWHERE,)) if receipt_id <= LARGEST_ID else None
    if found is None or found.patron_id != reader_id(request):
        raise Http404
    parts = queries.settled_by(found.credit_id) if found.credit_id is not None else []
    context = {"receipt": receipt_shown(found, parts, organisation=tree(), now=timezone.now())}
    return render(request, "opac/receipt.html", context)
