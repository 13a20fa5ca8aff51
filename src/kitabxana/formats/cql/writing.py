"""A CQL tree as text that reads back to the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitabxana.formats.cql.reading import BOOLEANS, RELATIONS
from kitabxana.formats.cql.tree import SERVER_CHOICE, Boolean, Clause, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.formats.cql.tree import CqlNode, Modifier, Prefix, Query

_PLAIN_TERM = re.compile(r"[\w*?^]+")
_PLAIN_NAME = re.compile(r"[\w.:$-]+")
_RESERVED = BOOLEANS | RELATIONS | {"sortby"}
_NEEDS_ESCAPE = re.compile(r'(?P<pair>\\.)|["\\]', re.DOTALL)


def to_cql(query: Query) -> str:
    """The query as CQL 1.2, with parentheses only where they are needed."""
    keys = [f"{_name(key.index)}{_modifiers(key.modifiers)}" for key in query.sort_keys]
    return " ".join([_node(query.root), *(["sortby", *keys] if keys else [])])


def _node(node: CqlNode) -> str:
    """A node with its prefixes; the chain of left operands is walked, not recursed into."""
    chain: list[str] = []
    current = node
    while isinstance(current, Boolean) and (current is node or not current.prefixes):
        right = _node(current.right)
        right = f"({right})" if isinstance(current.right, Boolean) or current.right.prefixes else right
        chain.append(f"{current.operator}{_modifiers(current.modifiers)} {right}")
        current = current.left
    if current is node or not current.prefixes:
        first = _clause(current) if isinstance(current, Clause) else _node(current)
    else:
        first = f"({_node(current)})"
    return " ".join([*_prefixes(node.prefixes), first, *reversed(chain)])


def _clause(clause: Clause) -> str:
    terms = " ".join(_string(term, _PLAIN_TERM) for term in clause.terms)
    if clause.index == SERVER_CHOICE and clause.relation == Relation():
        return terms
    return f"{_name(clause.index)} {clause.relation.name}{_modifiers(clause.relation.modifiers)} {terms}"


def _prefixes(prefixes: Iterable[Prefix]) -> list[str]:
    return [
        f"> {_name(prefix.name)} = {_quoted(prefix.uri)}" if prefix.name else f"> {_quoted(prefix.uri)}"
        for prefix in prefixes
    ]


def _modifiers(modifiers: Iterable[Modifier]) -> str:
    return "".join(
        f"/{_name(one.name)}{one.comparison}{_string(one.value, _PLAIN_TERM)}"
        if one.comparison
        else f"/{_name(one.name)}"
        for one in modifiers
    )


def _name(text: str) -> str:
    return _string(text, _PLAIN_NAME)


def _string(text: str, plain: re.Pattern[str]) -> str:
    return text if plain.fullmatch(text) and text.lower() not in _RESERVED else _quoted(text)


def _quoted(text: str) -> str:
    """In quotes; what is escaped stays so, and a quote or a last backslash that was not is."""
    escaped = _NEEDS_ESCAPE.sub(lambda found: found[0] if found["pair"] else f"\\{found[0]}", text)
    return f'"{escaped}"'
