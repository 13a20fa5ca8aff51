"""Applications that wait for a library's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.facts import ApplicationFacts
from kitabxana.patrons.models import Application, PatronCategory
from kitabxana.patrons.queries.finding import units_in

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SHOWN = 200


def applications(*, scopes: Sequence[str], unit: str | None = None) -> list[ApplicationFacts]:
    """Those of the libraries in scope (or of one of them) that wait, the oldest first."""
    organisation, units = tree(), units_in(scopes)
    here = Q() if units is None else Q(home_unit__in=units)
    rows = Application.objects.filter(here, decided_at__isnull=True).order_by("sent_at", "pk")
    if unit is not None:
        rows = rows.filter(home_unit__code=unit)
    return [
        ApplicationFacts(row.pk, organisation.by_id[row.home_unit_id].code, row.sent_at, dict(row.typed))
        for row in rows[:MOST_SHOWN]
    ]


def open_to_all() -> tuple[list[str], list[str]]:
    """(libraries that take registrations from home, categories that are for it), by code."""
    organisation = tree()
    libraries = [
        unit.code
        for unit in organisation.libraries()
        if value(organisation, "self_registration", unit=unit.code, category="", item_type="")
    ]
    return libraries, list(PatronCategory.objects.filter(self_registration=True).values_list("code", flat=True))
