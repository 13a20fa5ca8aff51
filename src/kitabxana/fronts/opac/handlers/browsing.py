"""The catalogue as lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kitabxana.base.access import public
from kitabxana.fronts.opac.messages import KINDS
from kitabxana.fronts.opac.render.suggestions import listed
from kitabxana.search.queries import browse
from kitabxana.search.queries.browsing import KINDS as LISTS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kitabxana.search.queries.browsing import Kind

LONGEST = 120


@public
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Titles, names or subjects from where the reader wants, in the order of the interface's language."""
    kinds: dict[str, Kind] = {kind: kind for kind in LISTS}
    kind = kinds.get(request.GET.get("in", ""), "author")
    start = "".join(letter for letter in request.GET.get("from", "") if letter.isprintable())[:LONGEST]
    back = "".join(letter for letter in request.GET.get("before", "") if letter.isprintable())[:LONGEST]
    page = browse(kind, start=back or start, language=get_language() or "az", backwards=bool(back))
    return render(
        request,
        "opac/browse.html",
        {
            "kind": kind,
            "kinds": KINDS.items(),
            "start": start,
            "lines": listed(kind, page.lines),
            "first": page.lines[0].text if page.before and page.lines else "",
            "last": page.lines[-1].text if page.after and page.lines else "",
        },
    )
