"""A record's history: every state it had, what changed, what can be brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue import queries
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import delete_record, restore_version, undelete_record
from kitabxana.fronts.desk.forms import whole_number
from kitabxana.fronts.desk.render.editing import change_rows, previous, version_rows
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("catalogue.view")
@require_safe
@at_library
def history(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """All versions, newest first; the difference of `before` and `after`, at first of the last change."""
    return _show(request, where, record_id)


@staff("records.edit")
@require_POST
@at_library
def restore(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Make the version `wanted` the present one again, if `version` still is."""
    wanted, version = whole_number(request.POST, "wanted"), whole_number(request.POST, "version")
    if wanted is None:
        return redirect("desk:record_history", record_id)
    return _do(
        request, where, record_id,
        lambda: restore_version(
            record_id=record_id, wanted=wanted, version=version, by=actor_of(request), now=timezone.now(),
            through="desk",
        ),
    )  # fmt: skip


@staff("records.delete")
@require_POST
@at_library
def delete(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Leave a tombstone."""
    by, now = actor_of(request), timezone.now()
    return _do(request, where, record_id, lambda: delete_record(record_id=record_id, by=by, now=now, through="desk"))


@staff("records.delete")
@require_POST
@at_library
def undelete(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Put a deleted record back."""
    by, now = actor_of(request), timezone.now()
    return _do(request, where, record_id, lambda: undelete_record(record_id=record_id, by=by, now=now, through="desk"))


def _do(request: DeskRequest, where: UnitFacts, record_id: int, action: Callable[[], object]) -> HttpResponse:
    try:
        action()
    except Refused as refused:
        return _show(request, where, record_id, refused=refused)
    return redirect(reverse("desk:record_history", args=[record_id]))


def _show(
    request: DeskRequest, where: UnitFacts, record_id: int, *, refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    found, versions = queries.stored_record(record_id), queries.history(record_id)
    if found is None:
        raise Http404
    after = whole_number(request.GET, "after") or found.version
    before = whole_number(request.GET, "before") or previous(versions, after)
    changes = queries.difference(record_id, before=before, after=after) if before else None
    context = {
        "record": found,
        "versions": version_rows(versions, zone=where.zone),
        "before": before,
        "after": after,
        "changes": None if changes is None else change_rows(changes),
        "refusals": [refusal_text(refusal) for refusal in refused.refusals] if refused else [],
    }
    return page(request, where, "record_history", context, status=409 if refused else 200)
