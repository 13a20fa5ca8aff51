"""A record that is still being typed, as its page will show it: for who edits records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kitabxana.base.access import staff
from kitabxana.catalogue.facts import RecordFacts
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.forming import read, rows_from
from kitabxana.catalogue.rules.textmode import filled, typed
from kitabxana.fronts.opac.render.books import book
from kitabxana.fronts.opac.render.record import facts, people, summaries, topics

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST = 1_000_000


@staff("records.edit")
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The description of the record that is sent, as lines (`text`) or as rows of a form; nothing is stored."""
    data = request.POST
    sent = typed(data["text"][:LONGEST]) if "text" in data else read(rows_from(dict(data.lists())))
    marc = filled(sent.marc)
    try:
        derived = derive(marc)
    except ValueError:  # half a character: the check says where
        return render(request, "opac/_preview.html", {})
    if not derived.brief.get("title"):
        return render(request, "opac/_preview.html", {})
    record = RecordFacts(
        id=0, kind=derived.kind, marc=marc, brief=derived.brief, version=0, suppressed=False, deleted=False,
        created_at=timezone.now(),
    )  # fmt: skip
    return render(
        request,
        "opac/_preview.html",
        {
            "book": book(0, derived.brief),
            "people": people(record),
            "topics": topics(record),
            "facts": facts(record),
            "summaries": summaries(marc),
        },
    )
