"""A reader's data in other hands than the desk's: the clear national number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.messages import NUMBER_KINDS
from kitabxana.patrons.operations import reveal_numbers
from kitabxana.patrons.queries import patron

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts


@staff("patrons.number")
@require_POST
@never_cache
@at_library
def numbers(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """The numbers in the clear, on a page that nothing keeps; a POST, for it writes that they were seen."""
    actor = actor_of(request)
    reader = patron(patron_id, scopes=actor.scopes("patrons.view"))
    if reader is None:
        raise Http404
    try:
        found = reveal_numbers(patron_id=patron_id, by=actor)
    except Refused as refused:
        raise PermissionDenied from refused
    context = {
        "name": reader.name,
        "patron_id": patron_id,
        "numbers": [(NUMBER_KINDS[kind], text) for kind, text in found.items()],
    }
    return page(request, where, "readers/numbers", context)
