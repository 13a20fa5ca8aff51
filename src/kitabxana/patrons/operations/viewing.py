"""Looking at a reader is an action too: it is written down who looked at whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction

from kitabxana.base import audit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.base.actor import Actor

ONE_LOOK_SECONDS = 600


def note_view(*, patron_id: int, by: Actor) -> None:
    """Write into the audit trail that `by` looks at this reader; a reader's own look is not written down.

    One look lasts ten minutes: a librarian who lends a pile of books to a reader is told of once. The process keeps
    that in its cache; another process may write the same look again.
    """
    if by.patron_id == patron_id or by.user_id is None:
        return
    if cache.add(f"patron-view:{by.user_id}:{by.address}:{patron_id}", 1, ONE_LOOK_SECONDS):
        with transaction.atomic():
            audit.record(by, "patron.view", object_type="patron", object_id=patron_id)


def note_views(*, patron_ids: Iterable[int], by: Actor) -> None:
    """`note_view` of everybody in a list that tells more than names; one statement however many are new."""
    if by.user_id is None:
        return
    others = sorted({one for one in patron_ids if one != by.patron_id})
    keys = {one: f"patron-view:{by.user_id}:{by.address}:{one}" for one in others}
    fresh = [one for one in others if cache.add(keys[one], 1, ONE_LOOK_SECONDS)]
    if fresh:
        with transaction.atomic():
            audit.record_many(by, "patron.view", object_type="patron", entries=[(one, None, None) for one in fresh])
