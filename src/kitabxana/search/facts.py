"""The query tree that every front's language becomes, and what a search answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FieldName = Literal[
    "all",
    "title",
    "uniform_title",
    "series",
    "author",
    "subject",
    "genre",
    "publisher",
    "place",
    "notes",
    "contents",
    "number",
    "isbn",
    "issn",
    "control_number",
    "call_number",
    "barcode",
]
"""Words are looked for in the first eleven; the others hold whole numbers in their normalised form.

"title" holds every title of a record, "uniform_title" and "series" only theirs; "subject" holds genre too. "number" is
any standard or control number.
"""

NUMBER_FIELDS: frozenset[FieldName] = frozenset({"number", "isbn", "issn", "control_number", "call_number", "barcode"})
CodeName = Literal["language", "original_language", "material", "audience", "library"]
"""What is recorded as a code: MARC language codes, `catalogue.rules.MATERIALS`, MARC 008/22, unit codes."""

FACETS = ("library", "material", "language", "year", "author", "subject")
SORTS = ("relevance", "title", "author", "newest", "oldest", "call_number", "added")
Sort = Literal["relevance", "title", "author", "newest", "oldest", "call_number", "added"]


@dataclass(frozen=True, slots=True)
class Term:
    """One word in a field; `prefix` for a trailing *.

    `word` is folded (or a normalised number). `written` is the word as it was typed, by which exact spelling is ranked
    and stems are taken; without it the folded one stands for it. `relator` narrows an author to a MARC relator code.
    `exact` takes the word alone, without its relatives (stems, other spellings).
    """

    field: FieldName
    word: str
    prefix: bool = False
    written: str = ""
    relator: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words next to each other in this order."""

    field: FieldName
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value: language "aze", material "map"; a unit code stands for all that is under it."""

    name: CodeName
    value: str


@dataclass(frozen=True, slots=True)
class Span:
    """A range, both ends within it; None is open. Years as they are, `added` as the number YYYYMMDD."""

    name: Literal["year", "added"]
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Records:
    """Records known by their ids: what a barcode becomes."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Marc:
    """A folded word anywhere in the subfield `code` ("" for any) of the fields with this tag."""

    tag: str
    code: str
    word: str


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least `least` of the parts: what an And becomes when nothing has all of them."""

    parts: tuple[Node, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Everything:
    """What an empty search box asks for."""


Node = Term | Phrase | Code | Span | Records | Marc | And | Or | Some | Not | Everything


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`filters` maps a facet to the values wanted: any of them within a facet, all facets together.

    `available` leaves only what has a copy on the shelf now (in the libraries chosen).
    """

    query: Node
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()
    available: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    record_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits by value of each facet.

    `by_facet` maps a facet to (value, count) pairs, most frequent first; "year" has decades, "1990-1999". The counts
    of the facets in `estimated` come from a part of very many hits.
    """

    by_facet: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`hits` are of the page asked for, `total` counts all.

    `loosened` tells that nothing was found as asked: these hits have words spelt "alike", or "most" of the words.
    `instead` are (word as typed, folded word of the index) that may have been meant. `cut` tells that only the best
    hits were looked through, so that there may be more.
    """

    total: int
    hits: tuple[Hit, ...]
    counts: Counts = Counts()
    loosened: Literal["", "alike", "most"] = ""
    instead: tuple[tuple[str, str], ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What the house holds of a record, as the index takes it.

    `units` are the codes of every unit with a copy and of those above; `call_numbers` the copies' own; `shelf_key` the
    first of them by shelf order; `popularity` 0–9 by copies and loans; `added` the day as the number YYYYMMDD.
    """

    units: tuple[str, ...] = ()
    call_numbers: tuple[str, ...] = ()
    shelf_key: str = ""
    popularity: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the index takes it: `values` by index field, and what is `held` of it."""

    record_id: int
    values: Mapping[str, Any]
    class_key: str
    held: Held
