"""Check-in: one scan, one instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once
from kitabxana.circulation.operations import check_in as take_back
from kitabxana.fronts.desk.forms import day_typed, typed
from kitabxana.fronts.desk.render.loans import problems, return_rows, undone_instruction
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import Sitting, at_library
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.kernel.periods import end_of_day

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
        return answer(request, where)
    return _show(request, where)


def answer(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """For htmx the page's inner part at once, else a redirect, so that a reload sends nothing twice."""
    if request.htmx:
        return _show(request, where)
    # A box is emptied book by book: what was said of the moment stays.
    kept = {name: request.POST[name] for name in ("drop_box", "returned_on") if request.POST.get(name)}
    return redirect(f"{reverse('desk:check_in')}?{urlencode(kept)}" if kept else "desk:check_in")


def _take_back(request: DeskRequest, where: UnitFacts, barcode: str) -> None:
    sitting, now = Sitting(request.session), timezone.now()
    item = item_by_barcode(barcode)
    if item is None:
        sitting.note_problem("return", barcode, [Refusal("unknown_item", {"barcode": barcode})])
        return
    by, taken = actor_of(request), []

    drop_box, day = "drop_box" in request.POST, day_typed(request.POST, "returned_on")
    zone = ZoneInfo(where.zone)
    came = end_of_day(day, zone) if day and day < now.astimezone(zone).date() else None

    def do() -> int:
        done = take_back(
            item_id=item.id, unit=where.code, by=by, now=now, returned_at=came, drop_box=drop_box and came is None
        )
        taken.append(done)
        return item.id

    asked, key = ["return", where.code, item.id, drop_box, str(day)], request.POST.get("once", "")
    try:
        once(caller=f"login {by.user_id}", key=key, asked=asked, do=do)
    except Refused as refused:
        sitting.note_problem("return", barcode, refused.refusals, item=item.id)
    for done in taken:  # sent again, it was noted the first time
        sitting.note_return(done, barcode=barcode, at=now.isoformat(), once=key)


def _show(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    sitting = Sitting(request.session)
    rows = return_rows(sitting.returned, zone=where.zone)
    said = sitting.take_said()
    mine = [one for one in sitting.problems if one["verb"] in ("return", "undo") and one["patron"] is None]
    latest = rows[0] if rows and said and said["code"] == "returned" else None
    context = {
        "rows": rows,
        "today": timezone.now().astimezone(ZoneInfo(where.zone)).date().isoformat(),
        "drop_box": "drop_box" in request.GET,
        "returned_on": typed(request.GET, "returned_on"),
        "latest": latest,
        "instruction": latest.instruction if latest else undone_instruction(said),
        "undo": sitting.last if sitting.last and sitting.last["act"] == "return" else None,
        "problems": problems(mine, actor=actor_of(request), where=where, said=said),
    }
    return page(request, where, "check_in", context)
