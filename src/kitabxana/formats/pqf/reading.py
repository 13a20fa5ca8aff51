"""PQF text to its tree, or to the one diagnostic that says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from kitabxana.formats.pqf.diagnostics import Bib1Error
from kitabxana.formats.pqf.tree import (
    Attribute,
    Operand,
    Operation,
    Proximity,
    ResultSet,
    RpnNode,
    RpnQuery,
    TermType,
)

if TYPE_CHECKING:
    from kitabxana.formats.pqf.tree import Operator

MOST_CHARACTERS = 20_000
MOST_OPERATORS = 200
"""Operators are nested in each other: this bounds how deep."""

_OPERATORS = frozenset({"@and", "@or", "@not", "@prox"})
_TERM_TYPES = frozenset(get_args(TermType))
_TOKEN = re.compile(
    r"""\s+ | "(?P<quoted>(?:[^"\\]|\\.)*)"(?!\S) | \{(?P<braced>(?:[^}\\]|\\.)*)\}(?!\S) | (?P<bare>[^\s"{]\S*)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ATTRIBUTE = re.compile(r"(\d{1,9})=(.*)", re.DOTALL)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_UNIT_KINDS = {"known": False, "k": False, "1": False, "private": True, "p": True, "2": True}


@dataclass(frozen=True, slots=True)
class _Token:
    """`keyword` for bare @words; the text is without its quotes and backslashes."""

    text: str
    keyword: bool
    position: int


def parse_pqf(text: str) -> RpnQuery:
    """A query in prefix notation as RPN, attributes told at each term. Raises Bib1Error: length (11), number of
    operators (6), syntax (108), a term of another type than it says (125), an unknown type of term (229)."""
    if len(text) > MOST_CHARACTERS:
        raise Bib1Error(11, str(MOST_CHARACTERS), MOST_CHARACTERS)
    return _Parser(text).whole()


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise Bib1Error(108, f"character {at}", at)
        if found.lastgroup:
            raw = found[found.lastgroup]
            keyword = found.lastgroup == "bare" and raw.startswith("@")
            tokens.append(_Token(_ESCAPE.sub(r"\1", raw), keyword, at))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens, self.at, self.end = _tokens(text), 0, len(text)
        self.operators = 0

    def fail(self, back: int = 0) -> Bib1Error:
        at = self.at - back
        position = self.tokens[at].position if at < len(self.tokens) else self.end
        return Bib1Error(108, f"character {position}", position)

    def take(self) -> _Token:
        if self.at >= len(self.tokens):
            raise self.fail()
        self.at += 1
        return self.tokens[self.at - 1]

    def string(self) -> _Token:
        token = self.take()
        if token.keyword:
            raise self.fail(1)
        return token

    def whole(self) -> RpnQuery:
        attribute_set = ""
        if self.tokens and self.tokens[0].keyword and self.tokens[0].text == "@attrset":
            self.take()
            attribute_set = self.string().text
        root = self.structure((), "general")
        if self.at < len(self.tokens):
            raise self.fail()
        return RpnQuery(root, attribute_set)

    def structure(self, attributes: tuple[Attribute, ...], term_type: TermType) -> RpnNode:
        """A term, a result set or an operation, under the attributes that stand above and before it."""
        token = self.take()
        while token.keyword and token.text in ("@attr", "@term"):
            if token.text == "@attr":
                attributes = _under(attributes, self.attribute())
            else:
                term_type = self.term_type()
            token = self.take()
        if not token.keyword:
            if term_type == "numeric" and not re.fullmatch(r"-?\d{1,18}", token.text, re.ASCII):
                raise Bib1Error(125, token.text, token.position)
            return Operand(token.text, attributes, term_type, token.position)
        if token.text == "@set":
            return ResultSet(self.string().text, attributes, token.position)
        if token.text not in _OPERATORS:
            raise self.fail(1)
        return self.operation(token, attributes, term_type)

    def operation(self, token: _Token, attributes: tuple[Attribute, ...], term_type: TermType) -> Operation:
        self.operators += 1
        if self.operators > MOST_OPERATORS:
            raise Bib1Error(6, str(MOST_OPERATORS), token.position)
        proximity = self.proximity() if token.text == "@prox" else None
        left = self.structure(attributes, term_type)
        right = self.structure(attributes, term_type)
        return Operation(cast("Operator", token.text[1:]), left, right, proximity, token.position)

    def attribute(self) -> Attribute:
        first = self.string()
        found, attribute_set = _ATTRIBUTE.fullmatch(first.text), ""
        if not found:
            attribute_set = first.text
            found = _ATTRIBUTE.fullmatch(self.string().text)
        if not found or not found[2] or not attribute_set.isprintable():
            raise self.fail(1)
        value: int | str = int(found[2]) if _NUMBER.fullmatch(found[2]) else found[2]
        return Attribute(int(found[1]), value, attribute_set)

    def term_type(self) -> TermType:
        token = self.string()
        if token.text not in _TERM_TYPES:
            raise Bib1Error(229, token.text, token.position)
        return cast("TermType", token.text)

    def proximity(self) -> Proximity:
        exclusion = self.one_of({"void": None, "0": False, "1": True})
        distance = self.number()
        ordered = self.one_of({"0": False, "1": True})
        relation = self.number()
        private = self.one_of(_UNIT_KINDS)
        return Proximity(exclusion, distance, bool(ordered), relation, self.number(), bool(private))

    def one_of(self, values: dict[str, bool | None] | dict[str, bool]) -> bool | None:
        token = self.string()
        if token.text not in values:
            raise self.fail(1)
        return values[token.text]

    def number(self) -> int:
        token = self.string()
        if not _NUMBER.fullmatch(token.text):
            raise self.fail(1)
        return int(token.text)


def _under(attributes: tuple[Attribute, ...], one: Attribute) -> tuple[Attribute, ...]:
    """With one more, nearer to the term: it takes the place of one of its type and set."""
    kept = (other for other in attributes if (other.type, other.attribute_set) != (one.type, one.attribute_set))
    return (*kept, one)
