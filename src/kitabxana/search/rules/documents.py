"""What of a record is searchable: one pure pass from MARC to the document that the index takes.

Tags and positions: MARC 21 Format for Bibliographic Data.
"""

from __future__ import annotations

import functools
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from kitabxana.catalogue.rules import Field, clean, control_field, data_fields, linked_tag, pick, subjects_in
from kitabxana.language import letter_key, shelf_key, words
from kitabxana.search.facts import Document, Held
from kitabxana.search.languages.nodes import number_key
from kitabxana.search.rules.kin import BAKU_1926, WRITTEN_WORD, YANALIF, index_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kitabxana.catalogue.facts import Derived, MarcJson

HEADS: Final = ("title", "author", "subject")
"""Fields with their own words and keys in the index, since they weigh more than the rest."""

SIGNS: Final = {
    "uniform_title": "u", "series": "s", "genre": "g", "publisher": "p", "place": "l", "notes": "n", "contents": "c",
}  # fmt: skip
"""Further fields share one: there each word begins with the sign of its field."""

NUMBER_SIGNS: Final = {"isbn": "i", "issn": "s", "control_number": "c"}
OTHER_NUMBER: Final = "o"
FACET_FIELD: Final = {"author": "author_facet", "subject": "subject_facet"}
"""The index field of a facet where it is not called like it."""

_FIELD_TAGS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("130", "210", "222", "240", "242", "243", "245", "246", "247", "440", "490", "730", "740", "830"),
    "author": ("100", "110", "111", "700", "710", "711", "720", "800", "810", "811"),
    "subject": ("600", "610", "611", "630", "647", "648", "650", "651", "653", "654", "655", "656", "657", "662"),
    "uniform_title": ("130", "240", "243", "730"),
    "series": ("440", "490", "800", "810", "811", "830"),
    "genre": ("655",),
    "contents": ("505", "520"),
    "publisher": ("260", "264"),
    "notes": ("500", "501", "502", "504", "507", "508", "510", "511", "513", "515", "518", "521", "522", "524", "525",
              "530", "533", "534", "535", "536", "538", "540", "541", "545", "546", "547", "550", "555", "556", "561",
              "580", "586"),
}  # fmt: skip
_NAME_TAGS: Final = frozenset({"100", "110", "111", "700", "710", "711"})
# Codes, links and local matters: nobody searches for their words.
_SKIPPED_TAGS: Final = re.compile(
    r"0[1-9]\d|336|337|338|34\d|35\d|366|583|59\d|76\d\b|84\d|85[0-68]|87\d|88[2-7]|9\d\d"
)
_CODED: Final = frozenset("0123456789wu")
_NOT_NAMES: Final = _CODED | {"e", "j"}
_RESPONSIBILITY: Final = _CODED | {"c", "h"}
_CLASS_TAGS: Final = {"050": "lc", "055": "lc", "080": "udc", "082": "ddc", "084": "local", "090": "local"}
_ORIGINAL: Final = re.compile("[^a-z]")

_MOST_FACET_VALUES: Final = 12
_LONGEST_FACET: Final = 120
LONGEST_TITLE: Final = 100
_SUGGESTED_STARTS: Final = 3
_LONGEST_CALL_NUMBER: Final = 60
# The engine multiplies a score by log2(2 + prior): one part in twenty more for each step of popularity.
_PRIORS: Final = tuple(round(2 ** (1 + 0.05 * step) - 2, 4) for step in range(10))
MARK: Final = "\x1f"
"""Parts the words a heading is looked up by from its kind and the heading itself, in the suggestions."""

_COLLATED: Final = {"aze": "az", "tur": "tr", "rus": "ru"}
LONGEST_KEY: Final = 40
SAMPLES: Final = 16
"""In how many equal parts the records are, by their ids: one part stands for all where there are very many."""
LAST: Final = "\U0010ffff"


def document(*, record_id: int, marc: MarcJson, derived: Derived, held: Held) -> Document:
    """The index document of a record. `held` is what the house holds of it, which changes without the record."""
    fields = data_fields(marc)
    brief = derived.brief
    language = brief.get("language", "")
    values = _Words(language).read(fields)
    numbers = _numbers(derived)
    values |= {"number": numbers, "code": _codes(marc, fields), "year": int(brief.get("year", 0))}
    values |= _facets(fields, brief)
    title = brief.get("title", "")
    filed = title[brief.get("skip", 0) :] or title
    values["title_key"] = _filing_key(filed, language)
    values["author_key"] = _filing_key(brief.get("author", ""), language)
    values["suggest"] = list(_suggested(title, filed, values))
    values["suggest_few"] = few_of(values)
    class_numbers = [(scheme, pick(field, "ab")) for tag, field in fields if (scheme := _CLASS_TAGS.get(tag))]
    values["class_number"] = list(
        dict.fromkeys(number_key(text)[:_LONGEST_CALL_NUMBER] for _, text in class_numbers if text)
    )
    first = shelf_key(class_numbers[0][1], class_numbers[0][0]) if class_numbers else ""
    return Document(record_id=record_id, values=values, class_key=first, held=held)


def encoded(document: Document) -> str:
    """A document as the JSON the index reads; can be made in another process than the writer's."""
    return encoded_head(document.record_id, document.held, document.class_key) + encoded_tail(document)


def encoded_head(record_id: int, held: Held, class_key: str = "") -> str:
    """The part of the JSON that only the writer knows; `encoded_tail` follows it."""
    head = {
        "id": record_id,
        "library": held.units,
        "call_number": list(
            dict.fromkeys(number_key(text)[:_LONGEST_CALL_NUMBER] for text in held.call_numbers if text)
        ),
        "call_key": (held.shelf_key or class_key)[:LONGEST_KEY] or LAST,
        "prior": _PRIORS[held.popularity],
        "added": held.added,
        "sample": str(record_id % SAMPLES),
    }
    return orjson.dumps(head).decode()[:-1]


def encoded_tail(document: Document) -> str:
    """The part of the JSON that needs neither id nor holdings."""
    return "," + orjson.dumps(document.values).decode()[1:]


def facet_headings(marc: MarcJson) -> dict[str, tuple[str, ...]]:
    """The values under which a record stands in the facets "author" and "subject"."""
    fields = data_fields(marc)
    return {"author": tuple(_names(fields)), "subject": tuple(_topics(fields))}


def popularity(*, copies: int, loans: int) -> int:
    """0–9 by powers of two: two copies, or one and its first loan, are 1; five hundred are the most."""
    return min(max((copies + loans).bit_length() - 1, 0), 9)


Part = tuple[str, str, str]
"""A subfield's code, its text and its folded words between spaces."""


@functools.lru_cache(maxsize=1 << 15)
def _plain(text: str) -> str:
    """The folded words of a text. Remembered, since a catalogue says most things over and over."""
    return " ".join(words(text))


@functools.lru_cache(maxsize=1 << 14)
def _keys_of(text: str, language: str) -> tuple[str, ...]:
    return tuple(set().union(*[index_keys(word, language) for word in WRITTEN_WORD.findall(text)]))


class _Words:
    """The words of a record by field; of titles, names and subjects also the keys of their relatives."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._texts: dict[str, list[str]] = {name: [] for name in ("all", *HEADS)}
        self._keys: dict[str, set[str]] = {name: set() for name in HEADS}
        self._other: list[str] = []
        self._marc: list[str] = []

    def read(self, fields: Sequence[tuple[str, Field]]) -> dict[str, Any]:
        for own_tag, field in fields:
            parts: list[Part] = []
            for pair in field["subfields"]:
                for code, text in pair.items():
                    if text and (plain := _plain(text)):
                        parts.append((code, text, plain))
                        self._marc.append(_signed(f"{own_tag}{code}=", plain))
            tag = linked_tag(field) if own_tag == "880" else own_tag  # searched as the field it stands for
            if parts and (names := _fields_of(tag)):
                self._add(names, tag, field, parts)
        values: dict[str, Any] = {name: " ".join(found) for name, found in self._texts.items() if found}
        values |= {f"{name}_kin": " ".join(keys) for name, keys in self._keys.items() if keys}
        values["other"] = " ".join(self._other)
        values["marc"] = " ".join(self._marc)
        return values

    def _add(self, names: tuple[str, ...], tag: str, field: Field, parts: list[Part]) -> None:
        main, *others = names
        unread = _RESPONSIBILITY if tag == "245" else _NOT_NAMES if main == "author" else _CODED
        plain = self._put(main, [part for part in parts if part[0] not in unread])
        if tag == "245":
            self._put("author", [part for part in parts if part[0] == "c"])
        for name in others:
            if name == "publisher":
                self._sign("publisher", " ".join([plain for code, _, plain in parts if code in "bf"]))
                self._sign("place", " ".join([plain for code, _, plain in parts if code in "ae"]))
            else:
                self._sign(name, plain)
        if main == "author":
            for role in _roles(field):
                self._other.append(_signed(f"{role}=", plain))

    def _put(self, name: str, parts: list[Part]) -> str:
        """Words into a field and into "all", with their keys where the field has them; returns the words."""
        joined = " ".join([plain for _, _, plain in parts])
        if not joined:
            return joined
        self._texts["all"].append(joined)
        if name == "all":
            return joined
        self._texts[name].append(joined)
        text = " ".join([text for _, text, _ in parts])
        language = self._language if text.isascii() or not YANALIF.search(text) else BAKU_1926
        for _, text, _ in parts:
            self._keys[name].update(_keys_of(text, language))
        return joined

    def _sign(self, name: str, plain: str) -> None:
        if plain:
            self._other.append(_signed(f"{SIGNS[name]}=", plain))


def _signed(sign: str, plain: str) -> str:
    return sign + plain.replace(" ", f" {sign}")


def _roles(field: Field) -> list[str]:
    """The relator codes of a name ($4, a code or an address that ends with one)."""
    codes = (
        text.rpartition("/")[2].strip().lower()
        for pair in field["subfields"]
        for code, text in pair.items()
        if code == "4" and text
    )
    return [code for code in codes if len(code) == 3 and code.isascii() and code.isalpha()]


@functools.lru_cache(maxsize=2000)
def _fields_of(tag: str) -> tuple[str, ...]:
    """The fields whose words a tag holds, the main one first ("all" where none has a place of its own)."""
    if not tag or _SKIPPED_TAGS.match(tag):
        return ()
    found = [name for name, tags in _FIELD_TAGS.items() if tag in tags]
    main = next((name for name in HEADS if name in found), "all")
    return (main, *(name for name in found if name not in HEADS))


def _numbers(derived: Derived) -> list[str]:
    """Control and standard numbers as a query compares them, each behind the sign of its kind."""
    found = (
        [NUMBER_SIGNS["control_number"] + "=" + number_key(derived.control_number)] if derived.control_number else []
    )
    found += [
        f"{NUMBER_SIGNS.get(scheme, OTHER_NUMBER)}={number_key(value)}"
        for scheme, value in derived.identifiers
        if scheme != "key"  # for matching, not for asking
    ]
    return list(dict.fromkeys(found))


def _codes(marc: MarcJson, fields: Sequence[tuple[str, Field]]) -> list[str]:
    """Coded values that no facet shows: "o=" original language (041 $h), "l=" every language, "a=" audience."""
    found: dict[str, None] = {}
    for tag, field in fields:
        if tag == "041":
            for pair in field["subfields"]:
                for code, text in pair.items():
                    sign = {"h": "o", "a": "l", "d": "l"}.get(code)
                    if sign and text:
                        joined = _ORIGINAL.sub("", text.lower())
                        found |= {f"{sign}={joined[at : at + 3]}": None for at in range(0, len(joined), 3)}
    fixed = control_field(marc, "008")
    if marc["leader"][6:7] not in ("e", "f", "p") and (audience := fixed[22:23].strip("|# ")):
        found[f"a={audience.lower()}"] = None
    return list(found)


def _facets(fields: Sequence[tuple[str, Field]], brief: dict[str, Any]) -> dict[str, list[str]]:
    return {
        "material": [brief["material"]] if "material" in brief else [],
        "language": [brief["language"]] if "language" in brief else [],
        "author_facet": _names(fields),
        "subject_facet": _topics(fields),
    }


def _names(fields: Sequence[tuple[str, Field]]) -> list[str]:
    return _facet_values(clean(pick(field, "abcq")) for tag, field in fields if tag in _NAME_TAGS)


def _topics(fields: Sequence[tuple[str, Field]]) -> list[str]:
    return _facet_values(subject.partition(" -- ")[0] for subject in subjects_in(fields))


def _facet_values(values: Iterable[str]) -> list[str]:
    short = (value[:_LONGEST_FACET].rstrip(" ,.") for value in values if value)
    return list(dict.fromkeys(value for value in short if value))[:_MOST_FACET_VALUES]


def _suggested(title: str, filed: str, values: dict[str, Any]) -> Iterator[str]:
    """Headings behind the words they are looked up by: a title from its start, a name or subject from each word."""
    if title:
        shown = title[:LONGEST_TITLE]
        for text in dict.fromkeys((filed, title)):
            if plain := " ".join(words(text[:LONGEST_TITLE])):
                yield f"{plain}{MARK}t{shown}"
    for kind, field in (("a", "author_facet"), ("s", "subject_facet")):
        for shown in values[field]:
            yield from _starts_of(kind, shown)


@functools.lru_cache(maxsize=1 << 14)
def _starts_of(kind: str, shown: str) -> tuple[str, ...]:
    found = words(shown)
    return tuple(f"{' '.join(found[at:])}{MARK}{kind}{shown}" for at in range(min(len(found), _SUGGESTED_STARTS)))


def few_of(values: dict[str, Any]) -> list[str]:
    """The suggestions of one record in `SAMPLES`: where very many begin alike, those of a part show the usual ones."""
    return values["suggest"] if zlib.crc32(values.get("all", "").encode()) % SAMPLES == 0 else []


@functools.lru_cache(maxsize=1 << 13)
def _filing_key(text: str, language: str) -> str:
    """The letters of the collation key, without marks and case; what has none comes last."""
    return letter_key(text[:LONGEST_KEY], _COLLATED.get(language, "az")) if text else LAST
