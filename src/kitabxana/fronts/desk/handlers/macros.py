"""A cataloguer's macros, and those of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import drop_macro, keep_macro
from kitabxana.catalogue.queries.editing import macros_for
from kitabxana.fronts.desk.forms import lines, typed, whole_number
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("records.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def macros(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """All macros that can be run here; a POST keeps one under its name or drops one."""
    by = actor_of(request)
    refused: list[str] = []
    if request.method == "POST":
        try:
            _do(request, where, by)
        except Refused as refusal:
            refused = [refusal_text(one) for one in refusal.refusals]
        else:
            return redirect("desk:macros")
    found = macros_for(by.user_id or 0, where)
    wanted = whole_number(request.GET, "edit")
    begun = next((one for one in found if one.id == wanted), None)
    may_share = by.may("lists.edit", where.path)
    context = {
        "macros": [(one, one.unit is None or (may_share and one.unit == where.code)) for one in found],
        "name": request.POST.get("name", begun.name if begun else ""),
        "text": request.POST.get("text", begun.text if begun else ""),
        "shared": bool(request.POST.get("shared")) or bool(begun and begun.unit),
        "may_share": may_share,
        "refused": refused,
    }
    return page(request, where, "macros", context, status=422 if refused else 200)


def _do(request: DeskRequest, where: UnitFacts, by: Actor) -> None:
    data = request.POST
    gone = whole_number(data, "drop")
    if gone is not None:
        drop_macro(gone, by=by)
        return
    unit = where.code if data.get("shared") else None
    keep_macro(name=typed(data, "name"), text=lines(data, "text"), unit=unit, by=by)
