"""Taking a record out of the catalogue, and back in: a tombstone, never a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import outbox
from kitabxana.base.ports import record_guards
from kitabxana.catalogue.facts import Made
from kitabxana.catalogue.operations.linking import followed, followers
from kitabxana.catalogue.operations.state import locked, put_state, tell, tell_headings
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.authorities import forms_of
from kitabxana.kernel.decisions import Refusal, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


@transaction.atomic
def delete_record(*, record_id: int, by: Actor, now: datetime, through: str) -> int:
    """Leave a tombstone in place of a record; returns its version. What harvesters and the index hear is the tombstone.

    Locks the record. Refused: not_permitted, unknown_record, and what features above say (`ports.record_guards`):
    has_items, has_holds; has_followers for an authority that headings follow. Deleting twice changes nothing.
    """
    if not by.may_anywhere("records.delete"):
        raise Refused.one("not_permitted", permission="records.delete")
    row = locked(record_id, going=True)
    if row.deleted_at is not None:
        return row.version
    reasons = [reason for guard in record_guards for reason in guard(record_id)]
    if row.kind == "a" and (fields := followers(record_id)):
        reasons.append(Refusal("has_followers", {"fields": fields}))
    if reasons:
        raise Refused(reasons)
    made = Made(by.name, through, "deleted", now)
    version = put_state(row, row.marc, derive(row.marc), made=made, deleted=True)
    tell(record_id, version, made=made, by=by)
    return version


@transaction.atomic
def undelete_record(*, record_id: int, by: Actor, now: datetime, through: str) -> int:
    """Put a deleted record back as it was; returns its version. Headings that changed meanwhile reach it as any other.

    Locks it. Refused: not_permitted, unknown_record, merged_away (undo the merge instead).
    """
    if not by.may_anywhere("records.delete"):
        raise Refused.one("not_permitted", permission="records.delete")
    row = locked(record_id)
    if row.deleted_at is None:
        return row.version
    if (into := merged_into(record_id)) is not None:
        raise Refused.one("merged_away", into=into)
    made = Made(by.name, through, "undeleted", now)
    version = put_state(row, row.marc, derive(row.marc), made=made)
    tell(record_id, version, made=made, by=by)
    if row.kind == "a":
        tell_headings(record_id, before=[], now=forms_of(row.marc), by=by)
    for authority in followed(record_id):
        outbox.publish("heading.changed", {"authority": authority, "by": by.name})
    return version
