"""Reads of the index. What is found is a number; everything shown of it is read from the database."""

from __future__ import annotations

from kitabxana.search.queries.browsing import Line, Page, browse, misses
from kitabxana.search.queries.finding import as_written, each_hit, find
from kitabxana.search.queries.status import IndexStatus, status
from kitabxana.search.queries.suggesting import Suggestion, suggest

__all__ = [
    "IndexStatus",
    "Line",
    "Page",
    "Suggestion",
    "as_written",
    "browse",
    "each_hit",
    "find",
    "misses",
    "status",
    "suggest",
]
