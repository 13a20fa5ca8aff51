"""CQL text to its tree, or to the one diagnostic that says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from kitabxana.formats.cql.diagnostics import CqlError
from kitabxana.formats.cql.tree import (
    SERVER_CHOICE,
    Boolean,
    Clause,
    CqlNode,
    Modifier,
    Prefix,
    Query,
    Relation,
    SortKey,
)

if TYPE_CHECKING:
    from kitabxana.formats.cql.tree import Operator

MOST_CHARACTERS = 20_000
MOST_BOOLEANS = 200
DEEPEST = 30
"""Parentheses within parentheses."""

BOOLEANS = frozenset({"and", "or", "not", "prox"})
RELATIONS = frozenset({"any", "all", "adj", "exact", "within", "encloses", "scr"})
_COMPARISONS = frozenset({"=", "==", "<>", "<", "<=", ">", ">="})
_TOKEN = re.compile(
    r"""\s+
      | (?P<sign>==|<>|<=|>=|[()/=<>])
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | (?P<bare>(?:[^\s()/=<>"\\]|\\.)+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is sign, quoted, bare, or end."""

    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        """A bare word as a keyword is compared, "" for anything else."""
        return self.text.lower() if self.kind == "bare" else ""


def parse_cql(text: str) -> Query:
    """A CQL query as its tree. Raises CqlError: syntax (10), length (12), parentheses (13), quotes (14), escape (26),
    booleans (38)."""
    if len(text) > MOST_CHARACTERS:
        raise CqlError(12, str(MOST_CHARACTERS), MOST_CHARACTERS)
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise CqlError(14, str(at), at) if text[at] == '"' else CqlError(26, text[at], at)
        if found.lastgroup:
            tokens.append(_Token(found.lastgroup, found[found.lastgroup], at))
        at = found.end()
    return [*tokens, _Token("end", "", len(text))]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at = tokens, 0
        self.depth = self.booleans = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.here
        self.at += token.kind != "end"
        return token

    def takes(self, sign: str) -> bool:
        found = self.here.kind == "sign" and self.here.text == sign
        self.at += found
        return found

    def fail(self) -> CqlError:
        if self.here.kind == "sign" and self.here.text in "()":
            return CqlError(13, str(self.here.position), self.here.position)
        return CqlError(10, f"character {self.here.position}", self.here.position)

    def string(self) -> _Token:
        if self.here.kind not in ("bare", "quoted"):
            raise self.fail()
        return self.take()

    def whole(self) -> Query:
        root = self.query()
        keys: list[SortKey] = []
        if self.here.word == "sortby":
            self.take()
            while not keys or self.here.kind != "end":
                index = self.string()
                keys.append(SortKey(index.text, self.modifiers(), index.position))
        if self.here.kind != "end":
            raise self.fail()
        return Query(root, tuple(keys))

    def query(self) -> CqlNode:
        """Clauses and booleans up to a parenthesis, "sortby" or the end, under the prefixes before them."""
        prefixes = self.prefixes()
        node = self.operand()
        while self.here.word in BOOLEANS:
            sign = self.take()
            self.booleans += 1
            if self.booleans > MOST_BOOLEANS:
                raise CqlError(38, str(MOST_BOOLEANS), sign.position)
            modifiers = self.modifiers()
            node = Boolean(
                cast("Operator", sign.word), node, self.operand(), modifiers=modifiers, position=sign.position
            )
        return replace(node, prefixes=prefixes + node.prefixes) if prefixes else node

    def prefixes(self) -> tuple[Prefix, ...]:
        found = []
        while self.takes(">"):
            first = self.string()
            found.append(Prefix(first.text, self.string().text) if self.takes("=") else Prefix("", first.text))
        return tuple(found)

    def operand(self) -> CqlNode:
        opening = self.here
        if not self.takes("("):
            return self.clause()
        self.depth += 1
        if self.depth > DEEPEST:
            raise CqlError(13, str(opening.position), opening.position)
        node = self.query()
        if not self.takes(")"):
            # An end inside parentheses is told at the one that is open.
            raise CqlError(13, str(opening.position), opening.position) if self.here.kind == "end" else self.fail()
        self.depth -= 1
        return node

    def clause(self) -> Clause:
        first = self.string()
        index, relation = SERVER_CHOICE, Relation()
        terms = [first.text]
        if self.at_relation():
            index, relation = first.text, self.relation()
            terms = [self.string().text]
        while self.here.kind in ("bare", "quoted") and self.here.word not in {*BOOLEANS, "sortby"}:
            terms.append(self.take().text)
        return Clause(tuple(terms), index, relation, position=first.position)

    def at_relation(self) -> bool:
        if self.here.kind == "sign":
            return self.here.text in _COMPARISONS
        return self.here.word in RELATIONS or "." in self.here.word

    def relation(self) -> Relation:
        name = self.take()
        return Relation(name.text if name.kind == "sign" else name.word, self.modifiers())

    def modifiers(self) -> tuple[Modifier, ...]:
        found = []
        while self.takes("/"):
            name = self.string().text
            if self.here.kind == "sign" and self.here.text in _COMPARISONS:
                found.append(Modifier(name, self.take().text, self.string().text))
            else:
                found.append(Modifier(name))
        return tuple(found)
