"""Check-in: one scan, one instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once
from kitabxana.circulation.operations import check_in as take_back
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.render.loans import problems, return_rows
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import Sitting, at_library
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("circulation.check_in")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def check_in(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The check-in page; a POST takes back the scanned `q`."""
    if request.method == "POST":
        if barcode := typed(request.POST, "q"):
            _take_back(request, where, barcode)
        if not request.htmx:
            return redirect("desk:check_in")
    return _show(request, where)


def _take_back(request: DeskRequest, where: UnitFacts, barcode: str) -> None:
    sitting, now = Sitting(request.session), timezone.now()
    item = item_by_barcode(barcode)
    if item is None:
        sitting.note_problem("return", barcode, [Refusal("unknown_item", {"barcode": barcode})])
        return
    by, taken = actor_of(request), []

    def do() -> int:
        taken.append(take_back(item_id=item.id, unit=where.code, by=by, now=now))
        return item.id

    asked = ["return", where.code, item.id]
    try:
        once(caller=f"login {by.user_id}", key=request.POST.get("once", ""), asked=asked, do=do)
    except Refused as refused:
        sitting.note_problem("return", barcode, refused.refusals, item=item.id)
    for done in taken:  # sent again, it was noted the first time
        sitting.note_return(done, barcode=barcode, at=now.isoformat())


def _show(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    sitting = Sitting(request.session)
    rows = return_rows(sitting.returned, zone=where.zone)
    said = sitting.take_said()
    mine = [one for one in sitting.problems if one["verb"] == "return"]
    context = {
        "rows": rows,
        "latest": rows[0] if rows and said and said["code"] == "returned" else None,
        "problems": problems(mine, actor=actor_of(request), where=where, said=said),
    }
    return page(request, where, "check_in", context)
