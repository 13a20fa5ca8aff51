"""Tantivy: an index in a directory, read by every process, written by one.

Text comes folded and split by the language engine, so the index's own tokeniser only splits at spaces: index and
query pass the same door.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import tantivy
from tantivy import Occur, Query

from kitabxana.search.facts import (
    And,
    Document,
    Everything,
    Hit,
    Node,
    Not,
    Or,
    Phrase,
    SearchAnswer,
    SearchRequest,
    Term,
)
from kitabxana.search.rules import FACET_FIELD, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TOKENISER = "folded"
TEXT_FIELDS = ("title", "author", "subject", "publisher", "all")
FACET_FIELDS = ("library", "material", "language", "author_facet", "subject_facet")
BOOSTS = {"title": 3.0, "author": 2.5, "subject": 1.2}
"""How much more a word weighs where it stands in one of these fields than anywhere in the record."""

FACET_SIZE = 20
WRITER_MEMORY = 64 * 2**20
LOCK_SECONDS = 30
_ORDERS = {
    "title": ("title_key", tantivy.Order.Asc),
    "author": ("author_key", tantivy.Order.Asc),
    "newest": ("year", tantivy.Order.Desc),
    "oldest": ("year", tantivy.Order.Asc),
    "added": ("id", tantivy.Order.Desc),
}


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)  # deleting by term knows signed numbers only
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENISER, index_option="position")
    builder.add_text_field("number", tokenizer_name="raw", index_option="basic")
    for name in FACET_FIELDS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("year", "title_key", "author_key"):
        builder.add_unsigned_field(name, indexed=name == "year", fast=True)
    return builder.build()


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
        self._index = tantivy.Index(schema(), path=str(directory))
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(TOKENISER, analyser)
        self._index.config_reader(reload_policy="manual")

    def writer(self, *, memory_bytes: int = WRITER_MEMORY, threads: int = 1) -> TantivyWriter:
        return TantivyWriter(self._index, memory_bytes=memory_bytes, threads=threads)

    def count(self) -> int:
        self._index.reload()
        return int(self._index.searcher().num_docs)

    def search(self, request: SearchRequest) -> SearchAnswer:
        self._index.reload()
        searcher = self._index.searcher()
        query = self._filtered(request)
        order: dict[str, Any] = {}
        if request.sort in _ORDERS:
            order["order_by_field"], order["order"] = _ORDERS[request.sort]
        found: Any = searcher.search(query, limit=max(1, request.limit), offset=request.offset, count=True, **order)
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in found.hits])
        scored = request.sort not in _ORDERS
        hits = tuple(
            Hit(int(record_id), round(float(score), 4) if scored else 0.0)
            for (score, _), record_id in zip(found.hits, ids, strict=True)
        )
        facets = self._facets(searcher, query, request.facets) if request.facets else {}
        return SearchAnswer(total=int(found.count or 0), hits=hits[: request.limit], facets=facets)

    def ids_after(self, request: SearchRequest, *, after: int, limit: int) -> list[int]:
        self._index.reload()
        searcher = self._index.searcher()
        rest = Query.range_query(self._index.schema, "id", tantivy.FieldType.Integer, after + 1, 2**63 - 1)
        query = Query.boolean_query([(Occur.Must, self._filtered(request)), (Occur.Must, rest)])
        found: Any = searcher.search(query, limit=limit, count=False, order_by_field="id", order=tantivy.Order.Asc)
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in found.hits])
        return [int(record_id) for record_id in ids]

    def _filtered(self, request: SearchRequest) -> Query:
        clauses = [(Occur.Must, self._query(request.query))]
        for facet, values in request.filters.items():
            if values:
                wanted = [(Occur.Should, self._facet_query(facet, value)) for value in values]
                clauses.append((Occur.Must, Query.const_score_query(Query.boolean_query(wanted), 0.0)))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def _facet_query(self, facet: str, value: str) -> Query:
        if facet != "year":
            return Query.term_query(self._index.schema, FACET_FIELD.get(facet, facet), value)
        first, _, last = value.partition("-")
        low, high = (int(part) if part.isdecimal() and len(part) <= 4 else None for part in (first, last or first))
        if low is None or high is None:
            return Query.empty_query()
        return Query.range_query(self._index.schema, "year", tantivy.FieldType.Unsigned, low, high)

    def _query(self, node: Node) -> Query:
        match node:
            case Everything():
                return Query.all_query()
            case Term():
                return self._term(node)
            case Phrase():
                return self._phrase(node)
            case Not():
                return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, self._query(node.part))])
            case Or():
                return Query.boolean_query([(Occur.Should, self._query(part)) for part in node.parts])
            case And():
                clauses = [
                    (Occur.MustNot, self._query(part.part))
                    if isinstance(part, Not)
                    else (Occur.Must, self._query(part))
                    for part in node.parts
                ]
                return Query.boolean_query(clauses)

    def _term(self, term: Term) -> Query:
        if term.field != "all":
            return self._word(term.field, term)
        wide = [(Occur.Must, self._word("all", term))]
        wide += [(Occur.Should, Query.boost_query(self._word(name, term), boost)) for name, boost in BOOSTS.items()]
        return Query.boolean_query(wide)

    def _word(self, field: str, term: Term) -> Query:
        if term.prefix and field != "number":
            return Query.phrase_prefix_query(self._index.schema, field, [term.word])
        return Query.term_query(self._index.schema, field, term.word, index_option="freq")

    def _phrase(self, phrase: Phrase) -> Query:
        if phrase.field == "number":
            return Query.term_query(self._index.schema, "number", "".join(phrase.words))
        return Query.phrase_query(self._index.schema, phrase.field, list(phrase.words))

    @staticmethod
    def _facets(
        searcher: tantivy.Searcher, query: Query, wanted: tuple[str, ...]
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        asked = {
            facet: {
                "terms": {"field": FACET_FIELD.get(facet, facet), "size": 200 if facet == "library" else FACET_SIZE}
            }
            for facet in wanted
        }
        answer = searcher.aggregate(query, asked)
        return {
            facet: tuple(
                (str(int(bucket["key"]) if facet == "year" else bucket["key"]), int(bucket["doc_count"]))
                for bucket in answer[facet]["buckets"]
                if bucket["key"] not in (0, 0.0)
            )
            for facet in wanted
        }


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
