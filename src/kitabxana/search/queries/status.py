"""How the index stands beside the database."""

from __future__ import annotations

from dataclasses import dataclass

from kitabxana.base import outbox
from kitabxana.catalogue.queries import count_records
from kitabxana.search.models import store


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """`records` live in the database, `indexed` are findable, `waiting` events are not yet told to the index."""

    records: int
    indexed: int
    waiting: int
    generation: str

    @property
    def in_step(self) -> bool:
        return self.records == self.indexed and self.waiting == 0


def status() -> IndexStatus:
    directory = store.current_directory()
    return IndexStatus(
        records=count_records(),
        indexed=store.current().count() if directory else 0,
        waiting=outbox.pending("record.changed", "item.changed"),
        generation=directory.name if directory else "",
    )
