"""What a CQL query says, before anybody asks what it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SERVER_CHOICE = "cql.serverChoice"
Operator = Literal["and", "or", "not", "prox"]


@dataclass(frozen=True, slots=True)
class Prefix:
    """`> name = "uri"`: a context set's short name within a query; without a name, that of indexes without one."""

    name: str
    uri: str


@dataclass(frozen=True, slots=True)
class Modifier:
    """`/name` or `/name comparison value`."""

    name: str
    comparison: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison sign, or a name in lower case (any, all, adj, exact, within, cql.any)."""

    name: str = "="
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """`index relation term`. Terms keep their backslashes, which tell a masking sign from its letter.

    There are several terms only where bare words follow each other without quotes. `position` is where it begins.
    """

    terms: tuple[str, ...]
    index: str = SERVER_CHOICE
    relation: Relation = Relation()
    prefixes: tuple[Prefix, ...] = ()
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """Operators have one rank and bind from the left: the chain of `left` may be long, see MOST_BOOLEANS."""

    operator: Operator
    left: CqlNode
    right: CqlNode
    modifiers: tuple[Modifier, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    position: int = field(default=0, compare=False)


CqlNode = Clause | Boolean


@dataclass(frozen=True, slots=True)
class SortKey:
    index: str
    modifiers: tuple[Modifier, ...] = ()
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    root: CqlNode
    sort_keys: tuple[SortKey, ...] = ()
