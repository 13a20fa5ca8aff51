"""Tantivy: an index in a directory, read by every process, written by one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import tantivy
from tantivy import Occur, Query

from kitabxana.search.facts import Counts, Hit, Node, SearchAnswer, SearchRequest
from kitabxana.search.models.asking import Asking
from kitabxana.search.models.schema import open_index
from kitabxana.search.rules.documents import FACET_FIELD, SAMPLES, encoded
from kitabxana.search.rules.kin import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kitabxana.search.facts import Document

FACET_SIZE: Final = 20
MOST_LIBRARIES: Final = 200
WRITER_MEMORY: Final = 64 * 2**20
LOCK_SECONDS: Final = 30
DECADE: Final = 10
SAMPLED_FROM: Final = 200_000
SHORT_BEGINNING: Final = 6
_ORDERS: Final = {
    "title": ("title_key", tantivy.Order.Asc),
    "author": ("author_key", tantivy.Order.Asc),
    "call_number": ("call_key", tantivy.Order.Asc),
    "newest": ("year", tantivy.Order.Desc),
    "oldest": ("year", tantivy.Order.Asc),
    "added": ("id", tantivy.Order.Desc),
}


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
        self._meta, self._loaded = directory / "meta.json", (0, 0, 0)

    def writer(self, *, memory_bytes: int = WRITER_MEMORY, threads: int = 1) -> TantivyWriter:
        return TantivyWriter(self._index, memory_bytes=memory_bytes, threads=threads)

    def count(self) -> int:
        return int(self._searcher().num_docs)

    def search(self, request: SearchRequest) -> SearchAnswer:
        searcher = self._searcher()
        if request.sort in _ORDERS:
            return self._sorted(searcher, request)
        found: Any = searcher.search(
            self._asking.filtered(request.query, request.filters),
            limit=max(1, request.limit),
            offset=request.offset,
            count=True,
            weight_by_field="prior" if LAYERS["prior"] else None,
        )
        ids = searcher.fast_field_values("id", [address for _, address in found.hits])
        hits = [
            Hit(int(record_id or 0), round(float(score), 4))
            for (score, _), record_id in zip(found.hits, ids, strict=True)
        ]
        return SearchAnswer(total=int(found.count or 0), hits=tuple(hits[: request.limit]))

    def facets(self, request: SearchRequest, total: int) -> Counts:
        """Counts by facet. Values of a facet add up, so each is counted as if nothing were chosen in its own.

        Of more than `SAMPLED_FROM` hits one part in `SAMPLES` is counted, and the counts are rounded to two digits.
        """
        searcher = self._searcher()
        chosen = [facet for facet in request.facets if request.filters.get(facet)]
        free = [facet for facet in request.facets if facet not in chosen]
        counted = [self._counted(searcher, request.query, request.filters, free, total)]
        for facet in chosen:
            others = {name: values for name, values in request.filters.items() if name != facet}
            opened: Any = searcher.search(
                self._asking.filtered(request.query, others, scored=False), limit=1, count=True
            )
            counted.append(self._counted(searcher, request.query, others, [facet], int(opened.count or 0)))
        return Counts(
            {facet: pairs for counts in counted for facet, pairs in counts.by_facet.items()},
            frozenset().union(*(counts.estimated for counts in counted)),
        )

    def ids_after(self, request: SearchRequest, last: int, limit: int) -> list[int]:
        """Ids of hits above `last`, in their order."""
        asked = self._asking.filtered(request.query, request.filters, scored=False)
        above = Query.range_query(self._index.schema, "id", tantivy.FieldType.Integer, last + 1, 2**63 - 1)
        found: Any = self._searcher().search(
            Query.boolean_query([(Occur.Must, asked), (Occur.Must, above)]),
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

    def suggestions(self, beginning: str, limit: int) -> list[tuple[str, int]]:
        """(term, number of records) of the most frequent headings looked up by words that begin so.

        A short beginning has hundreds of thousands of them in a large index: those of a part are looked through then.
        """
        if len(beginning) <= SHORT_BEGINNING and self.count() > SAMPLED_FROM:
            few = self.terms("suggest_few", beginning, limit)
            if len(few) == limit:
                counted = [(term, self.frequency("suggest", term)) for term, _ in few]
                return sorted(counted, key=lambda pair: -pair[1])
        return self.terms("suggest", beginning, limit)

    def frequency(self, field: str, term: str) -> int:
        """In how many records a term stands (those deleted lately still count)."""
        return self._searcher().doc_freq(field, term)

    def _searcher(self) -> tantivy.Searcher:
        """The index as last committed by whichever process: a commit puts a new file in the place of `meta.json`."""
        state = self._meta.stat()
        committed = (state.st_ino, state.st_mtime_ns, state.st_size)
        if committed != self._loaded:
            self._index.reload()
            self._loaded = committed
        return self._index.searcher()

    def _sorted(self, searcher: tantivy.Searcher, request: SearchRequest) -> SearchAnswer:
        field, order = _ORDERS[request.sort]
        query = self._asking.filtered(request.query, request.filters, scored=False)
        found: Any = searcher.search(
            query, limit=max(1, request.limit), offset=request.offset, count=True, order_by_field=field, order=order
        )
        ids = searcher.fast_field_values("id", [address for _, address in found.hits])
        hits = [Hit(int(record_id or 0), 0.0) for record_id in ids]
        return SearchAnswer(total=int(found.count or 0), hits=tuple(hits[: request.limit]))

    def _counted(
        self,
        searcher: tantivy.Searcher,
        node: Node,
        filters: Mapping[str, tuple[str, ...]],
        facets: list[str],
        total: int,
    ) -> Counts:
        if not facets:
            return Counts()
        query = self._asking.filtered(node, filters, scored=False)
        sampled = total > SAMPLED_FROM
        if sampled:
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, self._asking.word("sample", "0"))])
        answer = searcher.aggregate(query, {facet: _aggregation(facet) for facet in facets})
        counts = {facet: tuple(_buckets(facet, answer[facet]["buckets"])) for facet in facets}
        if not sampled:
            return Counts(counts)
        return Counts({facet: _estimated(pairs) for facet, pairs in counts.items()}, frozenset(facets))


def _aggregation(facet: str) -> dict[str, Any]:
    if facet == "year":
        return {"histogram": {"field": "year", "interval": DECADE, "min_doc_count": 1}}
    size = MOST_LIBRARIES if facet == "library" else FACET_SIZE
    return {
        "terms": {
            "field": FACET_FIELD.get(facet, facet),
            "size": size,
            "segment_size": 40 if facet in FACET_FIELD else size,
        }
    }


def _buckets(facet: str, buckets: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int]]:
    for bucket in buckets:
        key, count = bucket["key"], int(bucket["doc_count"])
        if facet != "year":
            yield str(key), count
        elif first := int(key):
            yield f"{first}-{first + DECADE - 1}", count


def _estimated(pairs: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    return tuple((value, int(float(f"{count * SAMPLES:.1e}"))) for value, count in pairs)


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
