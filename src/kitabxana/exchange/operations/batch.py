"""One batch of prepared records into the tables: matched, stored, its copies with it. One transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from kitabxana.base import audit, outbox
from kitabxana.catalogue import operations as catalogue
from kitabxana.catalogue.facts import Known
from kitabxana.catalogue.matching import HOUSE, packed
from kitabxana.catalogue.operations import NewRecord
from kitabxana.exchange.operations.copies import store_copies
from kitabxana.exchange.operations.matching import alike, known_by_number
from kitabxana.exchange.rules.copying import overlay_rules
from kitabxana.exchange.rules.matching import surely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import Derived, OverlayRule
    from kitabxana.catalogue.rules.authorities import Place
    from kitabxana.exchange.facts import Prepared, Profile, Summary
    from kitabxana.exchange.operations.rejects import Rejects


@dataclass(slots=True)
class Stored:
    """What a batch did: the new records with what their index documents lack, and the ids that changed.

    `ids` is the stored record of each place of the batch.
    """

    created: list[tuple[int, Prepared]] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)
    event_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Target:
    """The stored record that an incoming one is; `keep` leaves it as it is and only adds the copies."""

    known: Known
    keep: bool = False


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
    records: Sequence[Prepared], *, run: int, profile: Profile, summary: Summary, rejects: Rejects, by: Actor
) -> Stored:
    """Store records of which no two are the same, for import `run`.

    In the current transaction; locks what it replaces.
    """
    good = [record for record in records if not record.reason]
    for record in records:
        summary.read += 1
        if record.reason:
            summary.rejected += 1
            rejects.add(record, reason=record.reason, detail=record.detail)
        elif record.lost:
            summary.incomplete += 1
            rejects.add(record, reason="not_carried_over", detail=" ".join(record.lost))
    targets = _targets(good, run=run, profile=profile)
    return store(good, targets, run=run, profile=profile, summary=summary, rejects=rejects, by=by)


def store(
    records: Sequence[Prepared],
    targets: Mapping[int, Target],
    *,
    run: int,
    profile: Profile,
    summary: Summary,
    rejects: Rejects,
    by: Actor,
) -> Stored:
    """Store each record where `targets` says, by its place in `records`; without a target it is new."""
    stored = Stored()
    fresh: list[tuple[int, Prepared]] = []
    ids: dict[int, int] = {}
    for at, record in enumerate(records):
        target = targets.get(at)
        if target is None:
            fresh.append((at, record))
            continue
        ids[at] = target.known.id
        if target.keep:
            summary.unchanged += 1
        else:
            rules = overlay_rules(profile)
            _bring_up_to_date(record, target.known, run=run, rules=rules, summary=summary, stored=stored, by=by)
    new_ids = catalogue.add_many(
        [_new(one) for _, one in fresh], source=profile.source, source_format="marc21", run=run, by=by
    )
    stored.created = [(new_id, record) for new_id, (_, record) in zip(new_ids, fresh, strict=True)]
    summary.created += len(fresh)
    ids |= {at: new_id for new_id, (at, _) in zip(new_ids, fresh, strict=True)}
    changed = store_copies(
        [(ids[at], record) for at, record in enumerate(records)],
        profile=profile, summary=summary, rejects=rejects, by=by,
    )  # fmt: skip
    stored.ids = ids
    described = stored.changed
    stored.changed = sorted({*described, *changed} - set(new_ids))
    if touched := [*new_ids, *stored.changed]:
        stored.event_ids.append(outbox.publish("record.changed", {"records": touched}))
        lines = list(dict.fromkeys(line for _, record in stored.created for line in record.lines))
        later = {"records": touched, "changed": described, "lines": lines}
        outbox.publish("headings.wanted", later)  # the lists may come later than the index
        after = {"created": len(new_ids), "changed": len(stored.changed), "first": touched[0], "last": touched[-1]}
        audit.record(by, "catalogue.import", object_type="batch", object_id=touched[0], after=after)
    return stored


def _targets(records: Sequence[Prepared], *, run: int, profile: Profile) -> dict[int, Target]:
    numbered = known_by_number(records, run=run).items()
    targets = {at: Target(known, keep=known.merged) for at, known in numbered}
    if profile.matching != "points":
        return targets
    taken = {target.known.id for target in targets.values()}
    keep = profile.overlay == "keep"
    for at, some in alike(records, run=run, but=set(targets), least=HOUSE.sure).items():
        found = surely(some)
        if found and (keep or found.record_id not in taken):  # no record of a file overlays another one's
            taken.add(found.record_id)
            known = Known(found.record_id, found.digest, found.brief, deleted=False, import_run=found.import_run)
            targets[at] = Target(known, keep=keep)
    return targets


def _bring_up_to_date(
    record: Prepared, known: Known, *, run: int, rules: tuple[OverlayRule, ...], summary: Summary, stored: Stored,
    by: Actor,
) -> None:  # fmt: skip
    same = known.digest == record.digest and not known.deleted
    if same or not catalogue.replace(known.id, _new(record), by=by, run=run, overlay=rules):
        summary.unchanged += 1
        return
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
        traits=record.traits,
        places=record.places,
    )


def new_record(derived: Derived, marc: str, places: tuple[Place, ...]) -> NewRecord:
    """A derived record as the catalogue stores it; `marc` is its canonical text, `places` name their authorities."""
    return NewRecord(
        kind=derived.kind,
        marc=marc,
        brief=orjson.dumps(derived.brief).decode(),
        digest=derived.digest,
        control_number=derived.control_number,
        agency=derived.agency,
        identifiers=derived.identifiers,
        traits=packed(derived.traits) if derived.traits else None,
        places=places,
    )
