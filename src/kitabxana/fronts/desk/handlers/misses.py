"""What waits for those who buy and catalogue: words searched in vain, books added in haste."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.views.decorators.http import require_safe

from kitabxana.base.access import staff
from kitabxana.catalogue.queries import fast_added
from kitabxana.fronts.desk.forms import whole_numbers
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.records import record_rows
from kitabxana.fronts.desk.session import at_library
from kitabxana.search.queries import misses

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

PERIODS: Final = (7, 30, 365)
MOST_SHOWN = 200


@staff("catalogue.view")
@require_safe
@at_library
def show(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Words that found nothing, the most frequent first; nobody knows whose they were."""
    asked = next(iter(whole_numbers(request.GET, "days")), 30)
    days = asked if asked in PERIODS else 30
    found = misses(since=timezone.localdate() - timedelta(days=days))
    return page(request, where, "misses", {"found": found, "days": days, "periods": PERIODS})


@staff("records.edit")
@require_safe
@at_library
def added_in_haste(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Records made at a desk that no cataloguer has saved yet, the oldest first."""
    total, ids = fast_added(limit=MOST_SHOWN)
    return page(request, where, "added_in_haste", {"rows": record_rows(ids, where=where), "total": total})
