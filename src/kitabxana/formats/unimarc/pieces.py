"""The parts of a UNIMARC record that no table row can say: title, names, subjects, links to other records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import subfield, subfields
from kitabxana.formats.unimarc.table import RELATORS, SUBJECT_SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.formats.marc import DataField

Pairs = list[tuple[str, str]]
Piece = tuple[Pairs, set[str]]
"""Subfields made, and the codes of UNIMARC subfields that went into them."""

_NOT_SORTED = re.compile("[\x88\x98](.*?)[\x89\x9c]")
_SORT_MARKS = str.maketrans("", "", "\x88\x89\x98\x9c")


def cleaned(text: str) -> str:
    """Without the marks around what is not sorted, which MARC 21 counts in an indicator instead."""
    return text.translate(_SORT_MARKS)


def not_sorted(text: str) -> str:
    """How many characters at the beginning are not sorted, as an indicator: 0 to 9."""
    found = _NOT_SORTED.match(text)
    return str(min(len(found[1]), 9)) if found else "0"


def made(indicators: str, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"ind1": indicators[0], "ind2": indicators[1], "subfields": [{code: text} for code, text in pairs]}


def each(field: DataField) -> Pairs:
    return [(code, cleaned(text).strip()) for pair in field["subfields"] for code, text in pair.items()]


def join(pairs: Pairs, code: str, text: str, sign: str) -> None:
    """Add a subfield that MARC 21 has but once: joined to the one that is there."""
    for at, (own, before) in enumerate(pairs):
        if own == code:
            pairs[at] = (own, f"{before}{sign}{text}")
            return
    pairs.append((code, text))


_TITLE = {"b": ("h", ""), "d": ("b", " = "), "e": ("b", " : "), "f": ("c", " ; "), "g": ("c", " ; "), "h": ("n", ""),
          "i": ("p", ""), "v": ("n", "")}  # fmt: skip


def title(field: DataField) -> Piece:
    """200 as 245: title, parallel and other titles in $b, statements in $c, each of these but once."""
    pairs: Pairs = []
    for code, text in each(field):
        if code == "a" and not any(own == "a" for own, _ in pairs):
            pairs.append(("a", text))
        elif code in "ac" and pairs:
            own, before = pairs[-1]
            pairs[-1] = (own, f"{before}{' ; ' if code == 'a' else '. '}{text}")
        elif code in _TITLE:
            target, sign = _TITLE[code]
            join(pairs, target, text, sign) if sign else pairs.append((target, text))
    return _ordered(pairs, "a"), {"a", "c", *_TITLE}


_PERSON = {"c": "c", "d": "b", "f": "d", "p": "u"}
_BODY = {"d": "n", "e": "c", "f": "d"}


def person(field: DataField) -> Piece:
    """A personal or family name: "surname, forename" in one subfield, dates, additions, full form, relators."""
    pairs: Pairs = []
    for code, text in each(field):
        if not text.strip(" ,"):
            continue
        if code in "ab":
            join(pairs, "a", text.strip(" ,"), ", ")
        elif code == "g":
            pairs.append(("q", _in_brackets(text)))
        elif code in _PERSON:
            pairs.append((_PERSON[code], text.strip(" ,")))
        else:
            pairs += _common(code, text)
    return _ordered(pairs, "abqcdu"), set("abcdfgp34o5") if pairs else set()


def body(field: DataField) -> Piece:
    """A corporate body or meeting; an addition to its name stands in brackets behind it."""
    pairs: Pairs = []
    for code, text in each(field):
        if not text:
            continue
        if code in "ab":
            pairs.append((code, text))
        elif code in "cgh":
            added = _in_brackets(text)
            named = [at for at, (own, _) in enumerate(pairs) if own in "ab"]
            if named:
                own, before = pairs[named[-1]]
                pairs[named[-1]] = (own, f"{before} {added}")
            else:
                pairs.append(("a", added))
        elif code in _BODY:
            pairs.append((_BODY[code], text.strip("() ,")))
        elif code == "p":
            pairs.append(("u", text))
        else:
            pairs += _common(code, text)
    return pairs, set("abcdefghp34o5") if pairs else set()


def _in_brackets(text: str) -> str:
    return text if text.startswith("(") else f"({text.strip()})"


def _ordered(pairs: Pairs, codes: str) -> Pairs:
    """In MARC 21's order; what is not named in it stays behind, as it was."""
    places = {code: at for at, code in enumerate(codes)}
    return sorted(pairs, key=lambda pair: places.get(pair[0], len(codes)))


def _common(code: str, text: str) -> Pairs:
    """Relators, authority number and institution, the same in every name."""
    if code == "4" and text:
        number, _, words = text.partition(" ")
        known = RELATORS.get(number)
        said = [("e", words.strip())] if words.strip() else []
        return [*said, ("4", known)] if known else [("e", text)]
    if code == "3" and text:
        return [("0", text)]
    if code == "o" and text:
        return [("0", f"(isni){text.removeprefix('ISNI').strip()}")]
    return [("5", text)] if code == "5" else []


_UNIFORM_SUBJECT = {"a": "a", "h": "n", "i": "p", "k": "f", "l": "k", "m": "l", "3": "0"}
_PLAIN_SUBJECT = {"a": "a", "3": "0"}
_DIVISIONS = {"j": "v", "x": "x", "y": "z", "z": "y"}


def subject(tag: str, field: DataField) -> tuple[str, Pairs, set[str]]:
    """A subject heading: second indicator, subfields, codes used."""
    if tag in {"600", "602"}:
        pairs, used = person(field)
    elif tag == "601":
        pairs, used = body(field)
    else:
        own = (
            {"a": "a", "h": "n", "i": "p", "k": "f", "l": "k", "m": "l", "3": "0"}
            if tag == "605"
            else {"a": "a", "3": "0"}
        )
        pairs = [(own[code], text) for code, text in each(field) if code in own]
        used = set(own)
    system = subfield(field, "2").strip().lower()
    divided = [(_DIVISIONS[code], text) for code, text in each(field) if code in _DIVISIONS]
    numbers = [pair for pair in pairs if pair[0] == "0"]
    pairs = [pair for pair in pairs if pair[0] != "0"] + divided
    indicator = SUBJECT_SYSTEMS.get(system, "7") if system else "4"
    return indicator, [*pairs, *([("2", system)] if indicator == "7" else []), *numbers], used | set(_DIVISIONS) | {"2"}


def embedded(field: DataField) -> list[tuple[str, str | DataField]]:
    """The fields inside a linking entry: each $1 begins one with its tag and indicators, or a whole control field."""
    found: list[tuple[str, str | DataField]] = []
    for code, text in each(field):
        if code == "1" and text[:2] == "00":
            found.append((text[:3], text[3:]))
        elif code == "1":
            inner: DataField = {"ind1": text[3:4] or " ", "ind2": text[4:5] or " ", "subfields": []}
            found.append((text[:3], inner))
        elif found and isinstance(found[-1][1], dict):
            found[-1][1]["subfields"].append({code: text})
    return found


_PLAIN_LINK = {"a": "a", "t": "t", "e": "b", "p": "h", "v": "g", "x": "x", "y": "z", "u": "o", "3": "w", "0": "w",
               "s": "k"}  # fmt: skip


def link(field: DataField) -> Piece:
    """A linking entry in the plain form, subfields of its own; title and its parts become one."""
    pairs: Pairs = []
    imprint: list[str] = []
    for code, text in each(field):
        if not text:
            continue
        if code in "hiol":
            join(pairs, "t", text, ". " if code in "hi" else " : " if code == "o" else " = ")
        elif code == "f":
            join(pairs, "t", text, " / ")
        elif code in "cnd":
            imprint.append(text)
        elif code in _PLAIN_LINK:
            pairs.append((_PLAIN_LINK[code], text))
    if imprint:
        pairs.append(("d", ", ".join(imprint)))
    return _ordered(pairs, "atbdhgkoxzw"), {*_PLAIN_LINK, *"hiolfcnd"}


_INSIDE: dict[str, dict[str, str]] = {
    "010": {"a": "z"}, "011": {"a": "x"}, "200": {"a": "t", "e": "t", "h": "t", "i": "t", "f": "t", "v": "g"},
    "205": {"a": "b"}, "210": {"a": "d", "c": "d", "d": "d"}, "215": {"a": "h"}, "225": {"a": "k"}, "463": {"v": "g"},
    "700": {"a": "a", "b": "a"}, "701": {"a": "a", "b": "a"}, "710": {"a": "a", "b": "a"}, "500": {"a": "s"},
    "711": {"a": "a", "b": "a"}, "856": {"u": "o"},
}  # fmt: skip
_SIGNS = {"200e": " : ", "200h": ". ", "200i": ". ", "200f": " / ", "210a": " ; ", "210c": " : ", "210d": ", ",
          "700b": ", ", "701b": ", "}  # fmt: skip


def embedded_link(field: DataField) -> tuple[Pairs, list[str]]:
    """A linking entry with whole fields inside: subfields, and what was left out, as "200$g"."""
    pairs: Pairs = []
    left: list[str] = []
    for tag, value in embedded(field):
        if isinstance(value, str):
            if tag == "001":
                pairs.append(("w", value))
            else:
                left.append(tag)
            continue
        own = _INSIDE.get(tag, {})
        for code, text in each(value):
            if code in own and text:
                join(pairs, own[code], text.strip(" ,"), _SIGNS.get(tag + code, ". "))
            elif code not in own and not (tag[:1] == "7" and code in "34"):
                left.append(f"{tag}${code}")
    return _ordered(pairs, "atbdhgkosxzw"), left


def series_of(field: DataField) -> Piece:
    """225 as 490: one title with its parallel and other titles and its statement, numbers, ISSN."""
    pairs: Pairs = []
    for code, text in each(field):
        if code in "adefhi":
            sign = {"d": " = ", "e": " : ", "f": " / ", "h": ". ", "i": ". ", "a": ". "}[code]
            join(pairs, "a", text, sign)
        elif code in "vx":
            pairs.append((code, text))
    return pairs, set("adefhivx")


def contents(field: DataField) -> Piece:
    return [("a", " -- ".join(text.strip() for text in subfields(field, "a")))], {"a"}
