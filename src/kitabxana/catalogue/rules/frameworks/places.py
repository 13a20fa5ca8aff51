"""The builders of leader, 006, 007 and 008: each place with its name and the names of its codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kitabxana.catalogue.rules.fixed import form_of
from kitabxana.catalogue.rules.frameworks import LANGUAGES, rows
from kitabxana.catalogue.rules.marc21 import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitabxana.catalogue.rules.marc21 import Place

Names = dict[str, str]
LENGTHS_007 = {"a": 8, "c": 14, "d": 6, "f": 10, "g": 9, "h": 13, "k": 6, "m": 23, "o": 2, "q": 2, "r": 11, "s": 14,
               "t": 2, "v": 9, "z": 2}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One place of a fixed field as it is filled: characters `start` to before `end`, `value` what stands there.

    `codes` are what may be chosen, each with its names ({} where it has none); () where text is typed. `values` names
    the list of MARC codes it takes ("language", "country"), "" none.
    """

    start: int
    end: int
    names: Names
    value: str
    codes: tuple[tuple[str, Names], ...] = ()
    values: str = ""


def choices(tag: str, text: str, leader: str) -> list[Choice]:
    """What can be chosen in a fixed field that has `text`, in a record with `leader`. [] where nothing is known."""
    kind = "a" if leader[6:7] == "z" else "b"
    if tag == "LDR":
        return list(_told(tag, kind, places("LDR", kind), text, 0))
    if tag == "008":
        found = list(_told(tag, kind, places("008", kind), text, 0))
        form = form_of(leader)
        if kind == "b" and form:
            found += _told(tag, form, places("008", form), text, 0)
        return sorted(found, key=lambda one: one.start)
    if tag == "006":
        form = form_of(f"      {text[:1]}m")
        first = Choice(0, 1, _place_names("LDR", "b", 6)[0], text[:1], (*_codes("type", "acdefgijkmoprt"), ("s", {})))
        return [first, *_told("008", form, places("008", form), text, 17)] if form else [first]
    if tag == "007":
        first = Choice(0, 1, _place_names("LDR", "b", 6)[0], text[:1], _codes("material", "".join(LENGTHS_007)))
        return [first, *_told(tag, text[:1], places("007", text[:1]), text, 0)]
    return []


def begun(tag: str, first: str) -> str:
    """The text of a new 006 or 007 for a kind of material: undecided (|) where a code is due."""
    if tag == "006":
        return first + " " * 17
    return (first + "|" * (LENGTHS_007.get(first, 2) - 1)) if first else ""


def _told(tag: str, form: str, some: tuple[Place, ...], text: str, less: int) -> Iterator[Choice]:
    for place in some:
        names, values = _place_names(tag, form, place.start)
        width = 1 if place.kind == "each" else place.end - place.start
        for start in range(place.start, place.end, width):
            at = start - less
            coded = place.kind.removeprefix("@") if place.kind in ("@language", "@country") else ""
            signs = () if place.kind.startswith("@") else _codes(values, sorted(place.now))
            yield Choice(at, at + width, names, text[at : at + width].ljust(width), signs, coded)


def _codes(name: str, signs: Iterator[str] | str | list[str]) -> tuple[tuple[str, Names], ...]:
    known = _code_names()
    return tuple((sign, known.get((name, sign), {})) for sign in signs)


def _place_names(tag: str, form: str, start: int) -> tuple[Names, str]:
    """(names, name of its codes) of a place; where it has none, its number is its name."""
    return _places().get((tag, form, start), (dict.fromkeys(LANGUAGES, f"{tag}/{start:02d}"), ""))


@cache
def _places() -> Mapping[tuple[str, str, int], tuple[Names, str]]:
    found = {}
    for line in rows("places.tsv"):
        if not line.startswith("@"):
            tag, form, start, values, *texts = line.split("\t")
            found[tag, form, int(start)] = (dict(zip(LANGUAGES, texts, strict=True)), values)
    return found


@cache
def _code_names() -> Mapping[tuple[str, str], Names]:
    found = {}
    for line in rows("places.tsv"):
        if line.startswith("@"):
            name, code, *texts = line.split("\t")
            found[name[1:], code.replace("#", " ")] = dict(zip(LANGUAGES, texts, strict=True))
    return found
