"""A file of MARC records into the catalogue: streamed, resumable, one transaction a batch, indexed as it goes."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kitabxana.base import outbox
from kitabxana.exchange.facts import Prepared, Profile, Summary
from kitabxana.exchange.models import ImportRun
from kitabxana.exchange.operations.batch import Stored, runs_without_doubles, store_run
from kitabxana.exchange.operations.rejects import RejectFile
from kitabxana.exchange.rules import feed
from kitabxana.holdings.facts import Stock
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.search import operations as search
from kitabxana.search.rules import encoded_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import NewItem
    from kitabxana.organisation.facts import Tree
    from kitabxana.search.models import EngineWriter

BATCH = 1000
INDEX_EVERY_SECONDS = 20
"""How long what was stored, or changed by others meanwhile, may wait to be findable."""

IMPORT_LOCK = 0x6B697461_02
_COUNTS = ("read", "created", "updated", "unchanged", "rejected", "items_created")


class ImportBusy(Exception):
    """Another import is running."""


@dataclass(slots=True)
class Progress:
    """What an import tells while it works: bytes of the (decompressed) file dealt with, and the counts so far."""

    position: int
    summary: Summary


@dataclass(slots=True)
class _Work:
    """One import under way."""

    run: ImportRun
    profile: Profile
    summary: Summary
    rejects: RejectFile
    writer: EngineWriter
    by: Actor
    between: Callable[[], object]
    events: list[int] = field(default_factory=list)
    findable_at: float = field(default_factory=time.monotonic)


def import_marc(
    path: Path,
    *,
    by: Actor,
    profile: Profile | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    between: Callable[[], object] = lambda: None,
) -> Summary:
    """Load a file of any format `formats.marc` reads, plain, gzip or zstd; returns the counts.

    Each batch of 1,000 is committed with its position, so an interrupted import of the same file goes on from there;
    run again, it finds everything unchanged. Bad records go to the reject file, and so do, besides being
    stored, those whose conversion to MARC 21 left something behind. One import at a time (ImportBusy).
    `between` is called now and then: to tell the index what others changed meanwhile (`search.index_records`).
    Refused: not_permitted. Raises formats' SourceError where the file itself is damaged, with all before it kept.
    """
    if not by.may_anywhere("catalogue.import"):
        raise Refused.one("not_permitted", permission="catalogue.import")
    profile = profile or Profile()
    started = time.monotonic()
    with _alone(), search.bulk_writing() as writer:
        run = _run_for(path, profile)
        work = _Work(
            run=run,
            profile=profile,
            summary=Summary(resumed_at=run.position, **{name: getattr(run, name) for name in _COUNTS}),
            rejects=RejectFile(Path(run.rejects_file), size=run.rejects_size),
            writer=writer,
            by=by,
            between=between,
        )
        try:
            _work_through(work, path, progress=progress, cancelled=cancelled)
        finally:
            _make_findable(work)
            work.rejects.close()
            work.summary.seconds = round(time.monotonic() - started, 3)
    rejected = work.summary.rejected or work.summary.items_rejected or work.summary.incomplete
    work.summary.rejects_file = run.rejects_file if rejected else ""
    return work.summary


def _work_through(
    work: _Work, path: Path, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> None:
    with feed.batches(path, start=work.run.position, profile=work.profile, batch=BATCH) as batches:
        for batch in batches:
            for records in runs_without_doubles(batch):
                _commit(work, records, position=records[-1].next_position)
            progress(Progress(work.run.position, work.summary))
            if time.monotonic() - work.findable_at > INDEX_EVERY_SECONDS:
                _make_findable(work)
                work.between()
            if cancelled():
                work.summary.cancelled = True
                return
    ImportRun.objects.filter(pk=work.run.pk).update(state="done", finished_at=timezone.now())


def _commit(work: _Work, records: list[Prepared], *, position: int) -> None:
    with transaction.atomic():
        stored = store_run(
            records, run=work.run.pk, profile=work.profile, summary=work.summary, rejects=work.rejects, by=work.by
        )
        work.run.position = position
        counts = {name: getattr(work.summary, name) for name in _COUNTS}
        ImportRun.objects.filter(pk=work.run.pk).update(position=position, rejects_size=work.rejects.settle(), **counts)
    _index(work, stored)


def _index(work: _Work, stored: Stored) -> None:
    organisation, today = tree(), timezone.now().date()
    for record_id, record in stored.created:
        if record.kind == "b":
            now_held = search.held(organisation, _stock(record.items, organisation), added=today)
            work.writer.put_encoded(encoded_head(record_id, now_held, record.class_key) + record.document)
    search.put_changed(work.writer, stored.changed)
    work.events += stored.event_ids


def _stock(items: Sequence[NewItem], organisation: Tree) -> Stock:
    """What will be held of a new record; copies in unknown libraries are set aside, so they do not count."""
    kept = [item for item in items if item.home_unit in organisation.units and not item.withdrawn]
    kept.sort(key=lambda item: item.shelf_key)
    return Stock(
        unit_ids=tuple(organisation.units[item.home_unit].id for item in kept),
        call_numbers=tuple(item.call_number for item in kept),
        shelf_key=next((item.shelf_key for item in kept if item.shelf_key), ""),
        copies=len(kept),
        loans=sum(item.loans for item in kept),
    )


def _make_findable(work: _Work) -> None:
    """Commit the index, then strike out the events that told of it: a crash between the two only indexes twice."""
    work.writer.commit()
    outbox.settle(work.events)
    work.events.clear()
    work.findable_at = time.monotonic()


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            raise ImportBusy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def _run_for(path: Path, profile: Profile) -> ImportRun:
    """The unfinished run of this file with this profile, else a new one."""
    digest, described = _identity(path), asdict(profile)
    unfinished = (
        ImportRun.objects.filter(file_digest=digest, profile=described, state="running").order_by("-pk").first()
    )
    if unfinished is not None:
        return unfinished
    run = ImportRun.objects.create(file_name=path.name[:255], file_digest=digest, profile=described)
    name = f"{timezone.now():%Y%m%d-%H%M%S}-{run.pk}.jsonl"
    run.rejects_file = str(Path(settings.DATA_DIR) / "rejects" / name)
    run.save(update_fields=["rejects_file"])
    return run


def _identity(path: Path) -> str:
    """The file's own identity, whatever its name: its size, its first and its last megabyte."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(2**20)
        file.seek(max(0, size - 2**20))
        return hashlib.blake2b(head + file.read(2**20) + str(size).encode(), digest_size=32).hexdigest()
