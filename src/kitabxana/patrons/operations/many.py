"""One change for many readers, seen before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.operations.edit import edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from kitabxana.base.actor import Actor

MOST = 5000
SHARED = frozenset({"category", "home_unit", "expires_on", "history", "language", "city"})
"""What may be the same for many."""


def change_many(
    *, patron_ids: Iterable[int], changes: Mapping[str, Any], by: Actor, now: datetime, dry_run: bool = False
) -> dict[int, str]:
    """Change each of these readers by the rules of one; reader → "" when done, else the codes that stood against it.

    A dry run does it and undoes it. Refused: not_permitted (`patrons.import`), nothing_to_change, too_many.
    """
    ids = list(dict.fromkeys(patron_ids))
    if not by.may_anywhere("patrons.import"):
        raise Refused.one("not_permitted", permission="patrons.import")
    if strange := sorted(set(changes) - SHARED):
        raise Refused.one("nothing_to_change", name=strange[0])
    if len(ids) > MOST:
        raise Refused.one("too_many", most=MOST)
    with transaction.atomic():
        told = {patron: _change_one(patron, changes, by, now) for patron in ids}
        after = {"changed": sorted(changes), "readers": sum(not problem for problem in told.values())}
        audit.record(by, "patrons.change", object_type="import", object_id="many", after=after)
        transaction.set_rollback(dry_run)
    return told


def _change_one(patron: int, changes: Mapping[str, Any], by: Actor, now: datetime) -> str:
    try:
        with transaction.atomic():
            edit(patron_id=patron, changes=changes, by=by, now=now)
    except Refused as refused:
        return ", ".join(sorted({refusal.code for refusal in refused.refusals}))
    return ""
