"""Imports at the desk: a file uploaded, looked through, decided, stored, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.exchange import operations
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.messages import VERDICTS, refusal_text
from kitabxana.exchange.queries import batch as one_batch
from kitabxana.exchange.queries import batches as some_batches
from kitabxana.exchange.queries import lying, next_waiting, profiles, staged, staged_one
from kitabxana.formats.marc import ENCODINGS
from kitabxana.fronts.desk.forms import page_number, typed, whole_numbers
from kitabxana.fronts.desk.render.imports import (
    as_stored,
    batch_rows,
    choices,
    finding_lines,
    hints_counted,
    lying_rows,
    point_rows,
    side_by_side,
    staged_rows,
)
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.records import marc_lines
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, QueryDict

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

ROWS = 25


@staff("catalogue.import")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def batches(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The imports, and the form that begins one."""
    refused: list[str] = []
    if request.method == "POST":
        try:
            if number := _staged(request, where):
                return redirect("desk:import", number)
            refused = [_("Choose one file: one of yours, or one that lies on the server.")]
        except Refused as refusal:
            refused = [refusal_text(one) for one in refusal.refusals]
    number = page_number(request.GET)
    total, some = some_batches(offset=(number - 1) * ROWS, limit=ROWS)
    context = {
        "encodings": ENCODINGS,
        "batches": batch_rows(some, where=where),
        "profiles": list(profiles()),
        "lying": lying_rows(lying()),
        "refused": refused,
        "pages": pages(request.GET, name="page", number=number, total=total, size=ROWS),
    }
    return page(request, where, "imports", context, status=422 if request.method == "POST" else 200)


def _staged(request: DeskRequest, where: UnitFacts) -> int | None:
    """The batch of the file sent, or of the one named among those on the server; None where it is not one file."""
    upload, lies = request.FILES.get("file"), request.POST.get("lying", "")
    if bool(upload) == bool(lies):
        return None
    by, profile = actor_of(request), _profile(request.POST, where)
    if kept := typed(request.POST, "keep_as"):
        operations.keep_profile(kept, profile, by=by)
    if not upload:
        return operations.stage_lying(lies, profile=profile, by=by)
    name = upload.name or "upload"
    return operations.stage(operations.keep_upload(upload, name=name), file_name=name, profile=profile, by=by)


def _profile(data: QueryDict, where: UnitFacts) -> Profile:
    """The stored profile that was chosen, or what the form says; copies that name no library come here."""
    chosen = profiles().get(data.get("profile", ""))
    if chosen:
        return chosen
    return Profile(
        items="852" if data.get("items") == "852" else "952",
        library=where.code,
        source=typed(data, "source")[:40],
        encoding=typed(data, "encoding") if typed(data, "encoding") in ENCODINGS else "",
        matching="points",
        overlay="replace" if data.get("overlay") == "replace" else "keep",
    )


@staff("catalogue.import")
@require_safe
@at_library
def batch(request: DeskRequest, where: UnitFacts, import_id: int) -> HttpResponse:
    """One import: how far it is, its records by verdict, what can be done with them all."""
    facts = one_batch(import_id)
    if facts is None:
        raise Http404
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in VERDICTS else ""
    number = page_number(request.GET)
    total, some = staged(import_id, verdict=verdict, offset=(number - 1) * ROWS, limit=ROWS)
    context = {
        "batch": batch_rows([facts], where=where)[0],
        "verdict": verdict,
        "rows": staged_rows(some),
        "bulk": choices(verdict),
        "pages": pages(request.GET, name="page", number=number, total=total, size=ROWS),
    }
    return page(request, where, "import", context)


@staff("catalogue.import")
@require_safe
@at_library
def staged_record(request: DeskRequest, where: UnitFacts, import_id: int, number: int) -> HttpResponse:
    """One record of an import beside ours: every point with its weight, every field that differs."""
    facts, one = one_batch(import_id), staged_one(import_id, number)
    if facts is None or one is None:
        raise Http404
    row = staged_rows([one])[0]
    marc, converted = as_stored(row, flavour=facts.profile.get("flavour", ""))
    theirs, ours = side_by_side(row, marc)
    context = {
        "batch": batch_rows([facts], where=where)[0],
        "row": row,
        "points": point_rows(row),
        "findings": finding_lines(row),
        "hints": hints_counted(row),
        "came": list(marc_lines(one.marc)) if converted else [],
        "theirs": theirs,
        "ours": ours,
    }
    return page(request, where, "staged_record", context)


@staff("catalogue.import")
@require_POST
@at_library
def decide(request: DeskRequest, where: UnitFacts, import_id: int) -> HttpResponse:
    """One decision for a record, or for all of a verdict; from a record that waited the way leads to the next one."""
    del where
    numbers = whole_numbers(request.POST, "number")
    verdict = request.POST.get("verdict", "")

    def work() -> str:
        count = operations.decide(
            batch_id=import_id, decision=request.POST.get("decision", ""), verdict=verdict, numbers=numbers,
            by=actor_of(request),
        )  # fmt: skip
        return ngettext("%(count)s record decided.", "%(count)s records decided.", count) % {"count": count}

    answer = _done(request, import_id, work)
    if "waiting" in request.POST and (following := next_waiting(import_id, after=max(numbers, default=0))):
        return redirect("desk:staged_record", import_id, following)
    shown = verdict or request.POST.get("back", "")
    if shown in VERDICTS:
        answer["Location"] += f"?verdict={shown}"
    return answer


@staff("catalogue.import")
@require_POST
@at_library
def commit_batch(request: DeskRequest, where: UnitFacts, import_id: int) -> HttpResponse:
    """Store what was decided."""
    del where

    def work() -> str:
        operations.commit_batch(batch_id=import_id, by=actor_of(request))
        return ""

    return _done(request, import_id, work)


@staff("catalogue.import")
@require_POST
@at_library
def undo_batch(request: DeskRequest, where: UnitFacts, import_id: int) -> HttpResponse:
    """Take back all that the import did."""
    del where

    def work() -> str:
        operations.undo_batch(batch_id=import_id, by=actor_of(request))
        return _("The import is being taken back.")

    return _done(request, import_id, work)


def _done(request: DeskRequest, import_id: int, work: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the import, which says what came of it."""
    try:
        said = work()
    except Refused as refused:
        if any(refusal.code == "unknown_batch" for refusal in refused.refusals):
            raise Http404 from refused
        for refusal in refused.refusals:
            messages.error(request, refusal_text(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("desk:import", import_id)
