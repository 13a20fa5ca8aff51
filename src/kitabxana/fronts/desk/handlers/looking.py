"""Reader's page, the list of readers, the record's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.queries import hosts_of, parts_of
from kitabxana.catalogue.queries import record as one_record
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.circulation.queries import holds_count, holds_of, lent_titles, past_loans_count
from kitabxana.fronts.desk.forms import page_number, typed, whole_number, whole_numbers
from kitabxana.fronts.desk.render.accounts import owes
from kitabxana.fronts.desk.render.loans import loan_rows
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.reader_panel import panel
from kitabxana.fronts.desk.render.readers import hold_rows, loan_limit, reader_rows
from kitabxana.fronts.desk.render.records import copy_rows, marc_lines, nearest_first
from kitabxana.fronts.desk.render.words import long_date
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import items_of
from kitabxana.patrons.messages import NUMBER_KINDS, RELATIONS
from kitabxana.patrons.operations import note_view
from kitabxana.patrons.queries import details, patrons_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

READERS_A_PAGE = 25
COPIES_A_PAGE = 50


@staff("patrons.view")
@require_safe
@at_library
def patron(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """One reader: who they are, what they have, what they wait for."""
    found = details(patron_id, scopes=actor_of(request).scopes("patrons.view"))
    if found is None:
        raise Http404
    reader = found.facts
    note_view(patron_id=patron_id, by=actor_of(request))
    context = {
        "reader": reader_rows([reader], where=where)[0],
        "owes": owes(reader.id) if actor_of(request).may("charges.view", where.path) else [],
        "facts": reader,
        "panel": panel(found, where=where),
        "relations": RELATIONS.items(),
        "number_kinds": NUMBER_KINDS.items(),
        "birth_date": long_date(reader.birth_date) if reader.birth_date else "",
        "enrolled": long_date(reader.enrolled_on),
        "expires": long_date(reader.expires_on),
        "loans": loan_rows(lent_titles(reader.id), now=timezone.now()),
        "limit": loan_limit(reader, where=where),
        "holds": hold_rows(holds_of(reader.id), where=where),
        "past_loans": past_loans_count(reader.id),
    }
    return page(request, where, "patron", context)


@staff("patrons.view")
@require_safe
@at_library
def patrons(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The readers this librarian may see, by name; `q` narrows."""
    text, number = typed(request.GET, "q"), page_number(request.GET)
    offset = (number - 1) * READERS_A_PAGE
    scopes = actor_of(request).scopes("patrons.view")
    total, some = patrons_page(scopes=scopes, offset=offset, limit=READERS_A_PAGE, text=text)
    context = {
        "q": text,
        "readers": reader_rows(some, where=where),
        "pages": pages(request.GET, name="page", number=number, total=total, size=READERS_A_PAGE),
    }
    return page(request, where, "patrons", context)


@staff("catalogue.view")
@require_safe
@at_library
def record(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """One record with its copies; `copy` puts one of them in front, with what can be done with it."""
    found = one_record(record_id, hidden=True)
    if found is None:
        if (into := merged_into(record_id)) is not None:
            return redirect(f"{reverse('desk:record', args=[into])}?from={record_id}")
        raise Http404
    if found.kind == "a":
        query = request.META.get("QUERY_STRING", "")
        return redirect(reverse("desk:authority", args=[record_id]) + (f"?{query}" if query else ""))
    items = nearest_first(items_of([record_id], withdrawn=True).get(record_id, []), where=where)
    number = page_number(request.GET)
    shown = items[(number - 1) * COPIES_A_PAGE : number * COPIES_A_PAGE]
    wanted = next(iter(whole_numbers(request.GET, "copy")), None)
    front = next((item for item in items if item.id == wanted), None)
    rows = copy_rows([*shown, *([front] if front and front not in shown else [])], actor=actor_of(request),
                     where=where, now=timezone.now())  # fmt: skip
    context = {
        "record": found,
        "copies": rows[: len(shown)],
        "front": next((row for row in rows if front and row.id == front.id), None),
        "waiting": holds_count([record_id]).get(record_id, 0),
        "marc": list(marc_lines(found.marc)),
        "parts": parts_of(found, hidden=True) if found.kind == "b" else [],
        "hosts": hosts_of(found, hidden=True) if found.kind == "b" else [],
        "saved": whole_number(request.GET, "saved") == found.version,
        "came_from": whole_number(request.GET, "from"),
        "pages": pages(request.GET, name="page", number=number, total=len(items), size=COPIES_A_PAGE),
    }
    return page(request, where, "record", context)
