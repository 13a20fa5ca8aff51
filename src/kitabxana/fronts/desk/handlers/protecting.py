"""A reader's data in other hands than the desk's: seen in the clear, merged, forgotten, exported, looked after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import page_number, typed
from kitabxana.fronts.desk.reader_form import day_of
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_audit import audit_rows
from kitabxana.fronts.desk.render.reader_merge import differences
from kitabxana.fronts.desk.render.reader_words import told
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.messages import NUMBER_KINDS
from kitabxana.patrons.operations import erase, export_everything, refusals_to_erase, reveal_numbers
from kitabxana.patrons.operations import merge as merge_readers
from kitabxana.patrons.queries import audit_of_patrons, details, patron, patron_by_card

if TYPE_CHECKING:
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts

ENTRIES_A_PAGE = 50


def _visible(request: DeskRequest, patron_id: int) -> PatronFacts:
    reader = patron(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    if reader is None:
        raise Http404
    return reader


@staff("patrons.number")
@require_POST
@never_cache
@at_library
def numbers(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """The numbers in the clear, on a page that nothing keeps; a POST, for it writes that they were seen."""
    reader = _visible(request, patron_id)
    try:
        found = reveal_numbers(patron_id=patron_id, by=actor_of(request))
    except Refused as refused:
        raise PermissionDenied from refused
    context = {
        "name": reader.name,
        "patron_id": patron_id,
        "numbers": [(NUMBER_KINDS[kind], text) for kind, text in found.items()],
    }
    return page(request, where, "readers/numbers", context)


@staff("patrons.merge")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def merge(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """This reader stays; the one whose card is given (`card`) goes. First side by side, then for good (`gone`)."""
    keep = _visible(request, patron_id)
    scopes = actor_of(request).scopes("patrons.view")
    card = typed(request.POST if request.method == "POST" else request.GET, "card")
    gone = patron_by_card(card, scopes=scopes) if card else None
    problems = [_("No reader was found for %(card)s.") % {"card": card}] if card and gone is None else []
    if request.method == "POST" and gone is not None:
        take = frozenset(request.POST.getlist("take"))
        try:
            merge_readers(keep=keep.id, gone=gone.id, by=actor_of(request), now=timezone.now(), take=take)
        except Refused as refused:
            problems = [told(refusal) for refusal in refused.refusals]
        else:
            messages.success(request, _("The two readers are one."))
            return redirect("desk:patron", keep.id)
    pair = [found for one in (keep, gone) if one and (found := details(one.id, scopes=scopes))]
    rows = differences(*pair) if len(pair) == 2 else []
    context = {"keep": keep, "gone": gone, "card": card, "rows": rows, "problems": problems}
    return page(request, where, "readers/merge", context, status=409 if problems else 200)


@staff("patrons.erase")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def leave(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """Forget a reader for good, or see what must end first."""
    reader = _visible(request, patron_id)
    problems = [told(refusal) for refusal in refusals_to_erase(patron_id)]
    if request.method == "POST":
        try:
            erase(patron_id=patron_id, by=actor_of(request), now=timezone.now())
        except Refused as refused:
            problems = [told(refusal) for refusal in refused.refusals]
        else:
            messages.success(request, _("The reader is forgotten."))
            return redirect("desk:patrons")
    context = {"reader_facts": reader, "problems": problems}
    return page(request, where, "readers/leave", context, status=409 if request.method == "POST" else 200)


@staff("patrons.export")
@require_POST
@never_cache
def export(request: DeskRequest, patron_id: int) -> HttpResponse:
    """All that is held on one person, as a file; a POST, for it writes that it was made."""
    _visible(request, patron_id)
    try:
        found = export_everything(patron_id=patron_id, by=actor_of(request), now=timezone.now())
    except Refused as refused:
        raise PermissionDenied from refused
    text = json.dumps(found, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="reader-{patron_id}.json"'
    return answer


@staff("audit.view")
@require_safe
@at_library
def audit(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Who did what with whose data: the data protection officer's page; by card, by login, by days."""
    actor, number = actor_of(request), page_number(request.GET)
    asked = {name: typed(request.GET, name) for name in ("card", "login", "since", "until")}
    scopes = actor.scopes("audit.view")
    reader = patron_by_card(asked["card"], scopes=scopes) if asked["card"] else None
    entries = (
        []
        if asked["card"] and reader is None
        else audit_of_patrons(
            scopes=scopes,
            patron_id=reader.id if reader else None,
            actor=asked["login"],
            days=(day_of(request.GET, "since"), day_of(request.GET, "until")),
            limit=ENTRIES_A_PAGE + 1,
            offset=(number - 1) * ENTRIES_A_PAGE,
        )
    )
    context = {
        "asked": asked,
        "entries": audit_rows(entries[:ENTRIES_A_PAGE], scopes=actor.scopes("patrons.view"), where=where),
        "number": number,
        "more": len(entries) > ENTRIES_A_PAGE,
    }
    return page(request, where, "readers/audit", context)
