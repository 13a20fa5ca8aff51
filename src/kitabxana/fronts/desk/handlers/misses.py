"""What readers looked for in vain: for those who buy and catalogue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kitabxana.base.access import staff
from kitabxana.fronts.desk.forms import whole_numbers
from kitabxana.search.queries import misses

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PERIODS: Final = (7, 30, 365)


@staff("catalogue.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Words that found nothing, the most frequent first; nobody knows whose they were."""
    asked = next(iter(whole_numbers(request.GET, "days")), 30)
    days = asked if asked in PERIODS else 30
    found = misses(since=timezone.localdate() - timedelta(days=days))
    return render(request, "desk/misses.html", {"found": found, "days": days, "periods": PERIODS})
