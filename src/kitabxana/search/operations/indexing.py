"""Writes of the index. There is one writer at a time, held by an advisory lock in the database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

from kitabxana.base.outbox import NotNow
from kitabxana.catalogue.queries import stored_by_id
from kitabxana.search.models import store
from kitabxana.search.models.tantivy_engine import TantivyEngine
from kitabxana.search.operations.preparing import documents, each_prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kitabxana.search.models import EngineWriter

WRITER_LOCK = 0x6B697461_01
"""Advisory lock number of the index's one writer."""

BATCH = 1000
BULK_MEMORY = 96 * 2**20


_in_hand: list[EngineWriter] = []
"""The writer of a bulk load under way in this process: an index has one, so whoever writes meanwhile takes this."""


class IndexBusy(Exception):
    """Another process is writing the index."""


@contextmanager
def writing(*, wait: bool = False) -> Iterator[None]:
    """Hold the writer's lock. Without `wait`, raises IndexBusy when another process has it."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [WRITER_LOCK])
            row = cursor.fetchone()
            if not row or not row[0]:
                raise IndexBusy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [WRITER_LOCK])


def index_changed(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of record.changed and item.changed: {"records": [ids]}. Safe to repeat."""
    try:
        with writing():
            index_records({record_id for payload in payloads for record_id in payload["records"]})
    except IndexBusy as busy:
        raise NotNow from busy


def index_records(record_ids: Iterable[int]) -> None:
    """Bring these records' documents in step with the database. Call with the writer's lock held."""
    wanted = sorted(record_ids)
    if _in_hand:
        put_changed(_in_hand[-1], wanted)
        _in_hand[-1].commit()
        return
    writer = store.current().writer()
    try:
        put_changed(writer, wanted)
        writer.commit()
    finally:
        writer.close()


@contextmanager
def bulk_writing() -> Iterator[EngineWriter]:
    """The current index's writer with the memory a bulk load wants; waits until no other process writes.

    It stays open to the end, since closing waits for the merging of what was written; `index_records` of this process
    writes through it meanwhile. What was not committed at the end is forgotten.
    """
    with writing(wait=True):
        writer = store.current().writer(memory_bytes=BULK_MEMORY)
        _in_hand.append(writer)
        try:
            yield writer
        finally:
            _in_hand.remove(writer)
            writer.close()


def rebuild(*, processes: int = 0, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Build a new generation beside the one in use, then switch to it; returns how many records it holds.

    `processes` others make the documents (they see what is committed), 0: this one.
    Searching goes on meanwhile; what changes meanwhile waits in the outbox and is told to the new generation.
    """
    with writing(wait=True):
        directory = store.new_generation()
        writer = TantivyEngine(directory).writer(memory_bytes=BULK_MEMORY)
        done = 0
        for batch in each_prepared(processes=processes):
            for text in batch:
                writer.put_encoded(text)
            done += len(batch)
            progress(done)
        writer.commit()
        writer.close()
        store.switch_to(directory)
    return done


def put_changed(writer: EngineWriter, record_ids: Sequence[int]) -> None:
    """Put the stored state of these records into an open writer, and take out those that are no longer to be found."""
    for start in range(0, len(record_ids), BATCH):
        batch = record_ids[start : start + BATCH]
        live = stored_by_id(batch)
        writer.remove(record_id for record_id in batch if record_id not in live)
        for made in documents(list(live.values())):
            writer.put(made)
