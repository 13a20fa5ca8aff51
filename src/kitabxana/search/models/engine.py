"""The port: what the house asks of a search engine. Tantivy answers on one machine; a cluster may answer later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.search.facts import Document, SearchAnswer, SearchRequest


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

    def ids_after(self, request: SearchRequest, *, after: int, limit: int) -> list[int]:
        """Of all hits, the `limit` smallest record ids above `after`: how every hit is walked through, however many."""

    def count(self) -> int:
        """How many documents are findable."""

    def writer(self, *, memory_bytes: int = ..., threads: int = ...) -> EngineWriter: ...
