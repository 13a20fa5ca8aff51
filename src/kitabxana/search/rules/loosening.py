"""What to look for when nothing is found: words that are written alike, then most of the words instead of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from kitabxana.search.facts import NUMBER_FIELDS, And, Code, Node, Not, Or, Records, Some, Span, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_ALIKE: Final = 4
_SHORTEST: Final = 3
_BOUND: Final = Not | Code | Span | Records
_LONG_WORD: Final = 6
_TYPED_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def words_of(node: Node) -> Iterator[Term]:
    """The whole words of a query that might be misspelt, each once, without those it leaves out."""
    match node:
        case Term() if node.field not in NUMBER_FIELDS and not node.prefix and not node.exact:
            yield node
        case And(parts) | Or(parts) | Some(parts):
            seen = set()
            for part in parts:
                for term in words_of(part):
                    if term not in seen:
                        seen.add(term)
                        yield term
        case _:
            return


def beginnings(word: str) -> list[str]:
    """How the dictionary's words begin that might be meant by a misspelt one.

    The first two letters are right, or swapped, or one of them is missing, put in or another one. Never one letter
    alone: in a large catalogue hundreds of thousands of words begin with it.
    """
    if len(word) < _SHORTEST:
        return []
    first, second, rest = word[0], word[1], word[2]
    right = [word[:2], second + first, word[1:3], first + word[2:4]]
    others = [
        start
        for letter in (_TYPED_LETTERS if word.isascii() else "")
        for start in (letter + second + rest, first + letter + rest, first + letter + second, letter + word[:2])
    ]
    found = dict.fromkeys(right + others)
    return [start for start in found if not any(start != other and start.startswith(other) for other in right)]


def alike(word: str, counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """(word, edits) of the dictionary's words that are nearest to a misspelt one, the nearest and most frequent first.

    An edit is a letter put in, left out, replaced or swapped with its neighbour: one in a short word, two in a long.
    """
    most = 2 if len(word) >= _LONG_WORD else 1
    found = []
    for other, count in counted.items():
        if abs(len(other) - len(word)) <= most and other != word and other.isalpha():
            edits = OSA.distance(word, other, score_cutoff=most)
            if edits <= most:
                found.append((edits, other[0] != word[0], -count, other))
    return [(other, edits) for edits, _, _, other in sorted(found)[:MOST_ALIKE]]


def respelt(node: Node, meant: Mapping[str, Iterable[str]]) -> Node:
    """The query with each word of `meant` standing for any of its readings as well."""
    match node:
        case Term() if node.word in meant:
            forms = [replace(node, word=form, written=form, exact=form.isascii()) for form in meant[node.word]]
            return Or((node, *forms)) if forms else node
        case And(parts):
            return And(tuple(respelt(part, meant) for part in parts))
        case Or(parts):
            return Or(tuple(respelt(part, meant) for part in parts))
        case _:
            return node


def most_of(node: Node) -> Node | None:
    """The query with one of its words missing, or a third of them where there are many; None for a single word."""
    if not isinstance(node, And):
        return None
    free = [part for part in node.parts if not isinstance(part, _BOUND)]
    bound = [part for part in node.parts if isinstance(part, _BOUND)]
    if len(free) < 2:
        return None
    some = Some(tuple(free), len(free) - max(1, len(free) // 3))
    return And((some, *bound)) if bound else some
