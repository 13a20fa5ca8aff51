"""Categories of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import lock_tree
from kitabxana.patrons.models import PatronCategory
from kitabxana.patrons.rules import category_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor


@transaction.atomic
def set_category(
    *, code: str, names: Mapping[str, str], by: Actor, enrolment_months: int = 12, **more: Any
) -> None:  # fmt: skip
    """Add a category of readers or change it.

    `more` are the remaining columns of `PatronCategory`: least_age, most_age, next_category (a code),
    needs_guarantor, self_registration. Refused: not_permitted, wrong_category_code, wrong_ages, wrong_next_category.
    """
    if not by.may_anywhere("organisation.edit"):
        raise Refused.one("not_permitted", permission="organisation.edit")
    if problem := category_problem(code, least_age=more.get("least_age"), most_age=more.get("most_age")):
        raise Refused.one(problem)
    values = {"names": dict(names), "enrolment_months": enrolment_months, **more}
    if "next_category" in values:
        next_code = values["next_category_id"] = values.pop("next_category")
        known = next_code is None or PatronCategory.objects.filter(pk=next_code).exists()
        if not known or next_code == code or (next_code is not None and values.get("most_age") is None):
            raise Refused.one("wrong_next_category")
    lock_tree()  # whose stamp the kept names follow
    PatronCategory.objects.update_or_create(code=code, defaults=values)
    audit.record(by, "category.set", object_type="category", object_id=code, after=values)
