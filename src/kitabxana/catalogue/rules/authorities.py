"""Headings and the authority records they come from: keys by which they meet, and one heading put in another's place.

An authority has one heading of its own (1XX) and may have the same in other languages or systems (7XX): each is a form
that a bibliographic field may follow. Tags: MARC 21 Format for Authority Data.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.rules.fields import clean, control_field, data_fields, pick
from kitabxana.kernel.identifiers import control_number
from kitabxana.language import bridge, fold, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.fields import Field

_CODES: Mapping[str, str] = {
    "00": "abcdfghjklmnopqrst", "10": "abcdfghklmnoprst", "11": "acdefghjklnpqst", "30": "adfghklmnoprst",
    "47": "acdg", "48": "a", "50": "abg", "51": "ag", "55": "a",
}  # fmt: skip
"""The last two digits of a tag tell the kind of heading; these subfields make it up."""

_SUBDIVISIONS = "vxyz"
LINKED = frozenset(
    {"100", "110", "111", "130", "600", "610", "611", "630", "647", "648", "650", "651", "655", "700", "710", "711",
     "730", "751", "800", "810", "811", "830"}
)  # fmt: skip
"""The bibliographic fields that follow an authority."""

_NUMBER = re.compile(r"\(([^)]+)\)\s*(.+)")
_END = re.compile(r"\s?[,.;:]$")
KEY_SCHEME = "heading"
WORD_SCHEME = "word"
GONE_SCHEME = "gone"
"""The numbers of authorities that went into one, as `numbered` writes them."""

MOST_WORDS = 60
KINDS: Mapping[str, str] = {
    "00": "person", "10": "corporate", "11": "meeting", "30": "title", "47": "event", "48": "period", "50": "subject",
    "51": "place", "55": "genre",
}  # fmt: skip
"""The last two digits of a tag → what the heading names."""


@dataclass(frozen=True, slots=True)
class Form:
    """One heading of an authority: `name` is its tag, for a 7XX with its number among them ("700:2")."""

    name: str
    key: str
    field: Field


@dataclass(frozen=True, slots=True)
class Place:
    """A field that can follow an authority: the `ordinal`-th (from 0) of its tag, by what it may be known."""

    tag: str
    ordinal: int
    keys: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another way to a heading: `kind` is "see" (4XX, not used itself) or "see_also" (5XX)."""

    kind: str
    text: str


def key_of(tag: str, field: Field, *, subdivided: bool) -> str:
    """What two fields with the same heading share, "" without one: letters and case folded, punctuation left out."""
    codes = _CODES.get(tag[1:], "") + (_SUBDIVISIONS if subdivided else "")
    parts = [
        f"{code}{fold(clean(text))}" for pair in field["subfields"] for code, text in pair.items() if code in codes
    ]
    if not parts:
        return ""
    return hashlib.blake2b("|".join([tag[1:], *parts]).encode(errors="replace"), digest_size=16).hexdigest()


def forms_of(marc: MarcJson) -> list[Form]:
    """The headings of an authority record, its own first."""
    own: list[Form] = []
    others: list[Form] = []
    for tag, field in data_fields(marc):
        if tag[1:] in _CODES and tag[0] in "17" and (key := key_of(tag, field, subdivided=True)):
            if tag[0] == "1":
                own.append(Form(tag, key, field))
            else:
                others.append(Form(f"{tag}:{len(others)}", key, field))
    return own + others


def names_of(marc: MarcJson) -> list[str]:
    """By what an authority is looked up while typed: its headings and see-references, folded; names both ways round."""
    found = []
    for tag, field in data_fields(marc):
        if tag[0] in "147" and tag[1:] in _CODES:
            found.append(folded_name(pick(field, _CODES[tag[1:]] + _SUBDIVISIONS)))
            if tag[1:] == "00":
                last, _, first = pick(field, "a").partition(",")
                found.append(folded_name(f"{first} {last}"))
    return [name for name in dict.fromkeys(found) if name]


def folded_name(text: str) -> str:
    """A name as it is compared: folded words, one blank between them."""
    return " ".join(words(text))


def places_of(marc: MarcJson) -> list[Place]:
    """The fields of a bibliographic record that may follow an authority."""
    counts: dict[str, int] = {}
    found = []
    for tag, field in data_fields(marc):
        ordinal = counts[tag] = counts.get(tag, -1) + 1
        if tag in LINKED:
            keys = [key_of(tag, field, subdivided=tag[0] == "6"), key_of(tag, field, subdivided=False)]
            numbers = tuple(_numbers(field))
            if keys[0] or numbers:
                found.append(Place(tag, ordinal, tuple(dict.fromkeys(key for key in keys if key)), numbers))
    return found


def places_named(marc: MarcJson) -> tuple[Place, ...]:
    """Those of them that name their authority's number; the others are not looked at."""
    named = any("0" in pair for tag, field in data_fields(marc) if tag in LINKED for pair in field["subfields"])
    return tuple(place for place in places_of(marc) if place.numbers) if named else ()


def with_heading(tag: str, field: Field, form: Form) -> Field:
    """The field with the heading of `form` in place of its own; what it says beside it (role, $0, title…) stays.

    A title ($t and after) and subdivisions stay too where the form has none of its own.
    """
    heads = _CODES[tag[1:]]
    new = [pair for pair in form.field["subfields"] if next(iter(pair)) in heads + _SUBDIVISIONS]
    told = {code for pair in new for code in pair}
    first, rest = _split(field, heads, titled="t" in told, subdivided=bool(told & set(_SUBDIVISIONS)))
    end = _END.search(next(iter(first[-1].values()))) if first else None
    if new and end and rest and not _END.search(next(iter(new[-1].values()))):
        [(code, text)] = new[-1].items()
        new = [*new[:-1], {code: text + end.group()}]
    lead = [pair for pair in rest if next(iter(pair)) in "36"]
    others = [pair for pair in rest if next(iter(pair)) not in "36"]
    ind1 = form.field["ind1"] if tag[1:] in ("00", "10", "11") else field["ind1"]
    return {"ind1": ind1, "ind2": field["ind2"], "subfields": [*lead, *new, *others]}


def with_number(
    field: Field, number: str, agency: str, *, instead: Collection[tuple[str, str]] = ()
) -> Field:  # fmt: skip
    """The field with the authority's number in $0, where it has none, or one that it comes `instead` of."""
    pairs = [pair for pair in field["subfields"] if not ("0" in pair and _number_in(pair["0"]) in instead)]
    if number and agency and not any("0" in pair for pair in pairs):
        pairs.append({"0": numbered(number, agency)})
    return {**field, "subfields": pairs} if pairs != field["subfields"] else field


def numbered(number: str, agency: str) -> str:
    """A control number with whose it is, as $0 and 035 have it."""
    return f"({agency}){number}"


def gone_numbers(marc: MarcJson) -> list[tuple[str, str]]:
    """(number, agency) of the authorities that went into this one: its 035 $z."""
    told = (pair["z"] for tag, field in data_fields(marc) if tag == "035" for pair in field["subfields"] if "z" in pair)
    return [found for text in told if (found := _number_in(text))]


def replaced(marc: MarcJson, changes: Mapping[tuple[str, int], Field]) -> MarcJson:
    """The record with other content in the fields at these (tag, ordinal)."""
    counts: dict[str, int] = {}
    fields: list[dict[str, Any]] = []
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if content.__class__ is dict:
                counts[tag] = counts.get(tag, -1) + 1
                content = changes.get((tag, counts[tag]), content)  # noqa: PLW2901 - one of few is another
            fields.append({tag: content})
    return {"leader": marc["leader"], "fields": fields}


def field_at(marc: MarcJson, tag: str, ordinal: int) -> Field | None:
    found = [field for name, field in data_fields(marc) if name == tag]
    return found[ordinal] if ordinal < len(found) else None


def authority_from(tag: str, field: Field, *, day: str) -> MarcJson:
    """An authority record for the heading of a bibliographic field; `day` is its date of entry (yymmdd)."""
    heads = _CODES[tag[1:]] + (_SUBDIVISIONS if tag[0] == "6" else "")
    pairs = [{code: text} for pair in field["subfields"] for code, text in pair.items() if code in heads]
    if pairs:
        [(code, text)] = pairs[-1].items()
        pairs[-1] = {code: clean(text) if text.rstrip().endswith((",", ";", ":", "/")) else text}
    ind1 = field["ind1"] if tag[1:] in ("00", "10", "11") else " "
    ind2 = "0" if tag[1:] == "30" else " "
    fixed = f"{day}n| azannaabn          |n aaa     d"
    heading = {"ind1": ind1, "ind2": ind2, "subfields": pairs}
    return {"leader": "00000nz  a2200000n  4500", "fields": [{"008": fixed}, {f"1{tag[1:]}": heading}]}


def absorbed(keep: MarcJson, gone: MarcJson) -> MarcJson:
    """`keep` with the headings of `gone` among those it is also known by (4XX), and its number as one no more used."""
    fields = list(keep["fields"])
    number, agency = (control_number(control_field(gone, tag)) for tag in ("001", "003"))
    old = [*([(number, agency)] if number and agency else []), *gone_numbers(gone)]
    at = next((place for place, entry in enumerate(fields) if next(iter(entry)) > "035"), len(fields))
    fields[at:at] = [
        {"035": {"ind1": " ", "ind2": " ", "subfields": [{"z": numbered(*one)}]}}
        for one in old if one not in gone_numbers(keep)
    ]  # fmt: skip
    known = {key_of(tag, field, subdivided=True) for tag, field in data_fields(keep)}
    for tag, field in data_fields(gone):
        key = key_of(tag, field, subdivided=True)
        if tag[0] in "14" and tag[1:] in _CODES and key not in known:
            known.add(key)
            fields.append({f"4{tag[1:]}": field})
    return {"leader": keep["leader"], "fields": fields}


def kind_of_heading(marc: MarcJson) -> str:
    """What an authority record is of, "" where it has no heading that we know."""
    return next((KINDS.get(form.name[1:3], "") for form in forms_of(marc) if form.name[0] == "1"), "")


def text_of(tag: str, field: Field) -> str:
    """A heading as it is read, subdivisions behind dashes."""
    main = clean(pick(field, _CODES.get(tag[1:], "a")))
    return " -- ".join([main, *(clean(text) for pair in field["subfields"] for code, text in pair.items()
                                if code in _SUBDIVISIONS and text)])  # fmt: skip


def search_words(marc: MarcJson) -> list[str]:
    """The words by which an authority is looked for, of all its headings and of what refers to them, in any script."""
    found: dict[str, None] = {}
    for tag, field in data_fields(marc):
        if tag[0] in "1478" and (tag[1:] in _CODES or tag == "880"):
            said = pick(field, "abcdfgklmnopqrstvxyz")
            found |= dict.fromkeys(key[:60] for word in words(said) if (key := bridge(word)))
    return list(found)[:MOST_WORDS]


def asked_words(text: str) -> list[str]:
    """What is typed, as `search_words` has it; the last ones may be beginnings."""
    return [key for word in words(text) if (key := bridge(word))][:8]


def references(marc: MarcJson) -> list[Reference]:
    """See and see-also of an authority record, in its order."""
    kinds = {"4": "see", "5": "see_also"}
    return [
        Reference(kinds[tag[0]], clean(pick(field, _CODES[tag[1:]] + _SUBDIVISIONS)))
        for tag, field in data_fields(marc)
        if tag[0] in kinds and tag[1:] in _CODES
    ]


def _numbers(field: Field) -> Iterator[tuple[str, str]]:
    """(control number, agency) of every $0 written "(agency)number"."""
    for pair in field["subfields"]:
        if "0" in pair and (found := _number_in(pair["0"])):
            yield found


def _number_in(text: str) -> tuple[str, str] | None:
    found = _NUMBER.fullmatch(text.strip())
    return (control_number(found[2]), control_number(found[1])) if found else None


def _split(field: Field, heads: str, *, titled: bool, subdivided: bool) -> tuple[list[Any], list[Any]]:
    """The subfields that are the heading, and the others."""
    first, rest, in_title = [], [], False
    for pair in field["subfields"]:
        code = next(iter(pair))
        in_title = in_title or (code == "t" and not titled)
        if (code in heads and not in_title) or (subdivided and code in _SUBDIVISIONS):
            first.append(pair)
        else:
            rest.append(pair)
    return first, rest
