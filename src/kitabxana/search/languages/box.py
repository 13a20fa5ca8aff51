"""The search box: words, "phrases", -not, OR, parentheses, field:value, trailing *. Any input has a meaning.

docs/librarian/searching.md describes it for those who type in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast, get_args

from kitabxana.search.facts import CodeName, Everything, FieldName, Node, Not, Span
from kitabxana.search.languages.matching import coded
from kitabxana.search.languages.names import BY_NAME, Asked, name_key
from kitabxana.search.languages.nodes import (
    all_of,
    any_of,
    is_number,
    marc_words,
    number,
    number_alone,
    number_among_words,
    phrase,
    words_of,
    years,
)

if TYPE_CHECKING:
    from kitabxana.search.languages.names import Target

MOST_CHARACTERS = 2000
"""What is typed beyond them is not read."""

DEEPEST = 20
"""Parentheses within more parentheses than these do not count."""

_QUOTES = '"“”„«»‟'
_PIECE = re.compile(
    rf"""(?P<close>\)) | (?P<minus>(?<![^\s(])-(?=[^\s)]))?
        (?:
            (?:marc:|(?=\d{{3}}\$))(?P<tag>\d{{3}})\$?(?P<code>[a-z0-9])?[:=](?=[^\s)])
          | (?P<name>[^\W\d][\w-]*|001):(?=[^\s)])
        )?
        (?:(?P<open>\() | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|$) | (?P<word>[^\s(){_QUOTES}]+))""",
    re.VERBOSE | re.IGNORECASE,
)
_RUN = re.compile(rf"[^\s{_QUOTES}]+")
_MOST_DAYS = 36_500
_LIKE_A_NUMBER = re.compile(r"(?=\S*\d{3})[\w.-]{6,40}")
_READ_AS_A_WHOLE = frozenset({*get_args(CodeName), "year", "added", "marc"})


@dataclass(frozen=True, slots=True)
class Read:
    """What was asked, and the parts that could not be understood: they are searched as words."""

    node: Node
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands after a colon, or alone: its text, whether it was quoted, and as it was typed with its field."""

    text: str
    quoted: bool
    whole: str

    @property
    def prefix(self) -> bool:
        return self.text.endswith("*") and not self.quoted


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words are looked for: a field of the box, or a tag and subfield."""

    asked: Asked
    tag: str = ""
    code: str = ""


_EVERYWHERE = _Place(BY_NAME["all"])


@dataclass(slots=True)
class _Group:
    """What is read between two parentheses: alternatives of parts that all must be there."""

    place: _Place
    negated: bool = False
    alternatives: list[list[Node]] = field(default_factory=lambda: [[]])

    def node(self) -> Node | None:
        options = [all_of(parts) for parts in self.alternatives if parts]
        return any_of(options) if options else None

    def take(self, node: Node | None, *, negated: bool) -> None:
        if node is not None:
            self.alternatives[-1].append(Not(node) if negated else node)


def parse(text: str, *, today: date) -> Read:
    """What a reader typed; `today` is what "new:30" counts back from. Never raises."""
    text = text[:MOST_CHARACTERS]
    alone = number_alone(text)
    if alone is not None:
        return Read(alone)
    read = _Reader(text, today).read()
    if _LIKE_A_NUMBER.fullmatch(text.strip()) and (whole := number("number", text)):
        return Read(any_of((read.node, whole)), read.unknown)  # perhaps a control number
    return read


class _Reader:
    def __init__(self, text: str, today: date) -> None:
        self.text, self.today = text, today
        self.stack = [_Group(_EVERYWHERE)]
        self.ignored = 0  # parentheses that were opened too deep
        self.unknown: list[str] = []

    def read(self) -> Read:
        at = 0
        while found := _PIECE.search(self.text, at):
            at = self._piece(found)
        while len(self.stack) > 1:
            self._close()
        return Read(self.stack[0].node() or Everything(), tuple(dict.fromkeys(self.unknown)))

    def _piece(self, found: re.Match[str]) -> int:
        """Take one piece; gives where the next begins."""
        group = self.stack[-1]
        if found["close"]:
            self._close()
        elif found["open"]:
            self._open(found)
        elif self._joins(found):
            group.alternatives += [[]] if found["word"] != "AND" else []
        else:
            return self._value(found)
        return found.end()

    def _value(self, found: re.Match[str]) -> int:
        place = self._place(found)
        end = self._end(found, place)
        quoted = found["phrase"] is not None
        text = found["phrase"] if quoted else self.text[found.start("word") : end]
        value = _Value(text, quoted, self.text[found.start() + len(found["minus"] or "") : end])
        self.stack[-1].take(self._node(place, value, found["name"]), negated=bool(found["minus"]))
        return end

    def _joins(self, found: re.Match[str]) -> bool:
        """OR and |; an AND between two parts says what is meant anyway."""
        word = None if found["minus"] or found["name"] or found["tag"] else found["word"]
        between = word == "AND" and bool(self.stack[-1].alternatives[-1]) and bool(self.text[found.end() :].strip())
        return word in ("OR", "|") or between

    def _open(self, found: re.Match[str]) -> None:
        if len(self.stack) > DEEPEST:
            self.ignored += 1
            return
        place = self._place(found)
        if place is None:
            self.unknown.append(f"{found['name']}:")
            named = words_of("all", found["name"])
            self.stack[-1].take(all_of(named) if named else None, negated=bool(found["minus"]))
        self.stack.append(_Group(place or self.stack[-1].place, bool(found["minus"])))

    def _close(self) -> None:
        if self.ignored:
            self.ignored -= 1
        elif len(self.stack) > 1:
            group = self.stack.pop()
            self.stack[-1].take(group.node(), negated=group.negated)

    def _place(self, found: re.Match[str]) -> _Place | None:
        """Where a piece is to be looked for; None when its field has a name nobody knows."""
        if found["tag"]:
            return _Place(BY_NAME["marc"], found["tag"], (found["code"] or "").lower())
        if not found["name"]:
            return self.stack[-1].place
        asked = BY_NAME.get(name_key(found["name"]))
        return _Place(asked) if asked else None

    def _end(self, found: re.Match[str], place: _Place | None) -> int:
        """Where a value ends: a number may have parentheses in it, as 84(5Az) has."""
        if found["word"] is None or place is None or not found["name"] or not _whole_number(place.asked):
            return found.end()
        run = _RUN.match(self.text, found.start("word"))
        text = run[0] if run else found["word"]
        while text.endswith(")") and text.count(")") > text.count("("):
            text = text[:-1]
        return found.start("word") + len(text)

    def _node(self, place: _Place | None, value: _Value, name: str | None) -> Node | None:
        if place is None:
            self.unknown.append(value.whole)
            return _words(BY_NAME["all"], _Value(f"{name} {value.text}", quoted=False, whole=value.whole))
        target = place.asked.target
        if place.tag:
            return marc_words(place.tag, place.code, value.text)
        if _whole_number(place.asked):
            return _number(cast("FieldName", target), value)
        if target not in _READ_AS_A_WHOLE:
            return _words(place.asked, value)
        node = self._coded(target, value.text)
        if node is None:
            self.unknown.append(value.whole)
            return _words(BY_NAME["all"], value)
        return node

    def _coded(self, target: Target, text: str) -> Node | None:
        """A code, a range of years or days; None for what is none, and for "marc:" without a tag."""
        if target == "year":
            return years(text)
        return _added(text, self.today) if target == "added" else coded(target, text)


def _whole_number(asked: Asked) -> bool:
    return is_number(cast("FieldName", asked.target))


def _number(name: FieldName, value: _Value) -> Node | None:
    return number(name, value.text.rstrip("*") if value.prefix else value.text, prefix=value.prefix)


def _words(asked: Asked, value: _Value) -> Node | None:
    name = cast("FieldName", asked.target)
    if name == "all" and (one := number_among_words(value.text)):
        return one
    if value.quoted:
        return phrase(name, value.text, relator=asked.relator)
    found = words_of(name, value.text, prefix=value.prefix, relator=asked.relator)
    return all_of(found) if found else None


def _added(text: str, today: date) -> Node | None:
    """Added within so many days before `today`."""
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        return None
    back = min(int(text), _MOST_DAYS, today.toordinal() - 1)
    return Span("added", int((today - timedelta(days=back)).strftime("%Y%m%d")), None)
