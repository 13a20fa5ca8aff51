"""RPN (PQF and Z39.50's type-1 query) as the house answers it, with the attributes of Bib-1.

Uses: `uses.USES`; docs/developer/query-languages.md describes the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kitabxana.formats.pqf import Bib1Error, Operand, Operation, Proximity, ResultSet, RpnNode, RpnQuery, parse_pqf
from kitabxana.language import words
from kitabxana.search.facts import Everything, Node, Not
from kitabxana.search.languages.matching import Comparison, Part, Unfit, compare, has_words
from kitabxana.search.languages.nodes import all_of, any_of, side_by_side
from kitabxana.search.languages.uses import Use, use_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from kitabxana.search.facts import FieldName

RELATIONS: dict[int, Comparison] = {
    1: "<", 2: "<=", 3: "=", 4: ">=", 5: ">", 6: "<>", 101: "=", 102: "=", 104: "within",
}  # fmt: skip
"""Relation attributes; 101 (stem) and 102 (relevance) ask for what is done anyway. 103 is everything there is."""

STRUCTURES: dict[int, Comparison] = {
    1: "=", 2: "all", 6: "all", 101: "all", 102: "all", 105: "any", 106: "any", 108: "==",
}  # fmt: skip
"""What a structure asks of words; 108 (string) takes them exactly."""

WHOLE_STRUCTURES = frozenset({*STRUCTURES, 3, 4, 5, 100, 104, 107, 109})
"""Structures of numbers, codes and dates (key, year, date, URX, local number, number): they are compared whole."""

SETS = frozenset({"", "bib1", "1.2.840.10003.3.1"})
_ANY, _EQUAL, _ALWAYS_MATCHES = 1016, 3, 103
_REASONS = {"empty": 125, "relation": 117, "format": 126, "truncated": 120, "truncated_phrase": 123}
_UNSUPPORTED = {2: 117, 3: 119, 4: 118, 5: 120, 6: 122}
_MASKS = {101: "#", 104: "?"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A term's attributes of Bib-1 by type: Use, relation, position, structure, truncation, completeness."""

    use: Use
    relation: int
    position: int
    structure: int
    truncation: int
    completeness: int

    @property
    def of_words(self) -> bool:
        return any(has_words(target) for target in self.use.targets)


def parse(text: str) -> Node:
    """A query in PQF as a tree. Raises `Bib1Error` with the diagnostic for what is wrong or not supported."""
    return tree_of(parse_pqf(text))


def tree_of(query: RpnQuery, *, result_sets: Mapping[str, Node] | None = None) -> Node:
    """An RPN query as a tree. `result_sets` are a session's earlier queries by name, where it keeps any.

    Raises `Bib1Error`.
    """
    _check_set(query.attribute_set, 0)
    return _node(query.root, result_sets)


def _check_set(name: str, position: int) -> None:
    if name.lower().replace("-", "") not in SETS:
        raise Bib1Error(121, name, position)


def _node(node: RpnNode, result_sets: Mapping[str, Node] | None) -> Node:
    if isinstance(node, Operand):
        return _operand(node)
    if isinstance(node, ResultSet):
        if result_sets is None:
            raise Bib1Error(18, node.name, node.position)
        if node.name not in result_sets:
            raise Bib1Error(30, node.name, node.position)
        return result_sets[node.name]
    if node.operator == "prox":
        return _near(node)
    left, right = _node(node.left, result_sets), _node(node.right, result_sets)
    if node.operator == "or":
        return any_of((left, right))
    return all_of((left, Not(right) if node.operator == "not" else right))


def _operand(operand: Operand) -> Node:
    asked = _asked(operand)
    if asked is None:
        return Everything()
    comparison, parts = _compared(asked, operand)
    try:
        if comparison == "<>" and len(asked.use.targets) > 1:
            return all_of(Not(compare(target, "==", parts)) for target in asked.use.targets)
        return any_of(compare(target, comparison, parts, relator=asked.use.relator) for target in asked.use.targets)
    except Unfit as unfit:
        about = {"relation": str(asked.relation), "truncated": str(asked.truncation), "truncated_phrase": "4 5"}
        raise Bib1Error(_REASONS[unfit.reason], about.get(unfit.reason, operand.term), operand.position) from None


def _asked(operand: Operand) -> _Asked | None:
    """The attributes, each one the house knows; None where the relation is "always matches"."""
    values: dict[int, int | str] = {}
    for attribute in operand.attributes:
        _check_set(attribute.attribute_set, operand.position)
        if not 1 <= attribute.type <= 6:
            raise Bib1Error(113, str(attribute.type), operand.position)
        values[attribute.type] = attribute.value
    if values.get(2) == _ALWAYS_MATCHES:
        return None
    if operand.term_type in ("oid", "null"):
        raise Bib1Error(229, operand.term_type, operand.position)
    use = use_of(values.get(1, _ANY))
    if use is None:
        raise Bib1Error(114, str(values[1]), operand.position)
    relation, position, structure, truncation, completeness = (
        _number(values, kind, default, operand) for kind, default in ((2, _EQUAL), (3, 3), (4, 1), (5, 100), (6, 1))
    )
    asked = _Asked(use, relation, position, structure, truncation, completeness)
    _refuse(asked, operand.position)
    return asked


def _number(values: Mapping[int, int | str], kind: int, default: int, operand: Operand) -> int:
    value = values.get(kind, default)
    if isinstance(value, str):
        raise Bib1Error(_UNSUPPORTED[kind], value, operand.position)
    return value


def _refuse(asked: _Asked, position: int) -> None:
    """Tell the attribute that is not supported. What asks for a whole field says nothing new of a number or a code."""
    taken: tuple[tuple[int, int, Container[int]], ...] = (
        (2, asked.relation, RELATIONS),
        (3, asked.position, (3,) if asked.of_words else (1, 2, 3)),
        (4, asked.structure, STRUCTURES if asked.of_words else WHOLE_STRUCTURES),
        (5, asked.truncation, (1, 100, *_MASKS)),
        (6, asked.completeness, (1,) if asked.of_words else (1, 2, 3)),
    )
    for kind, value, known in taken:
        if value not in known:
            raise Bib1Error(_UNSUPPORTED[kind], str(value), position)


def _compared(asked: _Asked, operand: Operand) -> tuple[Comparison, list[Part]]:
    """How the term is compared, and its words with their truncation."""
    comparison = RELATIONS[asked.relation]
    if comparison == "=" and asked.of_words:
        comparison = STRUCTURES[asked.structure]
    pieces = operand.term.split()
    at_every_word = comparison in ("all", "any")
    parts = [
        _truncated(asked.truncation, piece, operand, last=at_every_word or at == len(pieces) - 1)
        for at, piece in enumerate(pieces)
    ]
    if any(prefix and not text for text, prefix in parts):
        raise Bib1Error(9, "1", operand.position)
    return comparison, parts


def _truncated(truncation: int, piece: str, operand: Operand, *, last: bool) -> Part:
    """A word with what truncation makes of it: 1 cuts it at its end; 101 and 104 where their sign stands there."""
    mask = _MASKS.get(truncation)
    if mask is None:
        return piece, last and truncation == 1
    kept = piece.rstrip(mask)
    if any(sign in kept for sign in _MASKS.values()) or (mask == "?" and "#" in piece):
        raise Bib1Error(120, str(truncation), operand.position)
    return kept, kept != piece


def _near(operation: Operation) -> Node:
    """Proximity, as far as it asks for words next to each other."""
    position, proximity = operation.position, operation.proximity
    _check_nearness(proximity, position)
    left, right = operation.left, operation.right
    if not isinstance(left, Operand) or not isinstance(right, Operand):
        raise Bib1Error(129, "", position)
    (field, before), (other, after) = _words_of(left), _words_of(right)
    if field != other:
        raise Bib1Error(201, "", position)
    return side_by_side(field, before, after, ordered=proximity is not None and proximity.ordered)


def _check_nearness(proximity: Proximity | None, position: int) -> None:
    if proximity is None or proximity.exclusion:
        raise Bib1Error(110, "prox", position)
    if proximity.private or proximity.unit != 2:
        raise Bib1Error(132, str(proximity.unit), position)
    if proximity.relation not in (1, 2, 3):
        raise Bib1Error(131, str(proximity.relation), position)
    if (proximity.relation, proximity.distance) not in ((1, 2), (2, 1), (3, 1)):
        raise Bib1Error(202, str(proximity.distance), position)


def _words_of(operand: Operand) -> tuple[FieldName, list[str]]:
    asked = _asked(operand)
    if asked is None or not asked.of_words or len(asked.use.targets) > 1 or asked.relation == 6:
        raise Bib1Error(201, "", operand.position)
    _, parts = _compared(asked, operand)
    if any(prefix for _, prefix in parts) or RELATIONS[asked.relation] != "=":
        raise Bib1Error(201, "", operand.position)
    found = words(operand.term)
    if not found:
        raise Bib1Error(125, operand.term, operand.position)
    return cast("FieldName", asked.use.targets[0]), found
