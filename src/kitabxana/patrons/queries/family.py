"""Who answers for whom, and who sees whose account."""

from __future__ import annotations

from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.facts import OwnAccount, WardFacts
from kitabxana.patrons.models import Guarantee, Patron
from kitabxana.patrons.queries.readers import complete
from kitabxana.patrons.rules import changeable, shown_by_rule, shown_to_guarantor


def wards_of(patron_id: int) -> list[WardFacts]:
    """Those a reader answers for, by name; five statements however many, two where there are none."""
    organisation = tree()
    rows = Guarantee.objects.filter(guarantor_id=patron_id, ward__deleted_at__isnull=True)
    ties = {
        ward: (relation, agreed, child)
        for ward, relation, agreed, child in rows.values_list(
            "ward_id", "relation", "ward__shown_to_guarantor", "ward__category__needs_guarantor"
        )
    }
    if not ties:
        return []
    found = []
    for one in complete(Patron.objects.filter(pk__in=ties).order_by("search_key", "pk"), organisation=organisation):
        relation, agreed, child = ties[one.id]
        said = value(organisation, "guarantor_sees", unit=one.home_unit, category=one.category, item_type="")
        found.append(WardFacts(one, relation, shown_to_guarantor(said, is_child=child, agreed=agreed)))
    return found


def own_account(patron_id: int) -> OwnAccount:
    """What a reader may decide and change of the own account; two statements. Raises Patron.DoesNotExist."""
    organisation = tree()
    row = Patron.objects.select_related("category").get(pk=patron_id)
    cell = {"unit": organisation.by_id[row.home_unit_id].code, "category": row.category_id, "item_type": ""}
    said = value(organisation, "guarantor_sees", **cell)
    by_rule = shown_by_rule(said, is_child=row.category.needs_guarantor)
    return OwnAccount(
        changeable=changeable(value(organisation, "own_contact", **cell)),
        by_rule=by_rule,
        can_agree=said != "nobody" and not by_rule,
        history_days=int(value(organisation, "history_days", **cell)),
    )
