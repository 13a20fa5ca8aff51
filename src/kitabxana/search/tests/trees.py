"""What every tree of the query languages must be, whatever was typed."""

from __future__ import annotations

import re
from typing import get_args

from kitabxana.catalogue.rules import MATERIALS
from kitabxana.language import fold, words
from kitabxana.search.facts import (
    NUMBER_FIELDS,
    And,
    Code,
    CodeName,
    Everything,
    FieldName,
    Marc,
    Node,
    Not,
    Or,
    Phrase,
    Span,
    Term,
)

DEEPEST = 60


def assert_sound(node: Node, depth: int = 0) -> None:
    assert depth < DEEPEST
    match node:
        case And() | Or():
            assert len(node.parts) > 1
            assert not isinstance(node, And) or not all(isinstance(part, Not) for part in node.parts)
            assert not isinstance(node, Or) or not any(isinstance(part, Not) for part in node.parts)
            for part in node.parts:
                assert_sound(part, depth + 1)
        case Not():
            assert_sound(node.part, depth + 1)
        case Everything():
            pass
        case _:
            assert_leaf(node)


def assert_leaf(node: Node) -> None:
    match node:
        case Term():
            assert node.field in get_args(FieldName)
            assert node.word == fold(node.word) != ""
            assert node.written
            assert node.relator == "" or (node.field == "author" and re.fullmatch("[a-z]{3}", node.relator))
            assert node.field in NUMBER_FIELDS or words(node.word) == [node.word]
        case Phrase():
            assert node.field in get_args(FieldName)
            assert node.field not in NUMBER_FIELDS
            assert len(node.words) > 1
            assert [words(word) for word in node.words] == [[word] for word in node.words]
        case Code():
            assert node.name in get_args(CodeName)
            assert node.value
            assert node.name != "material" or node.value in MATERIALS
        case Span():
            assert node.first is not None or node.last is not None
        case Marc():
            assert re.fullmatch(r"\d{3}", node.tag)
            assert re.fullmatch("[a-z0-9]?", node.code)
            assert words(node.word) == [node.word]
        case _:
            raise AssertionError(f"no language asks for {node}")


def without_spelling(node: Node) -> Node:
    """The same tree without what is only told to ranking."""
    match node:
        case Term():
            return Term(node.field, node.word, node.prefix, relator=node.relator, exact=node.exact)
        case And():
            return And(tuple(without_spelling(part) for part in node.parts))
        case Or():
            return Or(tuple(without_spelling(part) for part in node.parts))
        case Not():
            return Not(without_spelling(node.part))
        case _:
            return node
