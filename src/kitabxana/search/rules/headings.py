"""The headings of a record, for the lists that are browsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kitabxana.catalogue.rules import clean, data_fields, pick
from kitabxana.catalogue.rules.authorities import forms_of, text_of
from kitabxana.language import sort_key, words
from kitabxana.search.facts import And, Or, Term
from kitabxana.search.rules.documents import LONGEST_TITLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.search.facts import FieldName, Node

LONGEST: Final = 120
LONGEST_KEY: Final = 200
_AUTHORITY_KINDS: Final = {"00": "a", "10": "a", "11": "a", "48": "s", "50": "s", "51": "s", "55": "s"}
_HEADING_CODES: Final = "abcdq"
_FIELDS_OF: Final[dict[str, tuple[FieldName, ...]]] = {
    "00": ("author", "subject"), "10": ("author", "subject"), "11": ("author", "subject"),
    "30": ("title", "subject"),
}  # fmt: skip
"""Where the heading of each kind of authority stands in a record; the others are subjects."""

MOST_WORDS: Final = 12


class Listed(NamedTuple):
    """A line of a list: `kind` "t", "a" or "s"; with `see` a reference to another heading, `also` to a related one.

    `filed` is what the line is filed under where that is not the whole text: a title without its article.
    """

    kind: str
    text: str
    see: str = ""
    also: bool = False
    filed: str = ""


def headings_of(brief: Mapping[str, Any], facets: Mapping[str, Iterable[str]]) -> Iterator[Listed]:
    """The lines of a bibliographic record: its title without the leading article, its names, its subjects.

    `facets` has the names and subjects: of `facet_headings`, or those of the record's document.
    """
    title = brief.get("title", "")
    if title:
        yield Listed("t", title[:LONGEST_TITLE], filed=title[brief.get("skip", 0) :][:LONGEST_TITLE])
    yield from (Listed("a", name) for name in facets["author"])
    yield from (Listed("s", topic) for topic in facets["subject"])


def references_of(marc: MarcJson) -> Iterator[Listed]:
    """The references of an authority record (MARC 21: 1XX the heading, 4XX see from, 5XX see also from)."""
    fields = data_fields(marc)
    main = next(((tag, field) for tag, field in fields if tag[0] == "1" and tag[1:] in _AUTHORITY_KINDS), None)
    if main is None:
        return
    kind = _AUTHORITY_KINDS[main[0][1:]]
    heading = clean(pick(main[1], _HEADING_CODES))[:LONGEST]
    for tag, field in fields:
        other = clean(pick(field, _HEADING_CODES))[:LONGEST]
        if heading and other and other != heading and tag[1:] in _AUTHORITY_KINDS:
            if tag[0] == "4":
                yield Listed(kind, other, heading)
            elif tag[0] == "5":
                yield Listed(kind, heading, other, also=True)


def followers_by_words(marc: MarcJson) -> Node | None:
    """The query for the records that may have a heading of an authority record: all of its words; None without any."""
    found: list[Node] = []
    for form in forms_of(marc):
        asked = list(dict.fromkeys(words(text_of(form.name[:3], form.field))))[:MOST_WORDS]
        if asked:
            fields = _FIELDS_OF.get(form.name[1:3], ("subject",))
            found += [And(tuple(Term(name, word, exact=True) for word in asked)) for name in fields]
    return Or(tuple(found)) if found else None


def place_of(text: str, language: str) -> bytes:
    """Where a heading stands in a language's order."""
    return sort_key(text, language)[:LONGEST_KEY]
