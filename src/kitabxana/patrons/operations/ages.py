"""Readers who grow out of their category."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from kitabxana.base import audit
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Patron, PatronCategory
from kitabxana.patrons.rules import age_on, years_earlier

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor

MOST_STEPS = 10
"""How many categories one may pass at once: who was a child when last seen may be an adult by now."""


def move_by_age(*, by: Actor, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Move readers older than their category's `most_age` to its next one; "FROM > TO" → how many.

    A reader's age is that of the day at the home library. Each reader is moved in a transaction of its own; one without
    a birth date stays. Run by night; run again, it finds nobody.
    """
    organisation = tree()
    rows = {row.pk: row for row in PatronCategory.objects.all()}
    moved: Counter[str] = Counter()
    for row in rows.values():
        if row.next_category_id is None or row.most_age is None:
            continue
        born = years_earlier(now.date(), row.most_age + 1)
        due = Patron.objects.filter(category=row, birth_date__lte=born, deleted_at__isnull=True)
        for patron_id, birth_date, unit in due.order_by("pk").values_list("pk", "birth_date", "home_unit_id"):
            today = now.astimezone(ZoneInfo(organisation.by_id[unit].zone)).date()
            target = _target(rows, row.pk, age_on(birth_date, today)) if birth_date else row.pk
            if target == row.pk or (not dry_run and not _move(patron_id, row.pk, target, by, now)):
                continue
            moved[f"{row.pk} > {target}"] += 1
    return dict(moved)


def _target(rows: dict[str, PatronCategory], code: str, age: int) -> str:
    """The first category along the way that still fits this age; a ring of categories is left after ten steps."""
    for _ in range(MOST_STEPS):
        row = rows[code]
        if row.most_age is None or age <= row.most_age or row.next_category_id is None:
            return code
        code = row.next_category_id
    return code


@transaction.atomic
def _move(patron_id: int, source: str, target: str, by: Actor, now: datetime) -> bool:
    """One reader; False when someone was quicker."""
    found = Patron.objects.filter(pk=patron_id, category_id=source, deleted_at__isnull=True)
    if not found.update(category_id=target, changed_at=now):
        return False
    told = {"before": {"category": source}, "after": {"category": target}}
    audit.record(by, "patron.age", object_type="patron", object_id=patron_id, **told)
    return True
