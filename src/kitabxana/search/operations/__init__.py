"""Writes of the index and of what is kept beside it."""

from __future__ import annotations

from kitabxana.search.operations.headings import gather_headings, headings_added, headings_changed, remember_headings
from kitabxana.search.operations.holding import held
from kitabxana.search.operations.indexing import (
    WRITER_LOCK,
    IndexBusy,
    bulk_writing,
    index_changed,
    index_records,
    put_changed,
    rebuild,
    writing,
)
from kitabxana.search.operations.misses import forget_misses, note_miss

__all__ = [
    "WRITER_LOCK",
    "IndexBusy",
    "bulk_writing",
    "forget_misses",
    "gather_headings",
    "headings_added",
    "headings_changed",
    "held",
    "index_changed",
    "index_records",
    "note_miss",
    "put_changed",
    "rebuild",
    "remember_headings",
    "writing",
]
