"""The one bar: it takes anything and goes where that leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.queries import by_identifier
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.desk.forms import page_number, typed
from kitabxana.fronts.desk.handlers.lending import lend
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.readers import reader_rows
from kitabxana.fronts.desk.render.records import record_rows
from kitabxana.fronts.desk.session import Sitting, at_library
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.kernel.identifiers import isbn13
from kitabxana.patrons.queries import patron, patron_by_card, patrons_page
from kitabxana.search.facts import SearchRequest
from kitabxana.search.languages import box
from kitabxana.search.queries import find

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

SIZE = 10


@staff("desk.use")
@require_safe
@at_library
def home(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The bar; with `q`, readers by name and records side by side."""
    text = typed(request.GET, "q")
    sitting, actor = Sitting(request.session), actor_of(request)
    reader = patron(sitting.reader, scopes=actor.scopes("patrons.view")) if sitting.reader else None
    context: dict[str, Any] = {
        "q": text,
        "at_desk": reader,
        "at_desk_loans": len(loans_of(reader.id)) if reader else 0,
        **(_found(request, where, text) if text else {}),
    }
    return page(request, where, "home", context)


def _found(request: DeskRequest, where: UnitFacts, text: str) -> dict[str, Any]:
    actor, numbers = actor_of(request), {name: page_number(request.GET, name) for name in ("readers", "records")}
    found: dict[str, Any] = {"readers": [], "records": []}
    if scopes := actor.scopes("patrons.view"):
        total, some = patrons_page(scopes=scopes, offset=(numbers["readers"] - 1) * SIZE, limit=SIZE, text=text)
        found["readers"] = reader_rows(some, where=where)
        found["reader_pages"] = pages(request.GET, name="readers", number=numbers["readers"], total=total, size=SIZE)
    if actor.may_anywhere("catalogue.view"):
        wanted = SearchRequest(
            query=box.parse(text, today=timezone.localdate()).node, offset=(numbers["records"] - 1) * SIZE, limit=SIZE
        )
        answer = find(wanted)
        found["records"] = record_rows([hit.record_id for hit in answer.hits], where=where)
        found["record_pages"] = pages(
            request.GET, name="records", number=numbers["records"], total=answer.total, size=SIZE
        )
    return found


@staff("desk.use")
@require_POST
@at_library
def scan(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What the bar got: a card opens that reader's lending, a barcode its copy (or lends it), the rest is searched.

    `reader` is the reader whom the page showed as standing at the desk, `copy` a barcode that waits for a card.
    """
    text, actor = typed(request.POST, "q"), actor_of(request)
    if not text:
        return redirect("desk:home")
    if reader := patron_by_card(text, scopes=actor.scopes("patrons.view")):
        if not actor.may("circulation.check_out", where.path):
            return redirect("desk:patron", reader.id)
        if waiting := typed(request.POST, "copy"):
            lend(request, where, reader, waiting, item=item_by_barcode(waiting))
        return redirect("desk:check_out", reader.id)
    if item := item_by_barcode(text):
        return _copy(request, where, item, text)
    number = isbn13(text)
    records = by_identifier("isbn", number) if number else []
    if len(records) == 1 and actor.may_anywhere("catalogue.view"):
        return redirect("desk:record", records[0])
    return redirect(f"{reverse('desk:home')}?{urlencode({'q': text})}")


def _copy(request: DeskRequest, where: UnitFacts, item: ItemFacts, barcode: str) -> HttpResponse:
    actor, standing = actor_of(request), request.POST.get("reader", "")
    if standing.isascii() and standing.isdecimal() and actor.may("circulation.check_out", where.path):
        reader = patron(int(standing), scopes=actor.scopes("patrons.view"))
        if reader is not None:
            lend(request, where, reader, barcode, item=item)
            return redirect("desk:check_out", reader.id)
    if not actor.may_anywhere("catalogue.view"):
        return redirect("desk:home")
    return redirect(f"{reverse('desk:record', args=[item.record_id])}?{urlencode({'copy': item.id})}")
