"""Citations of a record in the styles that students are asked for, in the words of the reader's language.

The styles are Citation Style Language 1.0 (`styles/`), written for what a catalogue describes; citeproc-py sets them.
"""

from __future__ import annotations

import io
import re
from importlib import resources
from types import SimpleNamespace
from typing import Any, Final

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.source.json import CiteProcJSON
from lxml import etree

from kitabxana.language import upper

STYLES: Final = ("apa", "mla", "chicago", "gost")
_LOCALES: Final = {"az": "az-AZ", "tr": "tr-TR", "en": "en-US", "ru": "ru-RU"}
_FIRST, _LAST, _CAPITAL = "\ue000", "\ue001", "\ue002"
# Characters that no record means: around what stands in italics, and (in the styles) before what begins a sentence,
# because CSL's own capitals know no İ.
_FORMATTER: Final = SimpleNamespace(
    preformat=str, Italic=lambda text: f"{_FIRST}{text}{_LAST}", Oblique=str, Bold=str, Light=str, Underline=str,
    Superscript=str, Subscript=str, SmallCaps=str,
)  # fmt: skip
_PIECE: Final = re.compile(f"{_FIRST}([^{_LAST}]*){_LAST}|([^{_FIRST}]+)")
_MARKS: Final = str.maketrans("", "", f"{_FIRST}{_LAST}{_CAPITAL}")
_USED: Final = (
    "id", "type", "title", "author", "editor", "translator", "container-title", "volume", "issue", "page", "edition",
    "publisher", "publisher-place", "issued", "number-of-pages", "genre", "DOI", "URL",
)  # fmt: skip


def cite(item: dict[str, Any], *, style: str, language: str) -> list[tuple[str, bool]]:
    """The bibliography entry of one CSL-JSON item as pieces of text, each with whether it stands in italics.

    `style` is one of `STYLES`, `language` az, tr, en or ru; [] for an item that has nothing to say. Each call reads the
    style anew (about 2 ms): a parsed one keeps state while it writes, and two threads must not meet in it.
    """
    source = CiteProcJSON([{name: _clean(item[name]) for name in _USED if name in item}])
    whole = CitationStylesBibliography(_style(style, language), source, _FORMATTER)
    whole.register(Citation([CitationItem(str(item["id"]))]))
    text = _capitals(_tidy("".join(map(str, whole.bibliography()))), language)
    return [(italic or upright, bool(italic)) for italic, upright in _PIECE.findall(text)]


def plain_text(pieces: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _italic in pieces)


def _style(style: str, language: str) -> CitationStylesStyle:
    folder = resources.files(__package__) / "styles"
    root = etree.fromstring((folder / f"{style}.csl").read_bytes())
    words = etree.fromstring((folder / "terms.xml").read_bytes())
    info = root[0]
    for locale in reversed(words.findall("{*}locale")):
        info.addnext(locale)
    return CitationStylesStyle(io.BytesIO(etree.tostring(root)), locale=_LOCALES[language], validate=False)


def _clean(value: Any) -> Any:
    """The same value without the characters that have a meaning here."""
    if isinstance(value, str):
        return value.translate(_MARKS)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def _tidy(text: str) -> str:
    """One mark where a title's own and the style's meet: "Kim?." is "Kim?"."""
    text = re.sub(rf"([?!…]{_LAST}?)\.", r"\1", " ".join(text.split()))
    return re.sub(rf"\.({_LAST}?)\.", r".\1", text)


def _capitals(text: str, language: str) -> str:
    head, *rest = text.split(_CAPITAL)
    return head + "".join(upper(part[:1], language) + part[1:] for part in rest)
