"""Undo of the last scan, lending or return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from kitabxana.base.access import actor_of, staff
from kitabxana.base.idempotency import once, release
from kitabxana.circulation.operations import undo_check_in, undo_check_out
from kitabxana.fronts.desk.forms import typed, whole_numbers
from kitabxana.fronts.desk.handlers import lending, returning
from kitabxana.fronts.desk.session import Sitting, at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

ACTS: dict[str, tuple[str, Callable[..., object]]] = {
    "lend": ("circulation.check_out", undo_check_out),
    "return": ("circulation.check_in", undo_check_in),
}


@staff("desk.use")
@require_POST
@at_library
def undo(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Undo `act` (lend, return) of `loan`, if that was the last scan; the page of that act tells what came of it."""
    act, numbers = request.POST.get("act", ""), whole_numbers(request.POST, "loan")
    if act not in ACTS or not numbers:
        return redirect("desk:home")
    if not actor_of(request).may(ACTS[act][0], where.path):
        raise PermissionDenied
    reader_id = _undo(request, where, act, numbers[0])
    if act == "return":
        return returning.answer(request, where)
    if reader_id is None:
        return HttpResponseClientRedirect(reverse("desk:home")) if request.htmx else redirect("desk:home")
    return lending.answer(request, where, lending.visible(request, reader_id))


def _undo(request: DeskRequest, where: UnitFacts, act: str, loan_id: int) -> int | None:
    """Keeps what came of it for the page; returns the reader who stands at the desk."""
    sitting, by = Sitting(request.session), actor_of(request)
    last, caller = sitting.last or {}, f"login {by.user_id}"

    def do() -> dict[str, Any]:
        if (last.get("act"), last.get("loan")) != (act, loan_id):  # another page of this desk went on meanwhile
            raise Refused.one("too_late_to_undo")
        ACTS[act][1](loan_id=loan_id, unit=where.code, by=by, now=timezone.now())
        release(caller=caller, key=last["once"])
        return last

    try:
        undone = once(caller=caller, key=request.POST.get("once", ""), asked=["undo", act, loan_id], do=do)
    except Refused as refused:
        reader = sitting.reader if act == "lend" else None
        item = last["item"] if last.get("loan") == loan_id else None
        sitting.note_problem("undo", typed(request.POST, "barcode"), refused.refusals, patron=reader, item=item)
        return reader
    sitting.note_undone(undone)
    reader_id: int | None = undone["reader"]
    return reader_id
