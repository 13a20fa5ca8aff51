"""RPNQuery as ISO 23950 (Z39.50-2003) defines it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Operator = Literal["and", "or", "not", "prox"]
TermType = Literal["general", "numeric", "string", "oid", "date", "null"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """`type`=`value`; a value that is no number is the standard's complex one. `attribute_set` "" is the query's."""

    type: int
    value: int | str
    attribute_set: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """A term under its attributes: all that stand above it, the nearest winning where two have one type."""

    term: str
    attributes: tuple[Attribute, ...] = ()
    term_type: TermType = "general"
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ResultSet:
    """An earlier result as an operand, under attributes as in query type 101."""

    name: str
    attributes: tuple[Attribute, ...] = ()
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Proximity:
    """`relation` 1 … 6 is < <= = >= > <>; `unit` 2 is the word; `private` when the unit is not one of the standard's.

    `exclusion` is None where the query leaves it out.
    """

    exclusion: bool | None
    distance: int
    ordered: bool
    relation: int
    unit: int
    private: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """`not` is the standard's and-not."""

    operator: Operator
    left: RpnNode
    right: RpnNode
    proximity: Proximity | None = None
    position: int = field(default=0, compare=False)


RpnNode = Operand | ResultSet | Operation


@dataclass(frozen=True, slots=True)
class RpnQuery:
    """`attribute_set` by name or object identifier, "" where nothing is said: Bib-1."""

    root: RpnNode
    attribute_set: str = ""
