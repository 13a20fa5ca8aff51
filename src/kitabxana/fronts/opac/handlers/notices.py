"""What the reader was told, and how the reader wants to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, reader
from kitabxana.fronts.opac.handlers.owning import own_page
from kitabxana.fronts.opac.render.words import day, local_day
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.messages import CHANNELS, KINDS, TRIGGERS, refusal_text
from kitabxana.notices.operations import set_wishes
from kitabxana.notices.queries import messages_of, wishes_of
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@reader
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """All messages of this account, whatever way they went; a form with a channel for each kind of them."""
    by = actor_of(request)
    assert by.patron_id is not None, "the lock lets readers in only"
    if request.method == "POST":
        wishes = {kind: request.POST.get(kind, "") for kind in KINDS if kind in request.POST}
        try:
            set_wishes(patron_id=by.patron_id, wishes=wishes, by=by)
        except Refused as refused:
            for one in refused.refusals:
                messages.error(request, refusal_text(one))
        else:
            messages.success(request, _("Saved."))
        return redirect("opac:notices")
    units, chosen = tree().units, wishes_of(by.patron_id)
    rows = [
        {
            "what": TRIGGERS[one.trigger],
            "subject": one.subject,
            "body": one.body,
            "language": one.language,
            "library": units[one.unit].name(request.LANGUAGE_CODE),
            "day": day(
                local_day(one.made_at, units[one.unit].zone), today=local_day(timezone.now(), units[one.unit].zone)
            ),
        }
        for one in messages_of(by.patron_id)
    ]
    kinds = [(kind, name, chosen.get(kind, "")) for kind, name in KINDS.items()]
    context = {"rows": rows, "kinds": kinds, "channels": list(CHANNELS.items())}
    return own_page(request, "notices", context)
