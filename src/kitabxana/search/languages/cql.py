"""CQL as the house answers it. Indexes: `indexes.INDEXES`; docs/developer/query-languages.md describes the whole.

Context set CQL 1.2: "=" looks for words side by side, as that set advises for strings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kitabxana.formats.cql import Boolean, Clause, CqlError, CqlNode, Modifier, SortKey, parse_cql
from kitabxana.language import words
from kitabxana.search.facts import Everything, Node, Not, Sort
from kitabxana.search.languages.indexes import SETS, Index, index_anywhere, index_in, set_of
from kitabxana.search.languages.matching import Comparison, Part, Unfit, compare, compare_marc, has_words
from kitabxana.search.languages.nodes import all_of, any_of, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitabxana.search.facts import FieldName

RELATIONS: dict[str, Comparison] = {
    "=": "=", "scr": "=", "adj": "=", "==": "==", "exact": "==", "<>": "<>", "<": "<", "<=": "<=", ">": ">",
    ">=": ">=", "any": "any", "all": "all", "within": "within",
}  # fmt: skip
MODIFIERS = frozenset(
    {"stem", "relevant", "word", "string", "masked", "unmasked", "ignorecase", "ignoreaccents", "isodate", "number"}
)
"""Relation modifiers that ask for nothing else than what is done, and string and unmasked, which are heeded."""

SORTS: dict[tuple[str, bool], Sort] = {
    ("title", False): "title", ("author", False): "author", ("year", False): "oldest", ("year", True): "newest",
    ("call_number", False): "call_number", ("added", True): "added",
}  # fmt: skip
"""(where the index looks, descending) → the order of the list."""

_REASONS = {"empty": 27, "relation": 22, "format": 36, "truncated": 28, "truncated_phrase": 33}
_SIGN = re.compile(r"\\(?P<escaped>.)|(?P<mark>[*?^])|(?P<space>\s+)|(?P<letter>.)", re.DOTALL)
_ESCAPABLE = '*?"^\\'
_NEXT_TO_EACH_OTHER = frozenset({("=", "1"), ("==", "1"), ("<=", "1"), ("<", "2")})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for, and in which orders its list is wanted, the first first."""

    node: Node
    sort: tuple[Sort, ...] = ()


def parse(text: str) -> Asked:
    """A CQL query as a tree. Raises `CqlError` with the SRU diagnostic for what is wrong or not supported."""
    query = parse_cql(text)
    scope = _scope({}, query.root)
    return Asked(_node(query.root, {}), tuple(_sort(key, scope) for key in query.sort_keys))


def _scope(scope: Mapping[str, str], node: CqlNode) -> dict[str, str]:
    return {**scope, **{prefix.name.lower(): prefix.uri for prefix in node.prefixes}}


def _node(node: CqlNode, scope: Mapping[str, str]) -> Node:
    """The chain of left operands is walked, not recursed into: it may be long."""
    chain: list[tuple[Boolean, Mapping[str, str]]] = []
    scope = _scope(scope, node)
    while isinstance(node, Boolean):
        chain.append((node, scope))
        node = node.left
        scope = _scope(scope, node)
    found = _clause(node, scope)
    for boolean, its_scope in reversed(chain):
        found = _boolean(boolean, found, its_scope)
    return found


def _boolean(boolean: Boolean, left: Node, scope: Mapping[str, str]) -> Node:
    if boolean.operator == "prox":
        return _near(boolean, scope)
    if boolean.modifiers:
        raise CqlError(46, boolean.modifiers[0].name, boolean.position)
    right = _node(boolean.right, scope)
    if boolean.operator == "or":
        return any_of((left, right))
    return all_of((left, Not(right) if boolean.operator == "not" else right))


def _clause(clause: Clause, scope: Mapping[str, str]) -> Node:
    index = _index(clause.index, scope, clause.position)
    comparison, masked = _relation(clause)
    if index.special == "result_set":
        raise CqlError(50, "", clause.position)
    if index.special:
        return Everything()
    parts, anchored = _parts(clause, masked=masked)
    if comparison == "=" and len(clause.terms) > 1:
        comparison = "all"  # bare words one after the other: nobody asked for them side by side
    if anchored and (index.tag or any(has_words(target) for target in index.targets)):
        raise CqlError(31, _written(clause), clause.position)
    try:
        return _compare(index, comparison, parts)
    except Unfit as unfit:
        raise _diagnostic(unfit, clause) from None


def _compare(index: Index, comparison: Comparison, parts: list[Part]) -> Node:
    if index.tag:
        return compare_marc(index.tag, index.code, comparison, parts)
    if comparison == "<>" and len(index.targets) > 1:
        return all_of(Not(compare(target, "==", parts)) for target in index.targets)
    return any_of(compare(target, comparison, parts, relator=index.relator) for target in index.targets)


def _diagnostic(unfit: Unfit, clause: Clause) -> CqlError:
    details = {"empty": "", "relation": f"{clause.index} {clause.relation.name}"}
    return CqlError(_REASONS[unfit.reason], details.get(unfit.reason, _written(clause)), clause.position)


def _written(clause: Clause) -> str:
    return " ".join(clause.terms)


def _index(name: str, scope: Mapping[str, str], position: int) -> Index:
    prefix, dot, rest = name.partition(".")
    context, own = (prefix.lower(), rest) if dot else ("", name)
    if context in scope:
        known = set_of(scope[context])
        if not known:
            raise CqlError(15, scope[context], position)
        found = index_in(known, own)
    elif context:
        if context not in SETS:
            raise CqlError(15, prefix, position)
        found = index_in(context, own)
    else:
        found = index_anywhere(own)
    if found is None:
        raise CqlError(16, name, position)
    return found


def _relation(clause: Clause) -> tuple[Comparison, bool]:
    """How is compared, and whether * ? ^ are signs in the term."""
    comparison = RELATIONS.get(clause.relation.name.removeprefix("cql."))
    if comparison is None:
        raise CqlError(19, clause.relation.name, clause.position)
    asked = {_modifier(one) for one in clause.relation.modifiers}
    for modifier in clause.relation.modifiers:
        if modifier.comparison or _modifier(modifier) not in MODIFIERS:
            raise CqlError(20, modifier.name, clause.position)
    return ("==" if comparison == "=" and "string" in asked else comparison), "unmasked" not in asked


def _modifier(modifier: Modifier) -> str:
    return modifier.name.lower().removeprefix("cql.")


def _parts(clause: Clause, *, masked: bool) -> tuple[list[Part], bool]:
    """The words of the terms with the * at their ends taken off, and whether there was a ^ at an end."""
    parts: list[Part] = []
    anchored = False
    for term in clause.terms:
        for signs in _stretches(term, clause.position, masked=masked):
            kept = signs[signs[:1] == [("^", True)] :]
            kept = kept[:-1] if kept[-1:] == [("^", True)] else kept
            anchored = anchored or len(kept) < len(signs)
            whole = len(kept)
            while kept[-1:] == [("*", True)]:
                kept.pop()
            prefix = len(kept) < whole
            _refuse_signs(kept, term, clause.position)
            if prefix and not kept:
                raise CqlError(29, "1", clause.position)
            if kept:
                parts.append(("".join(letter for letter, _ in kept), prefix))
    if not parts:
        raise CqlError(27, "", clause.position)
    return parts, anchored


def _stretches(term: str, position: int, *, masked: bool) -> list[list[tuple[str, bool]]]:
    """A term cut at white space into (letter, is a sign)."""
    stretches: list[list[tuple[str, bool]]] = [[]]
    for found in _SIGN.finditer(term):
        if found["space"]:
            stretches.append([])
        elif found["escaped"]:
            if found["escaped"] not in _ESCAPABLE:
                raise CqlError(26, found["escaped"], position)
            stretches[-1].append((found["escaped"], False))
        else:
            stretches[-1].append((found[0], bool(found["mark"]) and masked))
    return [signs for signs in stretches if signs]


def _refuse_signs(signs: Iterable[tuple[str, bool]], term: str, position: int) -> None:
    for letter, is_sign in signs:
        if is_sign:
            raise CqlError({"*": 49, "?": 28, "^": 32}[letter], term, position)


def _near(boolean: Boolean, scope: Mapping[str, str]) -> Node:
    """prox, as far as it asks for words next to each other."""
    ordered = _distance_is_one(boolean)
    left, right = boolean.left, boolean.right
    if not isinstance(left, Clause) or not isinstance(right, Clause):
        raise CqlError(39, "", boolean.position)
    (field, before), (other, after) = (_words_of(one, _scope(scope, one)) for one in (left, right))
    if field != other:
        raise CqlError(18, f"{left.index} {right.index}", boolean.position)
    return side_by_side(field, before, after, ordered=ordered)


def _distance_is_one(boolean: Boolean) -> bool:
    """Whether the order counts; raises for every other distance than one word."""
    ordered = False
    for modifier in boolean.modifiers:
        name, value = _modifier(modifier), modifier.value.lower()
        if name in ("ordered", "unordered"):
            ordered = name == "ordered"
        elif name == "unit":
            if value != "word" or modifier.comparison not in ("=", "=="):
                raise CqlError(42, modifier.value, boolean.position)
        elif name != "distance":
            raise CqlError(46, modifier.name, boolean.position)
        elif modifier.comparison in (">", ">=", "<>"):
            raise CqlError(40, modifier.comparison, boolean.position)
        elif (modifier.comparison, value) not in _NEXT_TO_EACH_OTHER:
            raise CqlError(41, modifier.value, boolean.position)
    return ordered


def _words_of(clause: Clause, scope: Mapping[str, str]) -> tuple[FieldName, list[str]]:
    index = _index(clause.index, scope, clause.position)
    comparison, masked = _relation(clause)
    parts, anchored = _parts(clause, masked=masked)
    if len(index.targets) != 1 or not has_words(index.targets[0]) or comparison not in ("=", "=="):
        raise CqlError(39, "", clause.position)
    if anchored or any(prefix for _, prefix in parts):
        raise CqlError(33, _written(clause), clause.position)
    found = words(" ".join(text for text, _ in parts))
    if not found:
        raise CqlError(27, "", clause.position)
    return cast("FieldName", index.targets[0]), found


def _sort(key: SortKey, scope: Mapping[str, str]) -> Sort:
    index = _index(key.index, scope, key.position)
    descending = False
    for modifier in key.modifiers:
        name = modifier.name.lower().removeprefix("sort.")
        if name in ("ascending", "descending"):
            descending = name == "descending"
        elif name not in ("ignorecase", "ignoreaccents"):
            raise CqlError(82, modifier.name, key.position)
    target = index.targets[0] if len(index.targets) == 1 else ""
    found = SORTS.get((target, descending))
    if found is None and (target, not descending) in SORTS:
        raise CqlError(90, "descending" if descending else "ascending", key.position)
    if found is None:
        raise CqlError(88, key.index, key.position)
    return found
