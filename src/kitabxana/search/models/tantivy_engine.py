"""Tantivy: an index in a directory, read by every process, written by one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import tantivy
from tantivy import Query

from kitabxana.search.facts import Hit, Node, SearchAnswer, SearchRequest
from kitabxana.search.models.asking import Asking
from kitabxana.search.models.schema import open_index
from kitabxana.search.rules.documents import FACET_FIELD, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kitabxana.search.facts import Document

FACET_SIZE: Final = 20
MOST_LIBRARIES: Final = 200
WRITER_MEMORY: Final = 64 * 2**20
LOCK_SECONDS: Final = 30
DECADE: Final = 10
LARGEST_TIE: Final = 5000
"""Records with one sort key up to this many are ordered by the rest of their key; more of them by that key alone."""

_ORDERS: Final = {
    "title": ("title_key", tantivy.Order.Asc),
    "author": ("author_key", tantivy.Order.Asc),
    "call_number": ("call_key", tantivy.Order.Asc),
    "newest": ("year", tantivy.Order.Desc),
    "oldest": ("year", tantivy.Order.Asc),
    "added": ("id", tantivy.Order.Desc),
}
_FINER: Final = {"title": "title_key2", "author": "author_key2"}


class TantivyWriter:
    """See `EngineWriter`. Holds Tantivy's own lock on the directory until closed."""

    def __init__(self, index: tantivy.Index, *, memory_bytes: int, threads: int) -> None:
        self._writer = _locked_writer(index, memory_bytes, threads)

    def put(self, document: Document, *, fresh: bool = False) -> None:
        if not fresh:
            self._writer.delete_documents_by_term("id", document.record_id)
        self._writer.add_json(encoded(document))

    def put_encoded(self, text: str) -> None:
        self._writer.add_json(text)

    def remove(self, record_ids: Iterable[int]) -> None:
        for record_id in record_ids:
            self._writer.delete_documents_by_term("id", record_id)

    def commit(self) -> None:
        self._writer.commit()

    def close(self) -> None:
        self._writer.wait_merging_threads()


class TantivyEngine:
    """See `Engine`. One directory is one generation of the index."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = str(directory)
        self._index = open_index(self._directory)
        self._asking = Asking(self._index.schema)

    def writer(self, *, memory_bytes: int = WRITER_MEMORY, threads: int = 1) -> TantivyWriter:
        return TantivyWriter(self._index, memory_bytes=memory_bytes, threads=threads)

    def count(self) -> int:
        return int(self._searcher().num_docs)

    def search(self, request: SearchRequest) -> SearchAnswer:
        searcher = self._searcher()
        if request.sort in _ORDERS:
            total, hits = self._sorted(searcher, request)
        else:
            query = self._asking.filtered(request.query, request.filters)
            found: Any = searcher.search(query, limit=max(1, request.limit), offset=request.offset, count=True)
            ids = searcher.fast_field_values("id", [address for _, address in found.hits])
            hits = [
                Hit(int(record_id or 0), round(float(score), 4))
                for (score, _), record_id in zip(found.hits, ids, strict=True)
            ]
            total = int(found.count or 0)
        return SearchAnswer(total=total, hits=tuple(hits[: request.limit]))

    def facets(self, request: SearchRequest) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Counts by facet. Values of a facet add up, so each is counted as if nothing were chosen in its own."""
        searcher = self._searcher()
        chosen = [facet for facet in request.facets if request.filters.get(facet)]
        free = [facet for facet in request.facets if facet not in chosen]
        counts = self._counted(searcher, request.query, request.filters, free)
        for facet in chosen:
            others = {name: values for name, values in request.filters.items() if name != facet}
            counts |= self._counted(searcher, request.query, others, [facet])
        return counts

    def ids_after(self, request: SearchRequest, last: int, limit: int) -> list[int]:
        """Ids of hits above `last`, in their order."""
        asked = self._asking.filtered(request.query, request.filters, scored=False)
        above = Query.range_query(self._index.schema, "id", tantivy.FieldType.Integer, last + 1, 2**63 - 1)
        found: Any = self._searcher().search(
            Query.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.Must, above)]),
            limit=limit,
            count=False,
            order_by_field="id",
            order=tantivy.Order.Asc,
        )
        return [int(record_id) for record_id, _ in found.hits]

    def stamp(self) -> tuple[str, int]:
        """Changes when what can be found changes."""
        return self._directory, self.count()

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(term, number of records) of the most frequent terms of a field that begin with `prefix`."""
        return self._searcher().terms_with_prefix(field, prefix, limit=limit)

    def frequency(self, field: str, term: str) -> int:
        """In how many records a term stands (those deleted lately still count)."""
        return self._searcher().doc_freq(field, term)

    def _searcher(self) -> tantivy.Searcher:
        self._index.reload()
        return self._index.searcher()

    def _sorted(self, searcher: tantivy.Searcher, request: SearchRequest) -> tuple[int, list[Hit]]:
        field, order = _ORDERS[request.sort]
        query = self._asking.filtered(request.query, request.filters, scored=False)
        found: Any = searcher.search(
            query, limit=max(1, request.limit), offset=request.offset, count=True, order_by_field=field, order=order
        )
        total = int(found.count or 0)
        if request.sort in _FINER and found.hits:
            finer = self._tied(searcher, request, query, field, keys=[int(key) for key, _ in found.hits])
            if finer is not None:
                return total, finer
        ids = searcher.fast_field_values("id", [address for _, address in found.hits])
        return total, [Hit(int(record_id or 0), 0.0) for record_id in ids]

    def _tied(
        self, searcher: tantivy.Searcher, request: SearchRequest, query: Query, field: str, *, keys: list[int]
    ) -> list[Hit] | None:
        """The page in the order of the whole key: all records whose first key is on it are ordered by the second too.

        None where that would be too many.
        """
        both = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._keys_within(field, keys[0], keys[-1]))]
        found: Any = searcher.search(
            Query.boolean_query(both), limit=LARGEST_TIE, count=True, order_by_field=field, order=tantivy.Order.Asc
        )
        if int(found.count or 0) > LARGEST_TIE:
            return None
        before = 0
        if request.offset:
            earlier = [(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._keys_within(field, 0, keys[0] - 1))]
            counted: Any = searcher.search(Query.boolean_query(earlier), limit=1, count=True)
            before = int(counted.count or 0)
        addresses = [address for _, address in found.hits]
        second = searcher.fast_field_values(_FINER[request.sort], addresses)
        ids = searcher.fast_field_values("id", addresses)
        rows = zip((key for key, _ in found.hits), second, ids, strict=True)
        ordered = sorted((int(key), int(finer or 0), int(record_id or 0)) for key, finer, record_id in rows)
        start = request.offset - before
        return [Hit(record_id, 0.0) for _, _, record_id in ordered[start : start + request.limit]]

    def _keys_within(self, field: str, low: int, high: int) -> Query:
        return Query.range_query(self._index.schema, field, tantivy.FieldType.Unsigned, low, max(high, 0))

    def _counted(
        self,
        searcher: tantivy.Searcher,
        node: Node,
        filters: Mapping[str, tuple[str, ...]],
        facets: list[str],
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        if not facets:
            return {}
        query = self._asking.filtered(node, filters, scored=False)
        answer = searcher.aggregate(query, {facet: _aggregation(facet) for facet in facets})
        return {facet: tuple(_buckets(facet, answer[facet]["buckets"])) for facet in facets}


def _aggregation(facet: str) -> dict[str, Any]:
    if facet == "year":
        return {"histogram": {"field": "year", "interval": DECADE, "min_doc_count": 1}}
    size = MOST_LIBRARIES if facet == "library" else FACET_SIZE
    return {"terms": {"field": FACET_FIELD.get(facet, facet), "size": size}}


def _buckets(facet: str, buckets: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int]]:
    for bucket in buckets:
        key, count = bucket["key"], int(bucket["doc_count"])
        if facet != "year":
            yield str(key), count
        elif first := int(key):
            yield f"{first}-{first + DECADE - 1}", count


def _locked_writer(index: tantivy.Index, memory_bytes: int, threads: int) -> tantivy.IndexWriter:
    """The index's one writer; waits while another process writes, since each holds it for a moment only."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return index.writer(heap_size=memory_bytes, num_threads=threads)
        except ValueError as busy:
            if "Lock" not in str(busy) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
