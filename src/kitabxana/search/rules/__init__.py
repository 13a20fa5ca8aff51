"""What of a record is searchable, by which keys its words are met."""

from __future__ import annotations

from kitabxana.search.rules.documents import document, encoded, encoded_head, encoded_tail, facet_headings, popularity

__all__ = ["document", "encoded", "encoded_head", "encoded_tail", "facet_headings", "popularity"]
