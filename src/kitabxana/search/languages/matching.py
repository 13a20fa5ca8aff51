"""One comparison of an index with a term, as CQL and RPN both ask it, into the tree."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, cast

from kitabxana.language import words
from kitabxana.search.facts import NUMBER_FIELDS, Node, Not, Span
from kitabxana.search.languages import codes
from kitabxana.search.languages.nodes import (
    all_of,
    any_code,
    any_of,
    compared,
    is_number,
    marc_words,
    number,
    number_alone,
    phrase,
    unit,
    words_of,
    years,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kitabxana.search.facts import FieldName
    from kitabxana.search.languages.names import Target

Comparison = Literal["=", "==", "<>", "<", "<=", ">", ">=", "any", "all", "within"]
Reason = Literal["empty", "relation", "format", "truncated", "truncated_phrase"]
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?")


class Unfit(Exception):
    """Why a term cannot be compared so: every language has its own diagnostic for each reason.

    empty: no word in it; relation: this index is not compared so; format: not a date, language, … as the index wants;
    truncated: no beginning of a word is looked for here; truncated_phrase: nor within words side by side.
    """

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


Part = tuple[str, bool]
"""A stretch of a term without white space, and whether it is only the beginning of a word."""


def compare(target: Target, comparison: Comparison, parts: Sequence[Part], *, relator: str = "") -> Node:
    """The tree of `target comparison term`. "=" takes words side by side with their relatives where a word stands
    alone, "==" without them, any and all take words for themselves. Raises Unfit."""
    if not any(text for text, _ in parts):
        raise Unfit("empty")
    if comparison == "<>":
        return all_of([Not(compare(target, "==", parts, relator=relator))])
    if target in ("year", "added"):
        return _dates(_SPANS[target], comparison, parts)
    if target in _CODES:
        return _each(comparison, parts, lambda text: _coded(_CODES[target], text))
    field = cast("FieldName", target)
    if is_number(field):
        truncated = any(prefix for _, prefix in parts)
        return _each(comparison, parts, lambda text: _number(field, text, truncated=truncated), truncated=True)
    return _words(field, comparison, parts, relator)


def compare_marc(tag: str, code: str, comparison: Comparison, parts: Sequence[Part]) -> Node:
    """Words anywhere in a field or subfield: they are not looked for side by side. Raises Unfit."""
    if comparison == "<>":
        return all_of([Not(compare_marc(tag, code, "==", parts))])
    return _each(comparison, parts, lambda text: _marc(tag, code, text))


def _marc(tag: str, code: str, text: str) -> Node:
    node = marc_words(tag, code, text)
    if node is None:
        raise Unfit("empty")
    return node


def _words(field: FieldName, comparison: Comparison, parts: Sequence[Part], relator: str) -> Node:
    if comparison in ("any", "all"):
        each = [node for text, prefix in parts for node in words_of(field, text, prefix=prefix, relator=relator)]
        if not each:
            raise Unfit("empty")
        return any_of(each) if comparison == "any" else all_of(each)
    if comparison not in ("=", "=="):
        raise Unfit("relation")
    text = " ".join(text for text, _ in parts)
    if field == "all" and (one := number_alone(text)):
        return one
    truncated, count = any(prefix for _, prefix in parts), len(words(text))
    if truncated and count > 1:
        raise Unfit("truncated_phrase")
    if count == 1:
        return words_of(field, text, prefix=truncated, relator=relator, exact=comparison == "==" and not truncated)[0]
    node = phrase(field, text, relator=relator)
    if node is None:
        raise Unfit("empty")
    return node


def _each(
    comparison: Comparison, parts: Sequence[Part], one: Callable[[str], Node], *, truncated: bool = False
) -> Node:
    """A value as a whole, or for any and all every part of it as a whole."""
    if any(prefix for _, prefix in parts) and not truncated:
        raise Unfit("truncated")
    if comparison in ("=", "=="):
        return one(" ".join(text for text, _ in parts))
    if comparison not in ("any", "all"):
        raise Unfit("relation")
    nodes = [one(text) for text, _ in parts]
    return any_of(nodes) if comparison == "any" else all_of(nodes)


def _number(field: FieldName, text: str, *, truncated: bool) -> Node:
    found = number(field, text, prefix=truncated)
    if found is None:
        raise Unfit("empty")
    return found


def _coded(read: Callable[[str], Node | None], text: str) -> Node:
    node = read(text)
    if node is None:
        raise Unfit("format")
    return node


def _language(text: str) -> Node | None:
    code = codes.language_code(text)
    return any_code("language", (code,)) if code else None


def _original(text: str) -> Node | None:
    code = codes.language_code(text)
    return any_code("original_language", (code,)) if code else None


def _material(text: str) -> Node | None:
    code = codes.material_code(text)
    return any_code("material", (code,)) if code else None


def _audience(text: str) -> Node | None:
    found = codes.audience_codes(text)
    return any_code("audience", found) if found else None


def _library(text: str) -> Node | None:
    return unit(text) if text.strip() else None


_CODES: dict[str, Callable[[str], Node | None]] = {
    "language": _language, "original_language": _original, "material": _material, "audience": _audience,
    "library": _library,
}  # fmt: skip


def has_words(target: str) -> bool:
    """Whether words are looked for there, not whole numbers, codes or dates."""
    return target not in _CODES and target not in _SPANS and target not in NUMBER_FIELDS


def coded(target: str, text: str) -> Node | None:
    """A coded value by its code or name; None when nobody knows it, or `target` has no codes."""
    read = _CODES.get(target)
    return read(text) if read else None


def _dates(span_of: Callable[[str, str], Span | None], comparison: Comparison, parts: Sequence[Part]) -> Node:
    if any(prefix for _, prefix in parts):
        raise Unfit("truncated")
    texts = [text for text, _ in parts]
    if comparison == "within":
        if len(texts) != 2:
            raise Unfit("format")
        first, last = (_span(span_of, sign, text) for sign, text in zip((">=", "<="), texts, strict=True))
        return Span(first.name, first.first, last.last)
    if comparison in ("any", "all"):
        spans: list[Node] = [_span(span_of, "=", text) for text in texts]
        return any_of(spans) if comparison == "any" else all_of(spans)
    return _span(span_of, "=" if comparison == "==" else comparison, " ".join(texts))


def _span(span_of: Callable[[str, str], Span | None], sign: str, text: str) -> Span:
    span = span_of(sign, text)
    if span is None:
        raise Unfit("format")
    return span


def _years(sign: str, text: str) -> Span | None:
    if sign == "=":
        return years(text)
    return compared(sign, int(text)) if re.fullmatch(r"\d{1,4}", text) else None


def _added(sign: str, text: str) -> Span | None:
    """Days as YYYYMMDD or YYYY-MM-DD (ISO 8601); a time of day is passed over."""
    found = _DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
        before, after = (day - timedelta(days=1), day + timedelta(days=1)) if day else (None, None)
    except (ValueError, OverflowError):
        return None
    if day is None or before is None or after is None:
        return None
    first = {"=": day, ">=": day, ">": after}.get(sign)
    last = {"=": day, "<=": day, "<": before}.get(sign)
    return Span("added", _as_number(first), _as_number(last))


def _as_number(day: date | None) -> int | None:
    return int(day.strftime("%Y%m%d")) if day else None


_SPANS: dict[str, Callable[[str, str], Span | None]] = {"year": _years, "added": _added}
