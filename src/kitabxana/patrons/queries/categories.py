"""Categories of readers."""

from __future__ import annotations

from kitabxana.patrons.facts import CategoryFacts
from kitabxana.patrons.models import PatronCategory


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


def categories() -> dict[str, dict[str, str]]:
    """code → names by language."""
    return dict(PatronCategory.objects.values_list("code", "names"))
