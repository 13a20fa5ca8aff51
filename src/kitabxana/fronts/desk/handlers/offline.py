"""What offline desks sent and the rules refused: looked at, then put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.circulation.messages import PROPOSALS
from kitabxana.circulation.operations import lend_after_all, settle_conflict
from kitabxana.circulation.queries import offline_conflicts
from kitabxana.circulation.rules.offline import DOES, proposal
from kitabxana.fronts.desk.forms import whole_number
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import sentence, short_moment, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import OfflineConflict
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

MOST_SHOWN = 200
KINDS = {"check_out": _("Lend"), "check_in": _("Check in"), "renew": _("Renew")}


@staff("circulation.offline")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def conflicts(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The conflicts of the libraries where this login works, each with a proposal.

    A POST settles the one named by `event`, or with `lend` does first what is proposed.
    """
    actor = actor_of(request)
    if request.method == "POST":
        lends = whole_number(request.POST, "lend")
        try:
            if lends:
                lend_after_all(event_id=lends, by=actor, now=timezone.now())
            else:
                settle_conflict(event_id=whole_number(request.POST, "event") or 0, by=actor, now=timezone.now())
        except Refused as refused:
            for one in refused.refusals:
                messages.error(request, sentence(one))
        return redirect("desk:offline")
    found = offline_conflicts(scopes=actor.scopes("circulation.offline"), limit=MOST_SHOWN)
    return page(request, where, "offline", {"rows": [_row(one, actor) for one in found]})


def _row(one: OfflineConflict, actor: Actor) -> dict[str, object]:
    units, way = tree().units, proposal(one.kind, one.refusals)
    able = all(refusal.override and actor.may(refusal.override, units[one.unit].path) for refusal in one.refusals)
    return {
        "id": one.id,
        "at": short_moment(one.happened_at, units[one.unit].zone),
        "library": unit_name(units, one.unit),
        "kind": KINDS[one.kind],
        "barcode": one.barcode,
        "card": one.card,
        "why": [sentence(refusal) for refusal in one.refusals],
        "by": one.done_by,
        "proposal": PROPOSALS[way],
        "does": way in DOES and able,
    }
