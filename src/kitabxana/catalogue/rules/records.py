"""From MARC to what lists, matching and search need: one pure pass over a record.

Tags and positions: MARC 21 Format for Bibliographic Data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from kitabxana.catalogue.facts import Derived, Heading, Known, MarcJson
from kitabxana.catalogue.matching import match_keys, traits_of
from kitabxana.catalogue.rules.analytics import SCHEME as HOST
from kitabxana.catalogue.rules.analytics import hosts_named
from kitabxana.catalogue.rules.authorities import (
    GONE_SCHEME,
    KEY_SCHEME,
    WORD_SCHEME,
    forms_of,
    gone_numbers,
    numbered,
    search_words,
)
from kitabxana.catalogue.rules.fields import Field, clean, control_field, data_fields, linked_tag, pick
from kitabxana.kernel.identifiers import control_number, isbn13, issn8
from kitabxana.language import fold

_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_LIKE_ENOUGH = 0.4


def canonical(marc: Any) -> bytes:
    """MARC-in-JSON as the bytes that are stored and compared: UTF-8, no white space, the record's own order.

    Raises ValueError for what is no text (lone surrogates).
    """
    try:
        return orjson.dumps(marc)
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from error


def digest_of(canonical_bytes: bytes) -> bytes:
    """BLAKE2b-128, by which equal records are known."""
    return hashlib.blake2b(canonical_bytes, digest_size=16).digest()


def kind_of(marc: MarcJson) -> str:
    """ "a" for an authority record (leader/06 z), else "b"."""
    return "a" if marc["leader"][6:7] == "z" else "b"


def derive(marc: MarcJson, *, text: bytes | None = None) -> Derived:
    """Everything the house computes from a record; what can't be read is left out.

    `text` is its canonical form where the caller has it already. Raises ValueError for lone surrogates only.
    """
    kind = kind_of(marc)
    brief: dict[str, Any] = {}
    identifiers: dict[tuple[str, str], None] = {}
    steps = _STEPS if kind == "b" else _AUTHORITY_STEPS
    for tag, field in data_fields(marc):
        step = steps.get(tag)
        if step:
            step(brief, field)
        elif tag in _IDENTIFIERS:
            identifiers |= dict.fromkeys(_IDENTIFIERS[tag](field))
        elif tag == "773" and kind == "b":
            identifiers |= dict.fromkeys((HOST, name) for name in hosts_named(marc))
        elif tag == "880" and (step := _SCRIPT_STEPS.get(linked_tag(field))):
            step(brief, field)
    _from_fixed_fields(brief, marc)
    if kind == "a":
        identifiers |= dict.fromkeys((KEY_SCHEME, form.key) for form in forms_of(marc))
        identifiers |= dict.fromkeys((WORD_SCHEME, word) for word in search_words(marc))
        identifiers |= dict.fromkeys((GONE_SCHEME, numbered(*one)) for one in gone_numbers(marc))
    isbn = next((value for scheme, value in identifiers if scheme == "isbn"), None)
    if isbn:
        brief["isbn"] = isbn
    traits = traits_of(marc) if kind == "b" else None
    keys = [("key", key) for key in match_keys(traits)] if traits else []
    return Derived(
        kind=kind,
        control_number=control_number(control_field(marc, "001"))[:100],
        agency=control_number(control_field(marc, "003"))[:40],
        digest=digest_of(canonical(marc) if text is None else text),
        brief={key: value for key, value in brief.items() if value},
        identifiers=(*((scheme, value[:60]) for scheme, value in identifiers), *keys),
        traits=traits,
    )


def material_of(marc: MarcJson) -> str:
    """The kind of thing, from leader/06–07 and, for what is online, 008/23 or 007."""
    leader = marc["leader"]
    form, level = leader[6:7], leader[7:8]
    if form == "a" and level in ("b", "i", "s"):
        material = "serial"
    else:
        material = _MATERIALS.get(form, "book")
    fixed = control_field(marc, "008")
    position = 29 if form in ("e", "f", "g", "k", "o", "r") else 23
    if fixed[position : position + 1] in ("o", "q", "s") and material in ("book", "serial"):
        return "ebook" if material == "book" else "ejournal"
    return material


def headings(marc: MarcJson, tags: Sequence[str], codes: str) -> list[Heading]:
    """The access points under `tags`, each with its original script where an 880 is linked to it."""
    scripts = _scripts(marc)
    found: list[Heading] = []
    for tag, field in data_fields(marc):
        if tag in tags and (text := clean(pick(field, codes))):
            link = pick(field, "6")[4:6]
            found.append(Heading(text, pick(field, "4") or pick(field, "e"), scripts.get((tag, link), "")))
    return found


def subjects(marc: MarcJson) -> list[str]:
    """Subject headings (6XX) as "main -- subdivision", without doubles."""
    return subjects_in(data_fields(marc))


def subjects_in(fields: Iterable[tuple[str, Field]]) -> list[str]:
    """`subjects` of data fields at hand."""
    found: dict[str, None] = {}
    for tag, field in fields:
        if tag in _SUBJECT_TAGS:
            main = pick(field, "abcdfghklmnopqrst")
            parts = [clean(part) for part in (main, *(text for text in _each(field, "vxyz")))]
            found[" -- ".join(part for part in parts if part)] = None
    found.pop("", None)
    return list(found)


def match(derived: Derived, known: Iterable[Known], *, run: int | None = None) -> Known | None:
    """Which of the records with the same control number and agency is this one?

    An equal digest is; else the one most like it, if it is like enough. A control number alone is not believed: files
    without 003 share numbers, and overlaying a stranger would lose a record. For the same reason a record that import
    `run` has written itself is not overlaid by another one of the same file.
    """
    candidates = list(known)
    for candidate in candidates:
        if candidate.digest == derived.digest:
            return candidate
    others = [candidate for candidate in candidates if run is None or candidate.import_run != run]
    best = max(others, key=lambda candidate: _likeness(derived.brief, candidate.brief), default=None)
    return best if best and _likeness(derived.brief, best.brief) >= _LIKE_ENOUGH else None


def _likeness(one: dict[str, Any], other: dict[str, Any]) -> float:
    """0 for strangers to 2 for equals: shared words of the title, then ISBN, author and year."""
    mine, theirs = (set(fold(brief.get("title", "")).split()) for brief in (one, other))
    words = len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else float(mine == theirs)
    same = [key for key in ("isbn", "author", "year") if one.get(key) and one.get(key) == other.get(key)]
    return min(words, 1.0) * (0.7 + 0.1 * len(same)) + (1.0 if "isbn" in same else 0.0)


def _each(field: Field, codes: str) -> Iterator[str]:
    for pair in field["subfields"]:
        for code, text in pair.items():
            if code in codes:
                yield text


def _scripts(marc: MarcJson) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for tag, field in data_fields(marc):
        if tag == "880" and (standing_for := linked_tag(field)):
            found[standing_for, pick(field, "6")[4:6]] = clean(pick(field, "abcdq"))
    return found


def _title(brief: dict[str, Any], field: Field) -> None:
    if "title" in brief:
        return
    brief["title"] = clean(pick(field, "anpks"))
    brief["rest"] = clean(pick(field, "b"))
    brief["by"] = clean(pick(field, "c"))
    if not brief["title"] and brief["rest"]:
        brief["title"] = brief.pop("rest")
    skip = field.get("ind2", " ")
    if skip.isdecimal() and skip != "0":
        brief["skip"] = int(skip)


def _first(brief: dict[str, Any], key: str, text: str) -> None:
    """Keep the first that says anything: a field without the subfield leaves the place to the next."""
    if text:
        brief.setdefault(key, text)


def _author(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "author", clean(pick(field, "abcq")))


def _heading(brief: dict[str, Any], field: Field) -> None:
    """The 1XX of an authority record is its title."""
    _first(brief, "title", clean(pick(field, "abcdfgklmnopqrstvxyz")))


def _imprint(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "place", clean(pick(field, "a")))
    _first(brief, "publisher", clean(pick(field, "b")))
    if year := _YEAR.search(pick(field, "c")):
        brief.setdefault("year", int(year.group()))


def _edition(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "edition", clean(pick(field, "ab")))


def _language(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "language", pick(field, "a")[:3].lower())


def _script_title(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "script_title", clean(pick(field, "anp")))


def _script_author(brief: dict[str, Any], field: Field) -> None:
    _first(brief, "script_author", clean(pick(field, "abcq")))


def _from_fixed_fields(brief: dict[str, Any], marc: MarcJson) -> None:
    fixed = control_field(marc, "008")
    if (year := fixed[7:11]).isdecimal() and year.isascii() and "1000" <= year <= "2099":
        brief["year"] = int(year)
    language = fixed[35:38].strip().lower()
    if len(language) == 3 and language.isascii() and language.isalpha() and language not in ("und", "zxx"):
        brief["language"] = language
    if kind_of(marc) == "b":
        brief["material"] = material_of(marc)


def _isbns(field: Field) -> list[tuple[str, str]]:
    return [("isbn", number) for text in _each(field, "a") if (number := isbn13(text))]


def _issns(field: Field) -> list[tuple[str, str]]:
    return [("issn", number) for text in _each(field, "a") if (number := issn8(text))]


def _lccn(field: Field) -> list[tuple[str, str]]:
    return [("lccn", re.sub(r"\s", "", text)) for text in _each(field, "a") if text.strip()]


def _other_numbers(field: Field) -> list[tuple[str, str]]:
    return [("other", text.strip()) for text in _each(field, "a") if text.strip()]


Step = Callable[[dict[str, Any], Field], None]
_STEPS: dict[str, Step] = {
    "245": _title,
    **dict.fromkeys(("100", "110", "111"), _author),
    **dict.fromkeys(("260", "264"), _imprint),
    "250": _edition,
    "041": _language,
}
_AUTHORITY_STEPS: dict[str, Step] = dict.fromkeys(
    ("100", "110", "111", "130", "147", "148", "150", "151", "155", "162", "180", "181", "182", "185"), _heading
)
_SCRIPT_STEPS: dict[str, Step] = {"245": _script_title, **dict.fromkeys(("100", "110", "111"), _script_author)}
_IDENTIFIERS: dict[str, Callable[[Field], list[tuple[str, str]]]] = {
    "010": _lccn,
    "020": _isbns,
    "022": _issns,
    "024": _other_numbers,
}
_SUBJECT_TAGS = frozenset({"600", "610", "611", "630", "647", "648", "650", "651", "653"})
_MATERIALS = {
    "a": "book", "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "spoken", "j": "music",
    "k": "picture", "m": "computer", "o": "kit", "p": "archive", "r": "object", "t": "manuscript",
}  # fmt: skip
MATERIALS = (
    "book", "serial", "ebook", "ejournal", "map", "score", "music", "spoken", "video", "picture", "manuscript",
    "archive", "computer", "kit", "object",
)  # fmt: skip
