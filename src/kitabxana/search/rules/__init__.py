"""What of a record is searchable, by which keys its words are met."""

from __future__ import annotations

from kitabxana.search.rules.documents import document, encoded, encoded_head, encoded_tail, facet_headings, popularity
from kitabxana.search.rules.headings import headings_of, references_of

__all__ = [
    "document",
    "encoded",
    "encoded_head",
    "encoded_tail",
    "facet_headings",
    "headings_of",
    "popularity",
    "references_of",
]
