"""What a reader asks of the catalogue, as the address of a results page says it, and the addresses one step away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, get_args
from urllib.parse import quote_plus

from django.utils import timezone

from kitabxana.search.facts import FACETS, SORTS, And, FieldName, Node, Not, Or, Phrase, SearchRequest, Sort, Term
from kitabxana.search.languages import box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

PAGE_SIZE: Final = 20
DEEPEST: Final = 10_000
"""How many results can be paged through; who needs more should narrow the search."""

LAST_PAGE: Final = DEEPEST // PAGE_SIZE
LONGEST_TEXT: Final = 400
LONGEST_NUMBER: Final = 9
LONGEST_VALUE: Final = 200
MOST_VALUES: Final = 12
"""How many values of one facet may be chosen together."""

BOX_FIELDS: Final[tuple[FieldName, ...]] = ("all", "title", "author", "subject", "publisher")


@dataclass(frozen=True, slots=True)
class Asked:
    """`where` is the field in which the words of `text` are looked for; `filters` maps a facet to the values chosen."""

    text: str = ""
    where: FieldName = "all"
    sort: Sort | None = None
    page: int = 1
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    available: bool = False

    @classmethod
    def read(cls, params: QueryDict) -> Asked:
        """Any address has a meaning: what can't be used is left out."""
        wanted: Mapping[str, FieldName] = {name: name for name in BOX_FIELDS}
        sorts: Mapping[str, Sort] = {name: name for name in get_args(Sort) if name in SORTS}
        chosen = {facet: _values(params.getlist(facet)) for facet in FACETS}
        return cls(
            text=_plain(params.get("q", ""))[:LONGEST_TEXT],
            where=wanted.get(params.get("in", ""), "all"),
            sort=sorts.get(params.get("sort", "")),
            page=_page(params.get("page", "")),
            filters={facet: values for facet, values in chosen.items() if values},
            available=params.get("available") == "1",
        )

    @property
    def sorted_by(self) -> Sort:
        """Without words nothing is more relevant than another: the newest additions come first."""
        return self.sort or ("relevance" if self.text else "added")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form that only sorts must carry on."""
        return [pair for pair in self.pairs() if pair[0] != "sort"]

    @property
    def everywhere(self) -> Asked:
        return replace(self, where="all", page=1)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of this address in their order, the page left out."""
        pairs = [("q", self.text)] if self.text else []
        if self.where != "all":
            pairs.append(("in", self.where))
        if self.sort:
            pairs.append(("sort", self.sort))
        if self.available:
            pairs.append(("available", "1"))
        return pairs + [(facet, value) for facet, values in self.filters.items() for value in values]

    def address(self) -> str:
        """The query string of this results page, "?" first."""
        pairs = self.pairs() + ([("page", str(self.page))] if self.page > 1 else [])
        return "?" + "&".join(f"{name}={_quoted(value)}" for name, value in pairs)

    def on_page(self, page: int) -> Asked:
        return replace(self, page=page)

    def toggled(self, facet: str, value: str) -> Asked:
        """The same search with one value more, or less when it is chosen already."""
        chosen = self.filters.get(facet, ())
        changed = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        return self._filtered({**self.filters, facet: changed})

    def without_filters(self) -> Asked:
        return replace(self._filtered({}), available=False)

    @property
    def availability_switched(self) -> Asked:
        return replace(self, available=not self.available, page=1)

    def saying(self, text: str) -> Asked:
        """The same search with other words."""
        return replace(self, text=text[:LONGEST_TEXT], page=1)

    @property
    def misread(self) -> tuple[str, ...]:
        """The parts of the text that look like a field of the box but are none: they are searched as words."""
        return self._read().unknown

    def without(self, facet: str) -> Asked:
        return self._filtered({name: values for name, values in self.filters.items() if name != facet})

    def request(self, *, facets: tuple[str, ...] = (), limit: int = PAGE_SIZE) -> SearchRequest:
        """What the search engine is asked."""
        return SearchRequest(
            query=_within(self._read().node, self.where),
            filters=self.filters,
            sort=self.sorted_by,
            offset=(self.page - 1) * PAGE_SIZE,
            limit=limit,
            facets=facets,
            available=self.available,
        )

    def _read(self) -> box.Read:
        return box.parse(self.text, today=timezone.localdate())

    def _filtered(self, filters: Mapping[str, tuple[str, ...]]) -> Asked:
        kept = {facet: filters[facet] for facet in FACETS if filters.get(facet)}
        return replace(self, filters=kept, page=1)


def _within(node: Node, name: FieldName) -> Node:
    """The same query with the words that named no field of their own looked for in this one."""
    if name == "all":
        return node
    match node:
        case Term() | Phrase() if node.field == "all":
            return replace(node, field=name)
        case And(parts):
            return And(tuple(_within(part, name) for part in parts))
        case Or(parts):
            return Or(tuple(_within(part, name) for part in parts))
        case Not(part):
            return Not(_within(part, name))
        case _:
            return node


@lru_cache(maxsize=2048)
def _quoted(text: str) -> str:
    """Slash and colon may stand in a query (RFC 3986, 3.4); letters of other scripts must be encoded."""
    return quote_plus(text, safe="/:")


def _plain(text: str) -> str:
    """`text` on one line, without control characters (a NUL can't be stored or searched)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _values(texts: list[str]) -> tuple[str, ...]:
    plain = (_plain(text)[:LONGEST_VALUE] for text in texts[: 4 * MOST_VALUES])
    return tuple(dict.fromkeys(text for text in plain if text))[:MOST_VALUES]


def _page(text: str) -> int:
    """1 for what is no number, the last page for what is too large a one."""
    if not (text.isascii() and text.isdecimal()):
        return 1
    return min(max(int(text[:LONGEST_NUMBER]), 1), LAST_PAGE)
