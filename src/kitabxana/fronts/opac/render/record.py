"""One record as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitabxana.base.code_names import language_name
from kitabxana.catalogue.messages import RELATORS
from kitabxana.catalogue.rules import clean, control_field, data_fields, headings, pick, subjects
from kitabxana.fronts.opac.asked import Asked
from kitabxana.kernel.identifiers import isbn13, issn8
from kitabxana.language import words
from kitabxana.search.facts import And, Node, Or, Phrase, SearchRequest, Term
from kitabxana.search.queries import find
from kitabxana.search.rules import facet_headings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.catalogue.facts import MarcJson, RecordFacts

_CREATORS: Final = ("100", "110", "111")
_CONTRIBUTORS: Final = ("700", "710", "711")
_NOTES: Final = (
    "500",
    "501",
    "502",
    "504",
    "508",
    "511",
    "515",
    "521",
    "525",
    "533",
    "534",
    "538",
    "546",
    "550",
    "586",
)
_WROTE: Final = ("aut", "author")
MOST_OTHER: Final = 7
MOST_NOTES: Final = 20
RELATOR_CODE: Final = 3
"""How long a MARC relator code is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text of the record; `script` its original-script form, `address` where it leads, `note` a word behind it."""

    text: str
    script: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: _StrPromise
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class MarcLine:
    """One field; a control field has `text` and no subfields."""

    tag: str
    indicators: str
    text: str
    subfields: tuple[tuple[str, str], ...]


def people(record: RecordFacts) -> list[Line]:
    """Everyone who has an access point, with what each did; each leads to what else is there of that person."""
    marc = record.marc
    known = _facet_values(record)["author"]
    found: dict[str, Line] = {}
    for heading in headings(marc, (*_CREATORS, *_CONTRIBUTORS), "abcq"):
        name = clean(heading.text)
        if name not in found:
            address = _filter_address("author", name, known)
            found[name] = Line(name, heading.script, address, _relator(heading.relator))
    return list(found.values())


def topics(record: RecordFacts) -> list[Line]:
    """Subject headings, each leading to the other records on its main part."""
    known = _facet_values(record)["subject"]
    return [Line(subject, "", _filter_address("subject", subject, known)) for subject in subjects(record.marc)]


def facts(record: RecordFacts) -> list[Fact]:
    """The description, label by label, in the order of a catalogue card; labels without text are left out."""
    marc = record.marc
    listed: list[tuple[_StrPromise, Iterable[Line]]] = [
        (_("Responsibility"), _once(record.brief.get("by", ""))),
        (_("Original title"), _texts(marc, ("130", "240"), "adfgklmnoprs")),
        (_("Other titles"), _texts(marc, ("246", "740"), "abnp")),
        (_("Edition"), _texts(marc, ("250",), "ab")),
        (_("Published"), _texts(marc, ("260", "264"), "abc")),
        (_("Extent"), _texts(marc, ("300",), "abce")),
        (_("Series"), _texts(marc, ("490", "830", "440"), "anpv")),
        (_("Language"), _languages(marc, record.brief)),
        (pgettext_lazy("of a book", "Contents"), _texts(marc, ("505",), "agrt")),
        (_("Notes"), list(_texts(marc, _NOTES, "abcd"))[:MOST_NOTES]),
        (_("ISBN"), _numbers(marc, "020")),
        (_("ISSN"), _numbers(marc, "022")),
        (_("UDC"), _texts(marc, ("080",), "ab")),
        (_("Dewey number"), _texts(marc, ("082",), "ab")),
        (_("Online"), _links(marc)),
    ]
    return [Fact(label, tuple(lines)) for label, texts in listed if (lines := _distinct(texts))]


def summaries(marc: MarcJson) -> list[Line]:
    return _distinct(_texts(marc, ("520",), "ab"))


def other_editions(record: RecordFacts) -> list[int]:
    """Ids of records of the same work, translations among them, found by the index.

    The work is known by its folded titles (its own, the uniform or original one, those of linked translations, that in
    the original script) together with its first author's name, in either script.
    """
    creators = headings(record.marc, _CREATORS, "abcq")
    names = [words(text) for text in (creators[0].text, creators[0].script) if text] if creators else []
    written = [words(record.brief.get(key, "")) for key in ("title", "script_title")]
    written += [words(line.text) for line in _texts(record.marc, ("130", "240"), "anp")]
    written += [words(line.text) for line in _texts(record.marc, ("765", "767"), "t")]
    titles = [_phrase(list(title)) for title in dict.fromkeys(tuple(title) for title in written if title)]
    authors: list[Node] = [And(tuple(Term("author", word) for word in name)) for name in names if name]
    if not authors or not titles:
        return []
    found = find(SearchRequest(And((_any(titles), _any(authors))), sort="newest", limit=MOST_OTHER + 1))
    return [hit.record_id for hit in found.hits if hit.record_id != record.id][:MOST_OTHER]


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def by_the_same(record: RecordFacts, *, without: Sequence[int]) -> list[int]:
    """Ids of other works of the first author."""
    known = _facet_values(record)["author"]
    creators = headings(record.marc, _CREATORS, "abcq")
    value = _facet_value(creators[0].text, known) if creators else None
    if value is None:
        return []
    asked = Asked(filters={"author": (value,)}, sort="newest")
    found = find(asked.request(limit=3 * MOST_OTHER))
    return [hit.record_id for hit in found.hits if hit.record_id != record.id and hit.record_id not in without]


def marc_lines(marc: MarcJson) -> Iterator[MarcLine]:
    """The record field by field, in its own order."""
    yield MarcLine("LDR", "", marc["leader"], ())
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if isinstance(content, str):
                yield MarcLine(tag, "", content, ())
            else:
                indicators = f"{content['ind1']}{content['ind2']}".replace(" ", "#")
                pairs = tuple(next(iter(pair.items())) for pair in content["subfields"])
                yield MarcLine(tag, indicators, "", pairs)


def _phrase(title: list[str]) -> Node:
    return Term("title", title[0]) if len(title) == 1 else Phrase("title", tuple(title))


def _facet_values(record: RecordFacts) -> dict[str, tuple[str, ...]]:
    """The values under which this record stands in the facets."""
    return facet_headings(record.marc)


def _facet_value(text: str, known: Sequence[str]) -> str | None:
    """The longest facet value that a heading begins with: it is cut, and without dates and subdivisions."""
    return max((value for value in known if text.startswith(value)), key=len, default=None)


def _filter_address(facet: str, text: str, known: Sequence[str]) -> str:
    value = _facet_value(text, known)
    return Asked(filters={facet: (value,)}).address() if value else ""


def _relator(recorded: str) -> str:
    """What a person did: MARC codes in words, a recorded term as it is; that a book's author wrote it goes unsaid."""
    last = clean(recorded).rpartition("/")[2]
    if last.lower() in _WROTE:
        return ""
    first = last.split(" ")
    if recorded and first[0].lower() in RELATORS:
        return ", ".join(str(RELATORS[code.lower()]) for code in first if code.lower() in RELATORS)
    return "" if "/" in recorded or len(recorded) <= RELATOR_CODE else clean(recorded)


def _texts(marc: MarcJson, tags: Sequence[str], codes: str) -> list[Line]:
    return [Line(heading.text, heading.script) for heading in headings(marc, tags, codes)]


def _once(text: str) -> list[Line]:
    return [Line(text)] if text else []


def _distinct(lines: Iterable[Line]) -> list[Line]:
    return list({line.text: line for line in reversed(list(lines))}.values())[::-1]


def _languages(marc: MarcJson, brief: dict[str, Any]) -> list[Line]:
    codes = [brief["language"]] if brief.get("language") else []
    fixed = control_field(marc, "008")[35:38].strip()
    for tag, field in data_fields(marc):
        if tag == "041":
            text = pick(field, "ad").replace(" ", "")
            codes += [text[at : at + 3].lower() for at in range(0, len(text) - 2, 3)]
    names = dict.fromkeys(language_name(code) for code in (*codes, fixed) if code.isalpha() and code != "und")
    return [Line(", ".join(names))] if names else []


def _numbers(marc: MarcJson, tag: str) -> list[Line]:
    """Valid standard numbers as they are usually written, with their qualification."""
    found = []
    for here, field in data_fields(marc):
        if here != tag:
            continue
        text = pick(field, "a")
        valid = isbn13(text) if tag == "020" else issn8(text)
        shown = f"{valid[:4]}-{valid[4:]}" if valid and tag == "022" else valid
        if shown:
            found.append(Line(shown, note=clean(pick(field, "q")).strip("()")))
    return found


def _links(marc: MarcJson) -> list[Line]:
    """Addresses on the web; nothing else than http and https is made a link."""
    found = []
    for tag, field in data_fields(marc):
        address = pick(field, "u").split(" ")[0] if tag == "856" else ""
        if address.lower().startswith(("http://", "https://")):
            label = clean(pick(field, "y") or pick(field, "3") or pick(field, "z")) or address.split("/")[2]
            found.append(Line(label, address=address))
    return found
