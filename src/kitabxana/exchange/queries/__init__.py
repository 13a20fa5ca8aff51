"""Records out of the house in bulk; reads of staged batches."""

from __future__ import annotations

from kitabxana.exchange.queries.exporting import BATCH, Wanted, count_wanted, export
from kitabxana.exchange.queries.inbox import lying
from kitabxana.exchange.queries.staged import batch, batches, items_brought, next_waiting, profiles, staged, staged_one
from kitabxana.exchange.queries.targets import ask, target, targets_at, targets_of

__all__ = [
    "BATCH",
    "Wanted",
    "ask",
    "batch",
    "batches",
    "count_wanted",
    "export",
    "items_brought",
    "lying",
    "next_waiting",
    "profiles",
    "staged",
    "staged_one",
    "target",
    "targets_at",
    "targets_of",
]
