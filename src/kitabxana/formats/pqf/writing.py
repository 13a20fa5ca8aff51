"""An RPN tree in prefix notation that reads back to the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitabxana.formats.pqf.tree import Operand, Operation, ResultSet

if TYPE_CHECKING:
    from kitabxana.formats.pqf.tree import Attribute, Proximity, RpnNode, RpnQuery

_PLAIN = re.compile(r"[^\s\"\\{}@][^\s\"\\{}]*")


def to_pqf(query: RpnQuery) -> str:
    """The query in PQF, every term with its own attributes."""
    top = ["@attrset", _string(query.attribute_set)] if query.attribute_set else []
    return " ".join([*top, *_node(query.root)])


def _node(node: RpnNode) -> list[str]:
    if isinstance(node, Operation):
        proximity = _proximity(node.proximity) if node.proximity else []
        return [f"@{node.operator}", *proximity, *_node(node.left), *_node(node.right)]
    attributes = [part for one in node.attributes for part in _attribute(one)]
    if isinstance(node, ResultSet):
        return [*attributes, "@set", _string(node.name)]
    return [*attributes, *_term(node)]


def _term(operand: Operand) -> list[str]:
    of_type = [] if operand.term_type == "general" else ["@term", operand.term_type]
    return [*of_type, _quoted(operand.term)]


def _attribute(attribute: Attribute) -> list[str]:
    named = [_string(attribute.attribute_set)] if attribute.attribute_set else []
    return ["@attr", *named, _string(f"{attribute.type}={attribute.value}")]


def _proximity(proximity: Proximity) -> list[str]:
    exclusion = "void" if proximity.exclusion is None else str(int(proximity.exclusion))
    kind = "p" if proximity.private else "k"
    numbers = (proximity.distance, int(proximity.ordered), proximity.relation)
    return [exclusion, *(str(one) for one in numbers), kind, str(proximity.unit)]


def _string(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
