"""The port: what the house asks of a search engine. Tantivy answers on one machine; a cluster may answer later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.search.facts import Counts, Document, SearchAnswer, SearchRequest


class EngineWriter(Protocol):
    """The one writer of an index; what was added is found after `commit`."""

    def put(self, document: Document, *, fresh: bool = False) -> None:
        """Add a document, in place of the one with its id; `fresh` promises that there is none."""

    def put_encoded(self, text: str) -> None:
        """Add a fresh document that `rules.encoded` made, perhaps in another process."""

    def remove(self, record_ids: Iterable[int]) -> None: ...

    def commit(self) -> None: ...

    def close(self) -> None:
        """End the writer; what was not committed is forgotten."""


class Engine(Protocol):
    def search(self, request: SearchRequest) -> SearchAnswer: ...

    def facets(self, request: SearchRequest, total: int) -> Counts:
        """Counts by facet, each as if nothing were chosen in its own; of very many hits (`total`), estimated."""

    def ids_after(self, request: SearchRequest, last: int, limit: int) -> list[int]:
        """Ids of hits above `last`, in their order."""

    def terms(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(term, number of records) of the most frequent terms of a field that begin with `prefix`."""

    def suggestions(self, beginning: str, limit: int) -> list[tuple[str, int]]:
        """(term, number of records) of the most frequent headings looked up by words that begin so."""

    def frequency(self, field: str, term: str) -> int:
        """In how many records a term stands."""

    def count(self) -> int:
        """How many documents are findable."""

    def stamp(self) -> object:
        """Changes when what can be found changes."""

    def writer(self, *, memory_bytes: int = ..., threads: int = ...) -> EngineWriter: ...
