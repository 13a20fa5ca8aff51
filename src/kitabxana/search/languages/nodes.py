"""The builders of the query tree that every language shares: words, whole numbers, codes, years, and their joining."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kitabxana.kernel.identifiers import isbn13, issn8
from kitabxana.language import fold, words
from kitabxana.search.facts import (
    NUMBER_FIELDS,
    And,
    Code,
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.search.facts import CodeName

_CHUNK = re.compile(r"[^\s\-‐‑‒–—―−/\\.,;:!?()\[\]{}<>…*|=+&\"“”„«»‟]+")
_ONLY_NUMBER = re.compile(r"[\dXx\s‐‑‒–—-]+")
_JOINTS = re.compile(r"[\s\-]")
_DASH = re.compile("[‐‑‒–—-]")
_QUOTING = "'’ʼ‘`^#"
_YEAR = r"(\d{1,4})"
_YEARS = re.compile(rf"(?P<sign>[<>]=?|=)?{_YEAR}|{_YEAR}?(?:-|\.\.){_YEAR}?")


def all_of(parts: Iterable[Node]) -> Node:
    """Everything asked for at once; what only excludes excludes from all there is."""
    found = tuple(one for part in parts for one in (part.parts if isinstance(part, And) else (part,)))
    if all(isinstance(part, Not) for part in found):
        found = (Everything(), *found)
    return found[0] if len(found) == 1 else And(found)


def any_of(parts: Iterable[Node]) -> Node:
    """Any of these; nothing asked is everything."""
    found = tuple(dict.fromkeys(one for part in parts for one in (part.parts if isinstance(part, Or) else (part,))))
    if not found:
        return Everything()
    return found[0] if len(found) == 1 else Or(found)


def typed(raw: str) -> list[tuple[str, str]]:
    """The words of a text as (folded, as written), folded exactly as the index folds them."""
    raw = unicodedata.normalize("NFC", raw)
    tokens = words(raw)
    pairs: list[tuple[str, str]] = []
    for chunk in _CHUNK.findall(raw):
        folded = words(chunk)
        written = chunk.strip(_QUOTING) if len(folded) == 1 else ""
        pairs += [(word, written or word) for word in folded]
    return pairs if [folded for folded, _ in pairs] == tokens else [(token, token) for token in tokens]


def words_of(field: FieldName, raw: str, *, prefix: bool = False, relator: str = "", exact: bool = False) -> list[Node]:
    """One term for every word of a text; `prefix` is the last one's."""
    pairs = typed(raw)
    last = len(pairs) - 1
    return [
        Term(field, word, prefix=prefix and at == last, written=written, relator=relator, exact=exact)
        for at, (word, written) in enumerate(pairs)
    ]


def phrase(field: FieldName, raw: str, *, relator: str = "") -> Node | None:
    """Words side by side; one word alone is taken exactly. A phrase knows no relator: then its words, exactly."""
    tokens = words(raw)
    if relator or len(tokens) < 2:
        found = words_of(field, raw, relator=relator, exact=True)
        return all_of(found) if found else None
    return Phrase(field, tuple(tokens))


def side_by_side(field: FieldName, before: Sequence[str], after: Sequence[str], *, ordered: bool) -> Node:
    """Folded words next to others, in this order or in any."""
    there = Phrase(field, (*before, *after))
    return there if ordered else any_of((there, Phrase(field, (*after, *before))))


def number_key(raw: str) -> str:
    """A number as it is compared: folded, without white space and hyphens ("Az-001" is "az001"). At rest."""
    key = _JOINTS.sub("", fold(raw))
    # Letters of two alphabets that stood apart fold otherwise side by side.
    return key if key.isascii() else _JOINTS.sub("", fold(key))


def standard_number(raw: str) -> str:
    """The ISBN (as 13 digits) or ISSN in a text as it is compared, "" when there is none."""
    found = isbn13(raw) or (issn8(raw) if len(raw.strip()) in (8, 9) else None)
    return found.lower() if found else ""


def number_alone(raw: str) -> Node | None:
    """What a text asks for that is nothing but an ISBN or ISSN, however it is spaced; None when it is none."""
    return number_among_words(raw) if _ONLY_NUMBER.fullmatch(raw) else None


def number_among_words(raw: str) -> Node | None:
    """What a word asks for that no field was said for, when it is an ISBN or ISSN; None when it is none.

    One in eleven spans of years ("1917-1927") and days is a valid ISSN: those are looked for as words too.
    """
    key = standard_number(raw)
    found = number("number", raw) if key else None
    if found is None or len(key) == 13:
        return found
    halves = re.split(_DASH, raw.strip())
    if len(halves) == 2 and not all("1000" <= half <= "2099" for half in halves):
        return found
    return any_of((found, all_of(words_of("all", raw))))


def number(field: FieldName, raw: str, *, prefix: bool = False) -> Term | None:
    """A whole number in one of `facts.NUMBER_FIELDS`."""
    key = ""
    if not prefix and field in ("number", "isbn", "issn"):
        key = standard_number(raw)
    key = key or number_key(raw)
    return Term(field, key, prefix=prefix, written=raw.strip()) if key else None


def is_number(field: FieldName) -> bool:
    return field in NUMBER_FIELDS


def marc_words(tag: str, code: str, raw: str) -> Node | None:
    tokens = words(raw)
    return all_of(Marc(tag, code, token) for token in tokens) if tokens else None


def any_code(name: CodeName, values: Sequence[str]) -> Node:
    return any_of(Code(name, value) for value in values)


def unit(raw: str) -> Node:
    """A unit by its code; codes are mostly capitals, so that small letters may stand for them."""
    code = raw.strip()
    return any_code("library", (code, code.upper()))


def years(raw: str) -> Span | None:
    """ "1990", "1990-2000", "-1990", "1990-", ">1990", "<=2000" as years; None for anything else."""
    found = _YEARS.fullmatch(re.sub(r"\s+", "", fold(raw)))
    if not found or not any(found.groups()[1:]):
        return None
    sign, one, first, last = found.groups()
    if one:
        return compared(sign or "=", int(one))
    span = [int(end) if end else None for end in (first, last)]
    if span[0] is not None and span[1] is not None and span[0] > span[1]:
        span.reverse()
    return Span("year", span[0], span[1])


def compared(sign: str, year: int) -> Span:
    """The years that stand to `year` as <, <=, =, >= or > says."""
    first = {"=": year, ">=": year, ">": year + 1}.get(sign)
    last = {"=": year, "<=": year, "<": year - 1}.get(sign)
    return Span("year", first, last)
