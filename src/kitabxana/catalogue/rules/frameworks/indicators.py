"""What the two indicators of a field say: their names and the names of their codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kitabxana.catalogue.rules.frameworks import LANGUAGES, rows
from kitabxana.catalogue.rules.marc21 import field_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the two (`place` 1 or 2), explained; `codes` are (signs, names): one sign, or "0-9" for them all."""

    place: int
    names: Names
    codes: tuple[tuple[str, Names], ...]


def indicators(tag: str, *, kind: str) -> tuple[Indicator, ...]:
    """Those of a field (`kind` "b" or "a", of the record) that say anything: codes that are in use, as in MARC 21."""
    rule = field_rules(kind).get(tag)
    found = []
    for place, allowed in enumerate(rule.indicators or () if rule else (), start=1):
        now = sorted(allowed[0])
        names = _told(tag, kind, place, "=")
        if now == [" "] or not names:
            continue
        if now == [str(digit) for digit in range(10)]:
            codes: tuple[tuple[str, Names], ...] = (("0-9", _told(tag, kind, place, "N")),)
        else:
            codes = tuple((sign.replace(" ", "#"), _told(tag, kind, place, sign.replace(" ", "#"))) for sign in now)
        found.append(Indicator(place, names, codes))
    return tuple(found)


def _told(tag: str, kind: str, place: int, code: str) -> Names:
    for tags, only in _whose(tag, kind):
        found = _said().get((tags, only, place, code))
        if found:
            return found
    return {}


def _whose(tag: str, kind: str) -> list[tuple[str, str]]:
    """How lines name a field, the nearest first."""
    names = (tag, f"X{tag[1:]}", f"{tag[:2]}X", f"{tag[0]}XX")
    return [(name, only) for name in names for only in (kind, "")]


@cache
def _said() -> Mapping[tuple[str, str, int, str], Names]:
    found: dict[tuple[str, str, int, str], Names] = {}
    for line in rows("indicators.tsv"):
        whose, place, code, *texts = line.split("\t")
        first, *rest = whose.split()
        only, tags = (first, rest) if first in ("a", "b") else ("", [first, *rest])
        for tag in tags:
            found[tag, only, int(place), code] = dict(zip(LANGUAGES, texts, strict=True))
    return found
