"""What becomes of the records of a batch: decided one by one or many at once, then committed, or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.base.actor import Actor
from kitabxana.catalogue import operations as catalogue
from kitabxana.catalogue.queries import known_by_id, version_marc
from kitabxana.catalogue.rules import canonical, derive
from kitabxana.catalogue.rules.authorities import places_named
from kitabxana.exchange.facts import Profile, Summary
from kitabxana.exchange.models import ImportBatch, ImportRun, StagedRecord
from kitabxana.exchange.operations.batch import Target, new_record, store
from kitabxana.exchange.operations.matching import known_by_number
from kitabxana.exchange.operations.staging import STEP, allowed, read_on
from kitabxana.exchange.rules import prepare
from kitabxana.formats.marc import Parsed
from kitabxana.holdings import operations as holdings
from kitabxana.holdings.queries import items_after, items_of, last_item_id
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.exchange.facts import Prepared

_POSSIBLE = {
    "new": {"add", "skip"},
    "same": {"join", "skip"},
    "match": {"add", "overlay", "join", "skip"},
    "doubt": {"", "add", "overlay", "join", "skip"},
}


@transaction.atomic
def decide(*, batch_id: int, decision: str, verdict: str = "", numbers: Sequence[int] = (), by: Actor) -> int:
    """Decide records of a staged batch: those numbered, or all of one verdict; returns how many.

    What a record can't become (an overlay without a candidate) is left as it was. Refused: not_permitted,
    unknown_batch, batch_not_ready.
    """
    batch = _locked(batch_id, by=by, states=("staged",))
    possible = [name for name, decisions in _POSSIBLE.items() if decision in decisions]
    rows = StagedRecord.objects.filter(batch=batch, verdict__in=possible)
    rows = rows.filter(number__in=list(numbers)) if numbers else rows.filter(verdict=verdict)
    if decision in ("overlay", "join"):
        rows = rows.filter(candidate__isnull=False)
    changed = rows.update(decision=decision)
    after = {"decision": decision, "verdict": verdict, "numbers": list(numbers)[:100], "records": changed}
    audit.record(by, "batch.decide", object_type="batch", object_id=batch.pk, after=after)
    return changed


@transaction.atomic
def commit_batch(*, batch_id: int, by: Actor) -> None:
    """Let the worker store what was decided.

    Refused: not_permitted, unknown_batch, batch_not_ready, batch_undecided.
    """
    batch = _locked(batch_id, by=by, states=("staged",))
    undecided = StagedRecord.objects.filter(batch=batch, decision="").count()
    if undecided:
        raise Refused.one("batch_undecided", records=undecided)
    batch.run = ImportRun.objects.create(
        file_name=batch.file_name, file_digest=f"batch {batch.pk}", profile=batch.profile, state="done",
        finished_at=timezone.now(),
    )  # fmt: skip
    batch.state, batch.done, batch.committed_at = "committing", 0, timezone.now()
    batch.actor = _kept(by)
    batch.save(update_fields=["run", "state", "done", "committed_at", "actor"])
    audit.record(by, "batch.commit", object_type="batch", object_id=batch.pk)


@transaction.atomic
def undo_batch(*, batch_id: int, by: Actor) -> None:
    """Let the worker take back all that the batch did. Refused: not_permitted, unknown_batch, batch_not_ready."""
    batch = _locked(batch_id, by=by, states=("committed",))
    batch.state, batch.done, batch.actor = "undoing", 0, _kept(by)
    batch.save(update_fields=["state", "done", "actor"])
    audit.record(by, "batch.undo", object_type="batch", object_id=batch.pk)


def advance(batch_id: int | None = None) -> bool:
    """Do one step of the oldest batch that has work waiting, or of this one; False when there is none.

    One transaction a step; locks the batch, so that two workers never do the same.
    """
    with transaction.atomic():
        rows = ImportBatch.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=_STEPS)
        batch = (rows.filter(pk=batch_id) if batch_id else rows).order_by("pk").first()
        if batch is None:
            return False
        _STEPS[batch.state](batch)
    return True


def _locked(batch_id: int, *, by: Actor, states: tuple[str, ...]) -> ImportBatch:
    allowed(by)
    batch = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise Refused.one("unknown_batch")
    if batch.state not in states:
        raise Refused.one("batch_not_ready", state=batch.state)
    return batch


def _kept(by: Actor) -> dict[str, Any]:
    """Who asked, with what the work looks at: whether unknown libraries are added, whose overlay rules hold."""
    grants = {name: list(by.scopes(name)) for name in ("organisation.edit", "records.senior")}
    return {"name": by.name, "user_id": by.user_id, "unit": by.unit, "address": by.address, "grants": grants}


def _actor(batch: ImportBatch) -> Actor:
    kept = batch.actor
    return Actor(**{**kept, "grants": {name: tuple(paths) for name, paths in kept["grants"].items()}})


class _Told:
    """What copies could not be stored, by the text of their record."""

    def __init__(self) -> None:
        self.by_offset: dict[int, str] = {}

    def add(self, record: Prepared, *, reason: str, detail: str) -> None:
        self.by_offset[record.offset] = f"{reason}: {detail}"[:500]


def _store_on(batch: ImportBatch) -> None:
    """The next step of a commit: each decided record where it belongs, its copies with it."""
    rows = list(StagedRecord.objects.filter(batch=batch, number__gt=batch.done).order_by("number")[:STEP])
    profile, by = Profile(**batch.profile), _actor(batch)
    wanted = [row for row in rows if row.decision != "skip" and row.marc is not None]
    known = known_by_id({row.candidate for row in wanted if row.candidate and row.decision != "add"})
    records: list[tuple[StagedRecord, Prepared]] = []
    for row in wanted:
        if row.decision != "add" and (row.candidate not in known or known[row.candidate].deleted):
            row.result = "gone"
            continue
        records.append((row, prepare(Parsed(row.number, b"", row.marc, row.number), profile)))
    targets = _targets(records, known, run=batch.run_id)
    told, last = _Told(), last_item_id()
    prepared = [record for _, record in records]
    stored = store(prepared, targets, run=batch.run_id or 0, profile=profile, summary=Summary(), rejects=told, by=by)
    _note(records, targets, stored.ids, told, last)
    for row in rows:
        row.result = row.result or "skipped"
    _moved_on(batch, rows, ("result", "record_id", "version", "items", "detail"), finished="committed")


def _targets(
    records: list[tuple[StagedRecord, Prepared]], known: dict[int, Any], *, run: int | None
) -> dict[int, Target]:
    """Where each record goes; one that came into the house since it was staged is not added a second time."""
    by_number = known_by_number([record for _, record in records], run=run)
    targets: dict[int, Target] = {}
    for at, (row, record) in enumerate(records):
        if row.decision == "add":
            found = by_number.get(at)
            if found and found.digest == record.digest and not found.deleted and found.import_run != run:
                targets[at] = Target(found, keep=True)
        elif row.candidate:
            targets[at] = Target(known[row.candidate], keep=row.decision == "join")
    return targets


def _note(
    records: list[tuple[StagedRecord, Prepared]],
    targets: dict[int, Target],
    ids: dict[int, int],
    told: _Told,
    last: int,
) -> None:
    """Write beside each record what came of it: what an undo needs."""
    copies = items_after(last, record_ids=set(ids.values()))
    for at, (row, record) in enumerate(records):
        target = targets.get(at)
        row.record_id = ids[at]
        row.result = "added" if target is None else "joined" if target.keep else "overlaid"
        if target and not target.keep:
            if target.known.digest == record.digest:
                row.result = "joined"
            else:
                row.version = target.known.version
        own = {item.source_digest for item in record.items}
        row.items = [pk for pk, record_id, digest in copies if record_id == ids[at] and digest in own]
        row.detail = told.by_offset.get(row.number, row.detail)


def _moved_on(batch: ImportBatch, rows: list[StagedRecord], changed: tuple[str, ...], *, finished: str) -> None:
    StagedRecord.objects.bulk_update(rows, changed, batch_size=STEP)
    if rows:
        batch.done = rows[-1].number
    if len(rows) < STEP:
        batch.state, batch.done = finished, batch.read
    batch.save(update_fields=["state", "done"])


def _take_back(batch: ImportBatch) -> None:
    """The next step of an undo: copies removed, overlaid records as they were, added ones tombstones.

    What others have built on since stays: a record changed later, a copy on loan and its record.
    """
    rows = list(StagedRecord.objects.filter(batch=batch, number__gt=batch.done).order_by("number")[:STEP])
    by = _actor(batch)
    undone = [row for row in rows if row.result in ("added", "overlaid", "joined")]
    stay = set(holdings.remove_many([item for row in undone for item in row.items]))
    known = known_by_id({row.record_id for row in undone if row.record_id})
    left = items_of([row.record_id for row in undone if row.result == "added" and row.record_id], withdrawn=True)
    gone: list[int] = []
    for row in undone:
        one = known[row.record_id or 0]
        mine = one.import_run == batch.run_id
        if stay & set(row.items) or (row.result != "joined" and not mine):
            row.result = "stays"
        elif row.result == "added":
            if left.get(one.id) or one.version > 1:
                row.result = "stays"
                continue
            gone.append(one.id)
            row.result = "undone"
        elif row.result == "overlaid":
            row.result = "undone" if _put_back(row, one.version, by=by) else "stays"
        else:
            row.result = "undone"
    kept = set(catalogue.bury_many(gone, by=by))  # somebody waits for it
    for row in undone:
        if row.result == "undone" and row.record_id in kept:
            row.result = "stays"
    if touched := sorted({row.record_id for row in undone if row.record_id}):
        outbox.publish("record.changed", {"records": touched})
        audit.record(by, "batch.taken_back", object_type="batch", object_id=batch.pk, after={"records": len(touched)})
    _moved_on(batch, rows, ("result",), finished="undone")


def _put_back(row: StagedRecord, now: int, *, by: Actor) -> bool:
    """The state before the overlay, as a new version; False where somebody has worked on the record since."""
    record_id, version = row.record_id or 0, row.version or 0
    before = version_marc(record_id, version)
    if now != version + 1 or before is None:
        return False
    text = canonical(before)
    catalogue.replace(record_id, new_record(derive(before, text=text), text.decode(), places_named(before)), by=by)
    return True


_STEPS = {"reading": read_on, "committing": _store_on, "undoing": _take_back}
