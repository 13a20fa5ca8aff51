"""/offline_events: what a desk did while it had no connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from ninja import Router

from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.operations import replay
from kitabxana.fronts.rest import shapes_of_loans as shapes
from kitabxana.fronts.rest.session import require
from kitabxana.fronts.rest.shapes import problems

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["offline_events"])


@router.post(
    "/offline_events",
    response={200: list[shapes.OfflineAnswer], **problems(403, 404, 413, 415)},
    operation_id="replayOfflineEvents",
)
def add_events(request: HttpRequest, asked: shapes.OfflineEvents) -> list[shapes.OfflineAnswer]:
    """Apply them in the order in which they happened, each once; a conflict is kept for review. Not in Koha."""
    actor = require(request, "circulation.offline")
    events = [
        OfflineFacts(one.key, one.action, one.external_id, one.date, one.cardnumber or "") for one in asked.events
    ]
    found = replay(unit=asked.library_id, events=events, by=actor, now=timezone.now())
    return [
        shapes.OfflineAnswer(key=one.key, outcome=one.outcome, codes=list(one.codes), again=one.again) for one in found
    ]
