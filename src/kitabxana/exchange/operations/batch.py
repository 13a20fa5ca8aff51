"""One batch of prepared records into the tables: matched, stored, its copies with it. One transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitabxana.base import audit, outbox
from kitabxana.catalogue import operations as catalogue
from kitabxana.catalogue.facts import Derived, Known
from kitabxana.catalogue.operations import NewRecord
from kitabxana.catalogue.queries import known_by_control_number, known_by_digest
from kitabxana.catalogue.rules import match
from kitabxana.exchange.operations.copies import store_copies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.exchange.facts import Prepared, Profile, Summary
    from kitabxana.exchange.operations.rejects import RejectFile


@dataclass(slots=True)
class Stored:
    """What a batch did: the new records with what their index documents lack, and the ids that changed."""

    created: list[tuple[int, Prepared]] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)


def runs_without_doubles(records: Sequence[Prepared]) -> list[list[Prepared]]:
    """Cut a batch where a control number comes again: the second must meet the first as a stored record."""
    runs: list[list[Prepared]] = [[]]
    seen: set[object] = set()
    for record in records:
        key = (record.control_number, record.agency) if record.control_number else record.digest
        if not record.reason and key in seen:
            runs.append([])
            seen.clear()
        seen.add(key)
        runs[-1].append(record)
    return runs


def store_run(
    records: Sequence[Prepared], *, run: int, profile: Profile, summary: Summary, rejects: RejectFile, by: Actor
) -> Stored:
    """Store records of which no two are the same, for import `run`.

    In the current transaction; locks what it replaces.
    """
    stored = Stored()
    good = [record for record in records if not record.reason]
    for record in records:
        summary.read += 1
        if record.reason:
            summary.rejected += 1
            rejects.add(record, reason=record.reason, detail=record.detail)
        elif record.lost:
            summary.incomplete += 1
            rejects.add(record, reason="not_carried_over", detail=" ".join(record.lost))
    numbers = known_by_control_number((one.control_number, one.agency) for one in good if one.control_number)
    digests = known_by_digest(one.digest for one in good if not one.control_number)
    fresh: list[Prepared] = []
    ids: dict[int, int] = {}
    for record in good:
        known = _match(record, numbers, digests, run)
        if known is None:
            fresh.append(record)
        else:
            ids[id(record)] = known.id
            _bring_up_to_date(record, known, run=run, summary=summary, stored=stored, by=by)
    new_ids = catalogue.add_many(
        [_new(one) for one in fresh], source=profile.source, source_format="marc21", run=run, by=by
    )
    stored.created = list(zip(new_ids, fresh, strict=True))
    summary.created += len(fresh)
    ids |= {id(record): record_id for record_id, record in stored.created}
    changed = store_copies(
        [(ids[id(record)], record) for record in good], profile=profile, summary=summary, rejects=rejects, by=by
    )
    stored.changed = sorted({*stored.changed, *changed} - set(new_ids))
    if touched := [*new_ids, *stored.changed]:
        stored.event_ids.append(outbox.publish("record.changed", {"records": touched}))
        outbox.publish("headings.wanted", {"records": touched})  # the lists may come later than the index
        after = {"created": len(new_ids), "changed": len(stored.changed), "first": touched[0], "last": touched[-1]}
        audit.record(by, "catalogue.import", object_type="batch", object_id=touched[0], after=after)
    return stored


def _match(
    record: Prepared, numbers: dict[tuple[str, str], list[Known]], digests: dict[bytes, Known], run: int
) -> Known | None:
    if not record.control_number:
        return digests.get(record.digest)
    derived = Derived(record.kind, record.control_number, record.agency, record.digest, record.brief, ())
    return match(derived, numbers.get((record.control_number, record.agency), ()), run=run)


def _bring_up_to_date(record: Prepared, known: Known, *, run: int, summary: Summary, stored: Stored, by: Actor) -> None:
    if known.digest == record.digest and not known.deleted:
        summary.unchanged += 1
        return
    catalogue.replace(known.id, _new(record), by=by, run=run)
    stored.changed.append(known.id)
    summary.updated += 1


def _new(record: Prepared) -> NewRecord:
    return NewRecord(
        kind=record.kind,
        marc=record.marc,
        brief=record.brief_json,
        digest=record.digest,
        control_number=record.control_number,
        agency=record.agency,
        identifiers=record.identifiers,
    )
