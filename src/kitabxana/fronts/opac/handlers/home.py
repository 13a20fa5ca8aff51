"""The first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kitabxana.base.access import public
from kitabxana.catalogue.queries import newest
from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.render.books import one_of_each
from kitabxana.fronts.opac.render.libraries import systems
from kitabxana.organisation.queries import tree
from kitabxana.search.queries import find

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ARRIVALS = 14
LOOKED_AT = 6 * ARRIVALS
FEW_LIBRARIES = 24
"""Up to so many libraries stand in the open; more are folded under their systems."""


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One large search, what is new, where the libraries are and whether they are open."""
    where = systems(tree(), now=timezone.now())
    return render(
        request,
        "opac/home.html",
        {
            "arrivals": one_of_each(newest(LOOKED_AT))[:ARRIVALS],
            "systems": where,
            "total": find(Asked().request(limit=1)).total,
            "folded": sum(len(system.libraries) for system in where) > FEW_LIBRARIES,
        },
    )
