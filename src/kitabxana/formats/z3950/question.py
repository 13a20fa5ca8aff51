"""A search in the attributes of Bib-1, as the Bath profile asks for it: a number as it is, words each by itself."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final

from kitabxana.formats.pqf import Attribute, Operand, Operation, RpnQuery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitabxana.formats.pqf import RpnNode

USES: Final[Mapping[str, str]] = {"isbn": "1=7", "issn": "1=8", "title": "1=4 4=2", "author": "1=1003 4=2",
                                  "any": "1=1016 4=2"}  # fmt: skip
"""What can be asked for, and the attributes (type=value) by which most servers know it; 4=2 is a word."""

MOST_WORDS = 20
_WORD_STRUCTURE = Attribute(4, 2)
_ATTRIBUTE = re.compile(r"(?:(?P<type>[1-9]|1[0-4])=)?(?P<value>[^\s=]{1,40})", re.ASCII)
_LETTERS = re.compile(r"\w")


def attributes_of(text: str) -> tuple[Attribute, ...]:
    """Attributes written as `1=4 4=2`; a value alone is the Use (type 1), one that is no number the server's own name.

    Raises ValueError for anything else.
    """
    found = []
    for piece in text.split():
        read = _ATTRIBUTE.fullmatch(piece)
        if not read:
            raise ValueError(f"no attribute: {piece}")
        value = read["value"]
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else None
        found.append(Attribute(int(read["type"] or 1), value if number is None else number))
    return tuple(found)


def rpn_for(kind: str, terms: Sequence[str], *, indexes: Mapping[str, str]) -> RpnQuery:
    """Any of `terms` under the attributes of `kind` (a key of USES); where these ask for words, all words of a term.

    `indexes` are the target's own attributes. At most MOST_WORDS words of a term are asked for.
    """
    attributes = attributes_of(indexes.get(kind) or USES[kind])
    nodes: list[RpnNode] = []
    for term in terms:
        words = [word for word in term.split() if _LETTERS.search(word)] if _WORD_STRUCTURE in attributes else []
        operands: list[RpnNode] = [Operand(word, attributes) for word in words[:MOST_WORDS] or [term]]
        nodes.append(reduce(lambda left, right: Operation("and", left, right), operands))
    return RpnQuery(reduce(lambda left, right: Operation("or", left, right), nodes))
