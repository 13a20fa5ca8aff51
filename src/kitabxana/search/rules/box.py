"""What a reader's words ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitabxana.kernel.identifiers import isbn13, issn8
from kitabxana.language import fold, words
from kitabxana.search.facts import And, Everything, FieldName, Node, Not, Or, Phrase, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOX = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?:(?P<field>[^\W\d]\w*):(?=\S))?
        (?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
FIELD_NAMES: dict[str, FieldName] = {
    **dict.fromkeys(("title", "ti", "ad", "başlıq", "baslik", "sərlövhə", "название"), "title"),
    **dict.fromkeys(("author", "au", "müəllif", "muellif", "yazar", "автор"), "author"),
    **dict.fromkeys(("subject", "su", "mövzu", "movzu", "konu", "тема"), "subject"),
    **dict.fromkeys(("publisher", "nəşriyyat", "yayınevi", "издательство"), "publisher"),
    **dict.fromkeys(("isbn", "issn", "number", "nömrə"), "number"),
}
_FOLDED_NAMES = {fold(name): field for name, field in FIELD_NAMES.items()}


def parse_box(text: str) -> Node:
    """What a reader typed: words, "phrases", -not, OR, field:value, trailing *. Any input has a meaning."""
    alternatives: list[list[Node]] = [[]]
    for found in _BOX.finditer(text):
        if found["word"] in ("OR", "|") and not found["field"] and not found["minus"]:
            alternatives.append([])
            continue
        node = _part(found)
        if node is not None:
            alternatives[-1].append(Not(node) if found["minus"] else node)
    options = [_all_of(parts) for parts in alternatives if parts]
    if not options:
        return Everything()
    return options[0] if len(options) == 1 else Or(tuple(options))


def _part(found: re.Match[str]) -> Node | None:
    name = _FOLDED_NAMES.get(fold(found["field"] or ""))
    raw = found["phrase"] if found["phrase"] is not None else found["word"]
    if found["field"] and name is None:
        raw = f"{found['field']} {raw}"  # an unknown field is words like any other
    name = name or "all"
    if number := isbn13(raw) or (issn8(raw) if len(raw) in (8, 9) else None):
        return Term("number", number)
    if name == "number":
        return Term("number", re.sub(r"[\s\-]", "", raw).lower())
    tokens = words(raw)
    if not tokens:
        return None
    if found["phrase"] is not None and len(tokens) > 1:
        return Phrase(name, tuple(tokens))
    prefix = raw.endswith("*")
    parts = [Term(name, token, prefix=prefix and at == len(tokens) - 1) for at, token in enumerate(tokens)]
    return _all_of(parts)


def _all_of(parts: Sequence[Node]) -> Node:
    if all(isinstance(part, Not) for part in parts):
        parts = (Everything(), *parts)
    return parts[0] if len(parts) == 1 else And(tuple(parts))
