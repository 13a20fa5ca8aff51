"""Reads of the index. What is found is a number; everything shown of it is read from the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitabxana.base import outbox
from kitabxana.catalogue.queries import count_records
from kitabxana.search.models import store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitabxana.search.facts import SearchAnswer, SearchRequest


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


def find(request: SearchRequest) -> SearchAnswer:
    return store.current().search(request)


def each_hit(request: SearchRequest, *, batch: int = 10_000) -> Iterator[list[int]]:
    """The record ids of all hits in order of id, `batch` at a time: no depth is too deep, and memory stays bounded.

    Offset, limit, sort and facets of `request` do not matter. What is indexed meanwhile may or may not be among them.
    """
    engine = store.current()
    last = 0
    while found := engine.ids_after(request, after=last, limit=batch):
        yield found
        last = found[-1]


def count_each(request: SearchRequest, *, facet: str, values: Iterable[str]) -> dict[str, int]:
    """How many hits each of these values of a facet would leave, in place of what `request` filters there."""
    engine = store.current()
    return {
        value: engine.search(
            replace(request, filters={**request.filters, facet: (value,)}, offset=0, limit=1, facets=())
        ).total
        for value in values
    }


def status() -> IndexStatus:
    directory = store.current_directory()
    return IndexStatus(
        records=count_records(),
        indexed=store.current().count() if directory else 0,
        waiting=outbox.pending("record.changed", "item.changed"),
        generation=directory.name if directory else "",
    )
