"""Those a reader answers for: what each has, waits for and owes, as far as it may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kitabxana.base.access import reader
from kitabxana.fronts.opac.handlers.owning import own_page
from kitabxana.fronts.opac.render.charges import charges
from kitabxana.fronts.opac.render.holds import hold_rows
from kitabxana.fronts.opac.render.loans import loan_rows
from kitabxana.fronts.opac.render.words import unit_name
from kitabxana.fronts.opac.session import reader_id
from kitabxana.organisation.queries import tree
from kitabxana.patrons.messages import RELATIONS
from kitabxana.patrons.queries import wards_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@reader
@never_cache
@require_safe
def family(request: HttpRequest) -> HttpResponse:
    """One of them at a time (`who`), the first unless another is named; somebody else's ward is nobody's."""
    wards, organisation, now = wards_of(reader_id(request)), tree(), timezone.now()
    wanted = request.GET.get("who")
    one = next((ward for ward in wards if wanted in (None, str(ward.patron.id))), None)
    if one is None and wanted is not None:
        raise Http404
    context: dict[str, Any] = {"wards": wards, "one": one}
    if one is not None:
        unit = organisation.units[one.patron.home_unit]
        context |= {"relation": RELATIONS.get(one.relation, ""), "library": unit_name(unit)}
    if one is not None and one.seen:
        context |= {
            "loans": loan_rows(one.patron.id, organisation=organisation, now=now),
            "holds": hold_rows(one.patron.id, organisation=organisation, now=now),
            "charges": charges(one.patron.id, organisation=organisation, now=now),
        }
    return own_page(request, "family", context)
