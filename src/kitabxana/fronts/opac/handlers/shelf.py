"""Walking along a library's shelf by call number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from kitabxana.base.access import public
from kitabxana.catalogue.queries import findable_briefs
from kitabxana.fronts.opac.handlers.found import LARGEST_ID
from kitabxana.fronts.opac.render.shelf import spines
from kitabxana.fronts.opac.render.words import unit_name
from kitabxana.holdings.queries import along_the_shelf
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from kitabxana.holdings.facts import ItemFacts

STEP: Final = 24
BEFORE_IT: Final = 6
"""How many copies are shown before the one a reader came from."""


@public
@require_safe
@vary_on_cookie
def shelf(request: HttpRequest, unit: str) -> HttpResponse:
    """A stretch of the shelf: `from` a copy (it among them), or right of `after` one, or left of `before` one."""
    organisation = tree()
    library = organisation.units.get(unit)
    if library is None:
        raise Http404
    here = _number(request.GET, "from")
    items, first, last = _stretch(unit, request.GET, here=here)
    context = {
        "name": unit_name(library),
        "unit": unit,
        "spines": spines(items, findable_briefs({item.record_id for item in items}), here=here),
        "left": 0 if first or not items else items[0].id,
        "right": 0 if last or not items else items[-1].id,
    }
    return render(request, "opac/shelf.html", context)


def _stretch(unit: str, params: QueryDict, *, here: int) -> tuple[list[ItemFacts], bool, bool]:
    """The copies, and whether they begin at the shelf's left end and stop at its right one."""
    after, before = _number(params, "after"), _number(params, "before")
    if here:
        left = along_the_shelf(unit=unit, before=here, limit=BEFORE_IT)
        rest = along_the_shelf(unit=unit, after=left[-1].id if left else 0, limit=STEP - len(left))
        return left + rest, len(left) < BEFORE_IT, len(left) + len(rest) < STEP
    items = along_the_shelf(unit=unit, after=after, before=before, limit=STEP)
    short = len(items) < STEP
    return (items, short, False) if before else (items, not after, short)


def _number(params: QueryDict, name: str) -> int:
    """A copy's id in the address, 0 for what is none."""
    text = params.get(name, "")
    return min(int(text[:20]), LARGEST_ID) if text.isascii() and text.isdecimal() else 0
