"""Categories of readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.models import PatronCategory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor


@transaction.atomic
def set_category(
    *, code: str, names: Mapping[str, str], by: Actor, enrolment_months: int = 12, **more: Any
) -> None:  # fmt: skip
    """Add a category of readers or change it.

    `more` are the remaining columns of `PatronCategory`: least_age, most_age, next_category (a code),
    needs_guarantor, self_registration. Refused: not_permitted, wrong_next_category.
    """
    if not by.may_anywhere("organisation.edit"):
        raise Refused.one("not_permitted", permission="organisation.edit")
    values = {"names": dict(names), "enrolment_months": enrolment_months, **more}
    next_code = values.pop("next_category", None)
    if next_code is not None:
        known = PatronCategory.objects.filter(pk=next_code).exists()
        if next_code == code or not known or values.get("most_age") is None:
            raise Refused.one("wrong_next_category")
        values["next_category_id"] = next_code
    PatronCategory.objects.update_or_create(code=code, defaults=values)
    audit.record(by, "category.set", object_type="category", object_id=code, after=values)
