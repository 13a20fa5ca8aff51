"""Categories of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import CategoryFacts
from kitabxana.patrons.models import PatronCategory

if TYPE_CHECKING:
    from uuid import UUID


def category_facts(row: PatronCategory) -> CategoryFacts:
    return CategoryFacts(
        code=row.code,
        names=row.names,
        enrolment_months=row.enrolment_months,
        least_age=row.least_age,
        most_age=row.most_age,
        next=row.next_category_id,
        needs_guarantor=row.needs_guarantor,
        self_registration=row.self_registration,
    )


def category_list() -> list[CategoryFacts]:
    return [category_facts(row) for row in PatronCategory.objects.order_by("code")]


_named: dict[UUID, dict[str, dict[str, str]]] = {}
"""At most one entry: the names under the tree's stamp, which every write of a category renews."""


def categories() -> dict[str, dict[str, str]]:
    """code → names by language; no statement but the tree's when nothing has changed."""
    stamp = tree().stamp
    names = _named.get(stamp)
    if names is None:
        names = dict(PatronCategory.objects.values_list("code", "names"))
        _named.clear()
        _named[stamp] = names
    return names
