"""The MARC 21 formats as tables, read once from the files beside this one (they say how they are written)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ONCE, OFTEN, OBSOLETE = 1, 2, 0
_FORMATS = {"b": "bibliographic.tsv", "a": "authority.tsv"}
_EVERYWHERE = {"6": ONCE, "7": OFTEN, "8": OFTEN, "9": OFTEN}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field may be. `subfields` maps a code to ONCE, OFTEN or OBSOLETE; None where any may stand.

    `indicators` holds for each of the two the values in use and those no longer defined; None where any may stand.
    """

    repeat: int
    indicators: tuple[tuple[frozenset[str], frozenset[str]], ...] | None
    subfields: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a fixed field: characters `start` to before `end`; `kind` is "each", "whole" or "@…"."""

    start: int
    end: int
    kind: str
    now: frozenset[str]
    once: frozenset[str]


@cache
def field_rules(kind: str) -> Mapping[str, FieldRule]:
    """Tag → rule, for "b" (bibliographic) or "a" (authority)."""
    found: dict[str, FieldRule] = {}
    for tags, repeat, ind1, ind2, subfields in _rows(_FORMATS[kind]):
        free = ind1 == "any"
        rule = FieldRule(
            repeat={"N": ONCE, "R": OFTEN, "O": OBSOLETE}[repeat],
            indicators=None if free else (_indicator(ind1), _indicator(ind2)),
            subfields=None if subfields == "*" else _subfields(subfields),
        )
        found |= dict.fromkeys(_tags(tags), rule)
    return found


@cache
def places(field: str, form: str) -> tuple[Place, ...]:
    """The places of a fixed field: `field` is LDR, 006, 007 or 008, `form` as in fixed.tsv."""
    return tuple(
        _place(where, values) for name, what, where, values in _rows("fixed.tsv") if (name, what) == (field, form)
    )


@cache
def codes(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """(in use, no longer) of the list "language", "country" or "relator"."""
    found: dict[str, set[str]] = {"now": set(), "once": set()}
    for name, state, words in _rows("codes.tsv"):
        if name == kind:
            found[state].update(words.split())
    return frozenset(found["now"]), frozenset(found["once"])


@cache
def countries() -> Mapping[str, tuple[str, str]]:
    """MARC country code → (ISO 3166-1 code or "", name in English), of those in use."""
    return {code: (iso, name) for code, iso, name in _rows("countries.tsv")}


def _rows(name: str) -> Iterator[list[str]]:
    for line in files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


def _tags(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from (f"{tag:03d}" for tag in range(int(first), int(last or first) + 1))


def _signs(text: str) -> frozenset[str]:
    """ "#0-48" → blank, 0, 1, 2, 3, 4, 8."""
    found: set[str] = set()
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-":
            found.update(chr(sign) for sign in range(ord(text[at]), ord(text[at + 2]) + 1))
            at += 3
        else:
            found.add(" " if text[at] == "#" else text[at])
            at += 1
    return frozenset(found)


def _indicator(text: str) -> tuple[frozenset[str], frozenset[str]]:
    now, _, once = text.partition("~")
    return _signs(now), _signs(once)


def _subfields(text: str) -> dict[str, int]:
    now, _, once = text.partition("~")
    found = dict(_EVERYWHERE)
    last = ""
    for sign in now:
        if sign == "*":
            found[last] = OFTEN
        else:
            found[sign] = ONCE
            last = sign
    return found | dict.fromkeys(once, OBSOLETE)


def _place(where: str, values: str) -> Place:
    first, _, last = where.partition("-")
    start, end = int(first), int(last or first) + 1
    if values.startswith("@"):
        return Place(start, end, values, frozenset(), frozenset())
    if " " in values:
        return Place(start, end, "whole", frozenset(word.replace("#", " ") for word in values.split(" ")), frozenset())
    now, _, once = values.partition("~")
    return Place(start, end, "each", frozenset(now.replace("#", " ")), frozenset(once.replace("#", " ")))
