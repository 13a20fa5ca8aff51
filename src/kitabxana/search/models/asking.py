"""The query tree in Tantivy's terms. Which layer weighs how much is `rules.kin.LAYERS`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, assert_never

from tantivy import FieldType, Occur, Query

from kitabxana.search.facts import (
    NUMBER_FIELDS,
    And,
    Code,
    Everything,
    Marc,
    Node,
    Not,
    Or,
    Phrase,
    Records,
    Some,
    Span,
    Term,
)
from kitabxana.search.rules.documents import FACET_FIELD, HEADS, NUMBER_SIGNS, OTHER_NUMBER, SIGNS
from kitabxana.search.rules.kin import LAYERS, query_keys, romanized_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tantivy import Schema

BOOSTS: Final = {"title": 3.0, "author": 2.5, "subject": 1.2}
"""How much more a word weighs where it stands in one of these fields than anywhere in the record."""

_CODES: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LARGEST: Final = 2**64 - 1


class Asking:
    """Builds queries over one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def filtered(self, node: Node, filters: Mapping[str, tuple[str, ...]], *, scored: bool = True) -> Query:
        """What is asked within what is chosen: any value of a facet, all facets together."""
        asked = self.query(node)
        clauses = [(Occur.Must, asked if scored else Query.const_score_query(asked, 0.0))]
        for facet, values in filters.items():
            if values:
                wanted = Query.boolean_query([(Occur.Should, self._chosen(facet, value)) for value in values])
                clauses.append((Occur.Must, Query.const_score_query(wanted, 0.0)))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def query(self, node: Node) -> Query:  # noqa: C901, PLR0911 - one line a node
        match node:
            case Everything():
                return Query.all_query()
            case Term():
                return self._term(node)
            case Phrase():
                return self._phrase(node)
            case Code(name, value):
                return self._code(name, value)
            case Span(name, first, last):
                return self.span(name, first, last)
            case Records(ids):
                return Query.term_set_query(self._schema, "id", list(ids)) if ids else Query.empty_query()
            case Marc():
                return self._marc(node)
            case Not():
                return self.query(And((Everything(), node)))
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self.query(part)) for part in parts])
            case Some(parts, least):
                wanted = [(Occur.Should, self.query(part)) for part in parts]
                return Query.boolean_query(wanted, minimum_number_should_match=least)
            case And(parts):
                clauses = [
                    (Occur.MustNot, self.query(part.part)) if isinstance(part, Not) else (Occur.Must, self.query(part))
                    for part in parts
                ]
                return Query.boolean_query(clauses)
            case _:
                assert_never(node)

    def span(self, name: str, first: int | None, last: int | None) -> Query:
        """A range of a numeric field; what has no value (0) is in no range that is open below."""
        low, high = max(first or 1, 1), _LARGEST if last is None else max(last, 0)
        return Query.range_query(self._schema, name, FieldType.Unsigned, low, high)

    def word(self, field: str, text: str, *, prefix: bool = False) -> Query:
        if prefix:
            return Query.regex_query(self._schema, field, re.escape(text) + ".*")
        return Query.term_query(self._schema, field, text, index_option="freq" if field in ("all", *HEADS) else "basic")

    def _term(self, term: Term) -> Query:
        if term.field in NUMBER_FIELDS:
            return self._number(term)
        if term.relator:
            return self.word("other", f"{term.relator}={term.word}", prefix=term.prefix)
        if sign := SIGNS.get(term.field):
            forms = (term.word, *romanized_words(term.word, term.written))
            return self._any(self.word("other", f"{sign}={form}", prefix=term.prefix) for form in dict.fromkeys(forms))
        if term.prefix or term.exact:
            return self._plain(term)
        return self._with_relatives(term)

    def _plain(self, term: Term) -> Query:
        wide = [(Occur.Must, self.word(term.field, term.word, prefix=term.prefix))]
        if term.field == "all":
            for name, boost in BOOSTS.items():
                wide.append((Occur.Should, Query.boost_query(self.word(name, term.word, prefix=term.prefix), boost)))
        return Query.boolean_query(wide)

    def _with_relatives(self, term: Term) -> Query:
        """The word itself and, below it, its relatives; more where they stand in a title or a name."""
        if term.field in HEADS:
            return self._ranked(self._layers(term.field, term, 1.0))
        found = self._everywhere("all", term, 1.0)
        for name, boost in BOOSTS.items():
            found += self._everywhere(name, term, boost)
            found += self._relatives(name, term, 1.0 + boost)
        return self._ranked(found)

    def _layers(self, field: str, term: Term, boost: float) -> list[tuple[float, Query]]:
        return self._everywhere(field, term, boost) + self._relatives(field, term, boost)

    def _everywhere(self, field: str, term: Term, boost: float) -> list[tuple[float, Query]]:
        """The folded word in a text field, and the Latin words that it stands for when it is typed in Cyrillic."""
        romanized = romanized_words(term.word, term.written)
        forms = [(LAYERS["folded"], term.word), *((LAYERS["transliterated"], form) for form in romanized)]
        return [(weight * boost, self.word(field, form)) for weight, form in forms]

    def _relatives(self, field: str, term: Term, boost: float) -> list[tuple[float, Query]]:
        keys = query_keys(term.word, term.written)
        return [(LAYERS[layer] * boost, self.word(f"{field}_kin", key)) for layer, key in keys]

    @staticmethod
    def _ranked(found: list[tuple[float, Query]]) -> Query:
        return Query.boolean_query([(Occur.Should, Query.boost_query(one, weight)) for weight, one in found if weight])

    def _number(self, term: Term) -> Query:
        if term.field == "call_number":
            fields = ("call_number", "class_number")
            return self._any(self.word(field, term.word, prefix=term.prefix) for field in fields)
        if term.field == "number":
            signs: Iterable[str] = (*NUMBER_SIGNS.values(), OTHER_NUMBER)
        else:
            signs = (NUMBER_SIGNS.get(term.field, OTHER_NUMBER),)
        return self._any(self.word("number", f"{sign}={term.word}", prefix=term.prefix) for sign in signs)

    def _phrase(self, phrase: Phrase) -> Query:
        if len(phrase.words) == 1:
            return self._term(Term(phrase.field, phrase.words[0], exact=True))
        if phrase.field in NUMBER_FIELDS:
            return self._number(Term(phrase.field, "".join(phrase.words)))
        if sign := SIGNS.get(phrase.field):
            return Query.phrase_query(self._schema, "other", [f"{sign}={word}" for word in phrase.words])
        clauses = [(Occur.Must, Query.phrase_query(self._schema, phrase.field, list(phrase.words)))]
        if phrase.field == "all":
            for name, boost in BOOSTS.items():
                here = Query.phrase_query(self._schema, name, list(phrase.words))
                clauses.append((Occur.Should, Query.boost_query(here, boost)))
        return Query.boolean_query(clauses)

    def _marc(self, asked: Marc) -> Query:
        codes = (asked.code,) if asked.code else _CODES
        return self._any(self.word("marc", f"{asked.tag}{code}={asked.word}") for code in codes)

    def _code(self, name: str, value: str) -> Query:
        if name in ("library", "material"):
            return self.word(name, value)
        if name == "language":
            return self._any((self.word("language", value), self.word("code", f"l={value}")))
        return self.word("code", f"{name[0]}={value}")

    def _chosen(self, facet: str, value: str) -> Query:
        if facet != "year":
            return self.word(FACET_FIELD.get(facet, facet), value)
        first, _, last = value.partition("-")
        low, high = (int(part) if part.isdecimal() and len(part) <= 4 else None for part in (first, last or first))
        return Query.empty_query() if low is None or high is None else self.span("year", low, high)

    @staticmethod
    def _any(queries: Iterable[Query]) -> Query:
        return Query.boolean_query([(Occur.Should, query) for query in queries])
