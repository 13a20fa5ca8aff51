"""The texts of notices: a small part of Jinja's language, in which nothing can be reached but the facts below.

A text may print a fact, go through `items`, ask whether something is there, and use a few filters. It can't call
anything, look into an object or count without end: whatever else is refused when the text is saved, with its line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kitabxana.notices.facts import LANGUAGES, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT = 6000
LONGEST_SUBJECT = 200
LONGEST_SMS = 459
"""Three parts of a message, the most that gateways of both countries put together."""

_ITEM: Final = {"title", "author", "barcode", "date", "amount", "what"}
FIELDS: Final[Mapping[str, set[str]]] = {
    "to": {"name"},
    "reader": {"name", "firstname", "surname", "card"},
    "library": {"name", "address", "city", "phone", "email"},
    "first": _ITEM,
    "items": set(),
    "date": set(),
    "total": set(),
    "level": set(),
    "count": set(),
    "more": set(),
}
"""What a text may name. `first` is the first of `items`, `more` how many there are besides."""

SAMPLE: Final[Mapping[str, Any]] = {
    "to": {"name": "Əliyeva Aytən"},
    "reader": {"name": "Əliyeva Aytən", "firstname": "Aytən", "surname": "Əliyeva", "card": "AZ00000001"},
    "library": {"name": "Kitabxana", "address": "Nizami 1", "city": "Gəncə", "phone": "+994 22 000 00 00", "email": ""},
    "first": {"title": "Əli və Nino", "author": "Qurban Səid", "barcode": "1", "date": "1", "amount": "1", "what": "1"},
    "items": [
        {"title": "Əli və Nino", "author": "Qurban Səid", "barcode": "1", "date": "1", "amount": "1", "what": "1"},
    ],
    "date": "1",
    "total": "1",
    "level": 1,
    "count": 1,
    "more": 0,
}
_LOOP = {"first", "last", "index"}
_FILTERS = {"upper", "lower", "capitalize", "length", "trim"}
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.For, nodes.If,
    nodes.Filter, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.globals.clear()
_TEXTS = Path(__file__).parent / "texts"


def wording_problem(text: str, *, most: int = LONGEST_TEXT) -> tuple[str, int, str] | None:
    """(code, line counted from 1, what it is about) of why a text can't be used; None when it can."""
    if len(text) > most:
        return "too_long", 1, str(most)
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as wrong:
        return "syntax", wrong.lineno, wrong.message or ""
    if found := _forbidden(tree, known={name: set(fields) for name, fields in FIELDS.items()}, depth=0):
        return found
    try:
        _ENVIRONMENT.from_string(text).render(SAMPLE)
    except (TemplateError, TypeError, ValueError) as wrong:
        return "syntax", 1, str(wrong)
    return None


def _forbidden(node: nodes.Node, *, known: dict[str, set[str]], depth: int) -> tuple[str, int, str] | None:
    """The first part of a text that is not in the language of notices. `known` are the names that may be said here."""
    if not isinstance(node, _ALLOWED):
        return "not_in_texts", node.lineno, type(node).__name__.lower()
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        return _wrong_name(node, known)
    if isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.args or node.kwargs):
        return "not_in_texts", node.lineno, node.name
    if isinstance(node, nodes.For):
        return _wrong_loop(node, known, depth=depth)
    return next((bad for part in node.iter_child_nodes() if (bad := _forbidden(part, known=known, depth=depth))), None)


def _wrong_loop(
    node: nodes.For, known: dict[str, set[str]], *, depth: int
) -> tuple[str, int, str] | None:  # fmt: skip
    """Only `items` can be gone through, and not within itself."""
    target, through = node.target, node.iter
    plain = isinstance(target, nodes.Name) and isinstance(through, nodes.Name) and not (node.test or node.recursive)
    if depth or not plain or through.name != "items" or target.name in known:  # type: ignore[attr-defined]
        return "not_in_texts", node.lineno, "for"
    inside = known | {target.name: _ITEM, "loop": _LOOP}  # type: ignore[attr-defined]
    parts = [*node.body, *node.else_]
    return next((bad for part in parts if (bad := _forbidden(part, known=inside, depth=1))), None)


def _wrong_name(node: nodes.Name | nodes.Getattr, known: dict[str, set[str]]) -> tuple[str, int, str] | None:
    if isinstance(node, nodes.Name):
        return None if node.name in known else ("unknown_word", node.lineno, node.name)
    if not isinstance(node.node, nodes.Name):
        return "not_in_texts", node.lineno, node.attr
    if node.attr not in known.get(node.node.name, set()):
        return "unknown_word", node.lineno, f"{node.node.name}.{node.attr}"
    return None


def render(text: str, facts: Mapping[str, Any]) -> str:
    """The text with its facts filled in; a run of empty lines becomes one."""
    made = _compiled(text).render(facts)
    return re.sub(r"\n{3,}", "\n\n", made).strip()


@lru_cache(maxsize=2048)
def _compiled(text: str) -> Any:
    return _ENVIRONMENT.from_string(text)


def shortened(text: str, most: int = LONGEST_SMS) -> str:
    """A message of one line that fits."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _read(language: str) -> dict[str, Wording]:
    """The house's own texts of one language: sections headed [name], with what many of them share put in."""
    parts = re.split(r"^\[(\w+)\]\n", (_TEXTS / f"{language}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = {name: text.strip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    greeting, closing, books, due = (sections.pop(name) for name in ("greeting", "closing", "books", "due"))
    found = {}
    for name, section in sections.items():
        subject, sms, body = section.split("\n", 2)
        body = body.replace("@books", books).replace("@due", due).strip("\n")
        whole = f"{greeting}\n\n{body}\n\n{closing.strip()}\n"
        found[name] = Wording(subject.removeprefix("subject: "), whole, sms.removeprefix("sms: "))
    return found


DEFAULTS: Final[Mapping[str, Mapping[str, Wording]]] = {language: _read(language) for language in LANGUAGES}
"""language → trigger → the text the house brings along."""


def built_in(trigger: str, language: str) -> Wording:
    return DEFAULTS[language if language in DEFAULTS else "az"][trigger]
