"""What stands in the subfields of MARC 21: standard numbers, codes of lists, links between scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitabxana.catalogue.rules.marc21 import codes
from kitabxana.kernel.identifiers import isbn13, issn8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Doubt = tuple[str, str, dict[str, str | int]]
"""(code of the finding, subfield, params)."""

_LINK = re.compile(r"([0-9A-Za-z]{3})-([0-9]{2})\s*(?:/.*)?", re.DOTALL)
_JUST_ISBN = re.compile(r"[0-9][0-9\- \u2010-\u2013]{8,16}[0-9Xx]\s*[:;,]?\s*")


def link_of(text: str) -> tuple[str, str] | None:
    """(tag, number) of a $6 as "880-01/(N", None for what is no link."""
    found = _LINK.fullmatch(text.strip())
    return (found[1], found[2]) if found else None


def _isbn(pairs: Sequence[tuple[str, str]], _inds: str) -> Iterator[Doubt]:
    for code, text in pairs:
        if code == "a":
            if isbn13(text) is None and text.strip():
                yield "bad_isbn", "a", {"value": text}
            elif text.strip() and not _JUST_ISBN.fullmatch(text):
                yield "isbn_with_words", "a", {"value": text}


def _issn(pairs: Sequence[tuple[str, str]], _inds: str) -> Iterator[Doubt]:
    for code, text in pairs:
        if code in "al" and text.strip() and issn8(text) is None:
            yield "bad_issn", code, {"value": text}


def _languages(pairs: Sequence[tuple[str, str]], inds: str) -> Iterator[Doubt]:
    if inds[1:] == "7" or any(code == "2" for code, _ in pairs):
        return
    for code, text in pairs:
        if not code.isalpha():
            continue
        if len(text) > 3 and len(text) % 3 == 0:
            yield "joined_codes", code, {"value": text}
        for at in range(0, len(text), 3):
            yield from _listed("language", code, text[at : at + 3])


def _language(pairs: Sequence[tuple[str, str]], wanted: str) -> Iterator[Doubt]:
    for code, text in pairs:
        if code == wanted:
            yield from _listed("language", code, text.strip())


def _countries(pairs: Sequence[tuple[str, str]], _inds: str) -> Iterator[Doubt]:
    for code, text in pairs:
        if code == "a":
            yield from _listed("country", code, text.strip())


def _relators(pairs: Sequence[tuple[str, str]], _inds: str) -> Iterator[Doubt]:
    for code, text in pairs:
        if code == "4" and len(text) == 3 and text.isalpha():
            yield from _listed("relator", code, text)


def _listed(kind: str, subfield: str, value: str) -> Iterator[Doubt]:
    now, once = codes(kind)
    if value in once:
        yield "obsolete_value", subfield, {"value": value, "list": kind}
    elif value.strip() and value not in now:
        yield "unknown_value", subfield, {"value": value, "list": kind}


CHECKS: Mapping[str, Callable[[Sequence[tuple[str, str]], str], Iterator[Doubt]]] = {
    "020": _isbn,
    "022": _issn,
    "040": lambda pairs, _inds: _language(pairs, "b"),
    "041": _languages,
    "044": _countries,
    "242": lambda pairs, _inds: _language(pairs, "y"),
    **dict.fromkeys(("100", "110", "111", "700", "710", "711", "720"), _relators),
}
"""Tag → what is wrong in the subfields of one such field, given as (code, text) with its two indicators."""


class Links:
    """The $6 of a record, gathered field by field: each 880 and its partner must name each other."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str], int] = {}
        self._scripts: dict[tuple[str, str], int] = {}

    def add(self, tag: str, occurrence: int, text: str) -> str:
        """Take in the $6 of a field; returns the code of what is wrong with its form, "" when nothing is."""
        link = link_of(text)
        if link is None or (tag == "880") == (link[0] == "880"):
            return "bad_link"
        if link[1] == "00":
            return "" if tag == "880" else "bad_link"
        if tag == "880":
            self._scripts[link] = occurrence
        else:
            self._fields[tag, link[1]] = occurrence
        return ""

    def alone(self) -> Iterator[tuple[str, int, str]]:
        """(tag, occurrence, link) of every field whose partner is not there."""
        for (tag, number), occurrence in self._fields.items():
            if (tag, number) not in self._scripts:
                yield tag, occurrence, f"880-{number}"
        for (tag, number), occurrence in self._scripts.items():
            if (tag, number) not in self._fields:
                yield "880", occurrence, f"{tag}-{number}"
