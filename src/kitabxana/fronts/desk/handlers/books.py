"""The accession book as it is read and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from kitabxana.base.access import staff
from kitabxana.fronts.desk.forms import page_number
from kitabxana.fronts.desk.render.item_words import amount, value_text
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.words import local_day, short_date, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.queries import accession_book, count_book, numbering_for
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 100


@staff("items.edit")
@require_safe
@at_library
def book(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The book this library's copies are entered in, newest lines first."""
    organisation, number = tree(), page_number(request.GET)
    run = numbering_for("accession", where.code, organisation=organisation)
    lines = accession_book(run, offset=(number - 1) * A_PAGE, limit=A_PAGE) if run else []
    context = {
        "run": run,
        "owner": unit_name(organisation.units, run.unit) if run else "",
        "lines": [
            {
                "line": line,
                "day": short_date(local_day(line.entered_at, where.zone)),
                "price": amount(line.price_minor, line.currency),
                "source": value_text("source", line.source),
            }
            for line in lines
        ],
        "pages": pages(request.GET, name="page", number=number, total=count_book(run) if run else 0, size=A_PAGE),
    }
    return page(request, where, "items/book", context)
