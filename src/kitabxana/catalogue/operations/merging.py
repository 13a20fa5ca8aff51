"""Bibliographic records that are one book become one record, and, if that was a mistake, two again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.base.ports import record_ties
from kitabxana.catalogue.facts import Made, Merged
from kitabxana.catalogue.models import Merge, MergedRecord
from kitabxana.catalogue.operations.duplicates import forget
from kitabxana.catalogue.operations.linking import followed, linked, put_links
from kitabxana.catalogue.operations.save import NotValid
from kitabxana.catalogue.operations.state import locked, put_state, state_in, tell
from kitabxana.catalogue.rules import derive, validate
from kitabxana.catalogue.rules.difference import three_way
from kitabxana.catalogue.rules.merging import merged, proposed
from kitabxana.catalogue.rules.stamp import stamped
from kitabxana.catalogue.rules.validation import errors
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import Derived, Goes, MarcJson
    from kitabxana.catalogue.models import Record

MOST_AT_ONCE = 40


@transaction.atomic
def merge_records(
    *, keep: int, gone: Sequence[Goes], by: Actor, now: datetime, through: str, version: int | None = None,
    leave: frozenset[int] = frozenset(),
) -> Merged:  # fmt: skip
    """Make of the records `gone` and `keep` one: `keep`, which takes over fields, copies, bindings, holds and history.

    `leave` are places of fields of `keep` that go. Where versions are given they must still be the present ones. Of
    each `gone` a tombstone stays that knows where the record went; harvesters and the index hear of it. Locks the
    records in the order of their numbers, then their copies, then the holds. Refused: not_permitted, unknown_record,
    cannot_merge (the same, deleted, or an authority), records_changed, not_valid (NotValid: errors that are new).
    """
    if not by.may_anywhere("records.merge"):
        raise Refused.one("not_permitted", permission="records.merge")
    wanted = {one.record_id: one for one in gone}
    if keep in wanted or not wanted or len(wanted) != len(gone) or len(gone) > MOST_AT_ONCE:
        raise Refused.one("cannot_merge")
    rows = {record_id: locked(record_id, going=True) for record_id in sorted({keep, *wanted})}
    if any(row.kind != "b" or row.deleted_at for row in rows.values()):
        raise Refused.one("cannot_merge")
    seen = {keep: version} | {one.record_id: one.version for one in gone}
    if changed := [pk for pk, number in seen.items() if number not in (None, rows[pk].version)]:
        raise Refused.one("records_changed", record=changed[0])
    marc = _described(rows[keep], [(rows[one.record_id].marc, one.take) for one in gone], leave=leave, now=now)
    return _carry_out(rows, keep, marc, made=Made(by.name, through, "merged", now), by=by)


def _described(
    keep: Record, others: Sequence[tuple[MarcJson, frozenset[int] | None]], *, leave: frozenset[int], now: datetime
) -> MarcJson:  # fmt: skip
    """The description of the record that stays. Refused: not_valid."""
    taken: list[tuple[MarcJson, frozenset[int]]] = []
    whole = keep.marc
    for marc, take in others:
        wanted = proposed(whole, marc) if take is None else take
        taken.append((marc, wanted))
        whole = merged(whole, [(marc, wanted)])  # two that go have the same to give: it is taken once
    marc = stamped(merged(keep.marc, taken, leave=leave), kept=keep.marc, now=now)
    findings = validate(marc)
    had = {(one.code, one.tag) for one in errors(validate(keep.marc))}
    if any((one.code, one.tag) not in had for one in errors(findings)):
        raise NotValid(findings)
    return marc


def _carry_out(rows: Mapping[int, Record], keep: int, marc: MarcJson, *, made: Made, by: Actor) -> Merged:
    kept, now = rows[keep], made.at
    marc, links = linked(marc)
    version = put_state(kept, marc, derive(marc), made=made)
    put_links(keep, links)
    merge = Merge.objects.create(
        keep_id=keep, version_before=kept.version, version_after=version, made_by=by.name, made_at=now
    )
    goes = [pk for pk in rows if pk != keep]
    moved = {}
    for pk in goes:
        moved[pk] = {ties.feature: dict(ties.move(pk, keep, by, now)) for ties in record_ties}
        MergedRecord.objects.create(merge=merge, gone_id=pk, moved=moved[pk])
        gone_version = put_state(rows[pk], rows[pk].marc, _as_it_is(rows[pk]), made=made, deleted=True)
        tell(pk, gone_version, made=made, by=by)
    tell(keep, version, made=made, by=by)
    forget(goes)
    counts = {
        name: sum(len(some.get(name, ())) for one in moved.values() for some in one.values())
        for name in sorted({name for one in moved.values() for some in one.values() for name in some})
    }
    after = {"merge": merge.pk, "gone": goes, "moved": counts}
    audit.record(by, "record.merge", object_type="record", object_id=keep, after=after)
    outbox.publish("record.merged", {"merge": merge.pk, "keep": keep, "gone": goes})
    return Merged(merge.pk, keep, version, tuple(goes), counts)


def _as_it_is(row: Record) -> Derived:
    """What is derived of a record whose words stay; the digest is that of the file it came in, which the database's
    order of keys would change."""
    return replace(derive(row.marc), digest=bytes(row.digest))


@transaction.atomic
def undo_merge(*, merge_id: int, by: Actor, now: datetime, through: str) -> tuple[int, ...]:
    """Make records that were merged what they were; returns those that are back.

    What came from them goes back to them; what was added to the kept record since (copies, holds, words) stays with it.
    Locks as `merge_records`. Refused: not_permitted, unknown_merge, merge_undone, record_deleted (the kept one is:
    bring it back, or undo its own merge, first).
    """
    if not by.may_anywhere("records.merge"):
        raise Refused.one("not_permitted", permission="records.merge")
    merge = Merge.objects.select_for_update(of=("self",)).filter(pk=merge_id, keep__kind="b").first()
    if merge is None:
        raise Refused.one("unknown_merge")
    if merge.undone_at is not None:
        raise Refused.one("merge_undone")
    parts = list(merge.records.order_by("-gone_id"))
    rows = {pk: locked(pk, going=True) for pk in sorted({merge.keep_id, *(one.gone_id for one in parts)})}
    kept, made = rows[merge.keep_id], Made(by.name, through, "unmerged", now)
    if kept.deleted_at is not None:
        raise Refused.one("record_deleted")
    _take_words_back(kept, merge, made=made, by=by)
    for one in parts:
        row = rows[one.gone_id]
        tell(row.pk, put_state(row, row.marc, _as_it_is(row), made=made), made=made, by=by)
        for authority in followed(row.pk):
            outbox.publish("heading.changed", {"authority": authority, "by": by.name})
        for ties in record_ties:
            if ties.feature in one.moved:
                ties.put_back(row.pk, merge.keep_id, one.moved[ties.feature], by, now)
    merge.records.update(standing=False)
    merge.undone_at, merge.undone_by = now, by.name
    merge.save(update_fields=["undone_at", "undone_by"])
    back = tuple(sorted(one.gone_id for one in parts))
    audit.record(by, "record.unmerge", object_type="record", object_id=kept.pk, after={"merge": merge.pk, "back": back})
    return back


def _take_words_back(kept: Record, merge: Merge, *, made: Made, by: Actor) -> None:
    """The kept record as it was before; what was changed in it since stays, also where it is what had been taken."""
    before, after = state_in(kept, merge.version_before), state_in(kept, merge.version_after)
    marc = three_way(after, before, kept.marc).merged
    marc = stamped(marc, kept=kept.marc, now=made.at)
    version = put_state(kept, marc, derive(marc), made=made)
    put_links(kept.pk, linked(marc)[1])
    tell(kept.pk, version, made=made, by=by)
