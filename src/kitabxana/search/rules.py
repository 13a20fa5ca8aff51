"""What of a record is searchable, and what a reader's words ask for."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import orjson

from kitabxana.catalogue.rules import Field, clean, data_fields, linked_tag, pick, subjects_in
from kitabxana.kernel.identifiers import isbn13, issn8
from kitabxana.language import fold, sort_key, words
from kitabxana.search.facts import And, Document, Everything, FieldName, Node, Not, Or, Phrase, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.catalogue.facts import Derived, MarcJson

_TITLE_TAGS = frozenset(
    {"130", "210", "222", "240", "242", "243", "245", "246", "247", "440", "490", "730", "740", "830"}
)
_AUTHOR_TAGS = frozenset({"100", "110", "111", "700", "710", "711", "720", "800", "810", "811"})
_SUBJECT_TAGS = frozenset({"600", "610", "611", "630", "647", "648", "650", "651", "653", "654", "655", "656", "662"})
_PUBLISHER_TAGS = frozenset({"260", "264"})
_NAME_FACET_TAGS = frozenset({"100", "110", "111", "700", "710"})
# Codes, links and local matters: nobody searches for their words.
_SKIPPED_TAGS = re.compile(r"0[1-9]\d|336|337|338|34\d|35\d|366|583|59\d|76\d\b|84\d|85[0-68]|87\d|88[2-7]|9\d\d")
_CODED = frozenset("0123456789wu")
_RESPONSIBILITY = _CODED | {"c", "h"}
FACET_FIELD = {"author": "author_facet", "subject": "subject_facet"}
"""The index field of a facet where it is not called like it."""

_MOST_FACET_VALUES = 12
_LONGEST_FACET = 120

_BOX = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?:(?P<field>[^\W\d]\w*):(?=\S))?
        (?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
FIELD_NAMES: dict[str, FieldName] = {
    **dict.fromkeys(("title", "ti", "ad", "başlıq", "baslik", "sərlövhə", "название"), "title"),
    **dict.fromkeys(("author", "au", "müəllif", "muellif", "yazar", "автор"), "author"),
    **dict.fromkeys(("subject", "su", "mövzu", "movzu", "konu", "тема"), "subject"),
    **dict.fromkeys(("publisher", "nəşriyyat", "yayınevi", "издательство"), "publisher"),
    **dict.fromkeys(("isbn", "issn", "number", "nömrə"), "number"),
}
_FOLDED_NAMES = {fold(name): field for name, field in FIELD_NAMES.items()}


def document(*, record_id: int, marc: MarcJson, derived: Derived, units: Iterable[str]) -> Document:
    """The index document of a record; `units` are the codes of every unit that holds a copy, and of those above."""
    texts: dict[str, list[str]] = {"title": [], "author": [], "subject": [], "publisher": [], "all": []}
    fields = data_fields(marc)
    for own_tag, field in fields:
        tag = linked_tag(field) if own_tag == "880" else own_tag  # an 880 is searched as the field it stands for
        name = _field_of(tag)
        if name:
            if tag == "245":
                texts["author"].append(pick(field, "c"))
            coded = _RESPONSIBILITY if tag == "245" else _CODED
            texts[name] += [
                text for pair in field["subfields"] for code, text in pair.items() if text and code not in coded
            ]
    folded = {name: " ".join(words(" ".join(parts))) for name, parts in texts.items() if parts}
    folded["all"] = " ".join(folded.values())
    brief = derived.brief
    title, language = brief.get("title", ""), brief.get("language", "")
    return Document(
        record_id=record_id,
        texts=folded,
        numbers=_numbers(derived),
        facets=_facets(fields, brief, units),
        year=int(brief.get("year", 0)),
        title_key=_first_bytes(title[brief.get("skip", 0) :] or title, language),
        author_key=_first_bytes(brief.get("author", ""), language),
    )


def encoded(document: Document) -> str:
    """A document as the JSON the index reads; can be made in another process than the writer's."""
    return encoded_head(document.record_id, document.facets["library"]) + encoded_tail(document)


def encoded_head(record_id: int, units: Sequence[str]) -> str:
    """The part of the JSON that only the writer knows; `encoded_tail` follows it."""
    return f'{{"id":{record_id},"library":{orjson.dumps(units).decode()}'


def encoded_tail(document: Document) -> str:
    """The part of the JSON that needs neither id nor units."""
    values: dict[str, Any] = {name: text for name, text in document.texts.items() if text}
    values["number"] = document.numbers
    for name, facet_values in document.facets.items():
        if name != "library":
            values[FACET_FIELD.get(name, name)] = facet_values
    values |= {"year": document.year, "title_key": document.title_key, "author_key": document.author_key}
    return "," + orjson.dumps(values).decode()[1:]


def parse_box(text: str) -> Node:
    """What a reader typed: words, "phrases", -not, OR, field:value, trailing *. Any input has a meaning."""
    alternatives: list[list[Node]] = [[]]
    for found in _BOX.finditer(text):
        if found["word"] in ("OR", "|") and not found["field"] and not found["minus"]:
            alternatives.append([])
            continue
        node = _part(found)
        if node is not None:
            alternatives[-1].append(Not(node) if found["minus"] else node)
    options = [_all_of(parts) for parts in alternatives if parts]
    if not options:
        return Everything()
    return options[0] if len(options) == 1 else Or(tuple(options))


def _part(found: re.Match[str]) -> Node | None:
    name = _FOLDED_NAMES.get(fold(found["field"] or ""))
    raw = found["phrase"] if found["phrase"] is not None else found["word"]
    if found["field"] and name is None:
        raw = f"{found['field']} {raw}"  # an unknown field is words like any other
    name = name or "all"
    if number := isbn13(raw) or (issn8(raw) if len(raw) in (8, 9) else None):
        return Term("number", number)
    if name == "number":
        return Term("number", re.sub(r"[\s\-]", "", raw).lower())
    tokens = words(raw)
    if not tokens:
        return None
    if found["phrase"] is not None and len(tokens) > 1:
        return Phrase(name, tuple(tokens))
    prefix = raw.endswith("*")
    parts = [Term(name, token, prefix=prefix and at == len(tokens) - 1) for at, token in enumerate(tokens)]
    return _all_of(parts)


def _all_of(parts: Sequence[Node]) -> Node:
    if all(isinstance(part, Not) for part in parts):
        parts = (Everything(), *parts)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


@functools.lru_cache(maxsize=2000)
def _field_of(tag: str) -> str | None:
    if tag in _TITLE_TAGS:
        return "title"
    if tag in _AUTHOR_TAGS:
        return "author"
    if tag in _SUBJECT_TAGS:
        return "subject"
    if tag in _PUBLISHER_TAGS:
        return "publisher"
    return None if not tag or _SKIPPED_TAGS.match(tag) else "all"


def _numbers(derived: Derived) -> tuple[str, ...]:
    """Control and standard numbers as a query compares them: no white space, no hyphens, lower case."""
    numbers = [derived.control_number, *(value for _, value in derived.identifiers)]
    return tuple(dict.fromkeys(number.replace("-", "").lower() for number in numbers if number))


def _facets(
    fields: Sequence[tuple[str, Field]], brief: dict[str, Any], units: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    names = [clean(pick(field, "abcq")) for tag, field in fields if tag in _NAME_FACET_TAGS]
    return {
        "library": tuple(dict.fromkeys(units)),
        "material": (brief["material"],) if "material" in brief else (),
        "language": (brief["language"],) if "language" in brief else (),
        "author": _facet_values(names),
        "subject": _facet_values(subject.partition(" -- ")[0] for subject in subjects_in(fields)),
    }


def _facet_values(values: Iterable[str]) -> tuple[str, ...]:
    short = (value[:_LONGEST_FACET].rstrip(" ,.") for value in values if value)
    return tuple(dict.fromkeys(value for value in short if value))[:_MOST_FACET_VALUES]


_COLLATED = {"aze": "az", "tur": "tr", "rus": "ru"}


def _first_bytes(text: str, language: str) -> int:
    """The head of the collation key as a number that sorts alike; what has none comes last."""
    key = sort_key(text, _COLLATED.get(language, "az"))[:7] if text else b"\xff" * 7
    return int.from_bytes(key.ljust(7, b"\0"), "big")
