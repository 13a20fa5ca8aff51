"""The query tree that every front's language becomes, and what a search answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("all", "title", "author", "subject", "publisher", "number")
"""Searchable fields; "number" holds standard and control numbers in their normalised form."""

FACETS = ("library", "material", "language", "year", "author", "subject")
SORTS = ("relevance", "title", "author", "newest", "oldest", "added")
Sort = Literal["relevance", "title", "author", "newest", "oldest", "added"]
FieldName = Literal["all", "title", "author", "subject", "publisher", "number"]


@dataclass(frozen=True, slots=True)
class Term:
    """One folded word in a field; `prefix` for a trailing *."""

    field: FieldName
    word: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    field: FieldName
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Everything:
    """What an empty search box asks for."""


Node = Term | Phrase | And | Or | Not | Everything


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`filters` maps a facet to the values wanted: any of them within a facet, all facets together."""

    query: Node
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    record_id: int
    score: float


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`facets` maps a facet to (value, count) pairs, most frequent first."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the index takes it: folded words by field, facet values as shown, numbers to sort by."""

    record_id: int
    texts: Mapping[str, str]
    numbers: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]
    year: int
    title_key: int
    author_key: int
