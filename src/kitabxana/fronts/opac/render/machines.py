"""What a book's page says to machines: search engines, those that draw a preview of a link, reference managers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitabxana.fronts.opac.render.books import Book
    from kitabxana.fronts.opac.render.record import Line

LONGEST: Final = 200
"""How much of a description such readers show."""

_ADDRESSES: Final = frozenset({"url", "image", "sameAs"})
_OPEN_GRAPH_BOOKS: Final = frozenset({"Book", "Audiobook"})


@dataclass(frozen=True, slots=True)
class Property:
    """A schema.org property in the page's own markup; `address` where its value is one."""

    name: str
    text: str
    address: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """`kind` is the address of the schema.org type, `open_graph` the type Open Graph has for it."""

    kind: str
    open_graph: str
    properties: tuple[Property, ...]


def marked(described: Mapping[str, Any]) -> Marked:
    """The flat part of a schema.org description: things in it by their names alone."""
    return Marked(
        kind=f"https://schema.org/{described['@type']}",
        open_graph="book" if described["@type"] in _OPEN_GRAPH_BOOKS else "website",
        properties=tuple(_properties(described)),
    )


def summary(book: Book, summaries: Sequence[Line]) -> str:
    """One or two sentences on a book for those who have not opened its page yet."""
    made = ", ".join(part for part in (book.author, book.publisher, book.year) if part)
    text = ". ".join(part for part in (made, book.material, summaries[0].text if summaries else "") if part)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _properties(described: Mapping[str, Any]) -> Iterator[Property]:
    for name, value in described.items():
        if name.startswith("@"):
            continue
        for one in value if isinstance(value, list) else [value]:
            text = one.get("name", "") if isinstance(one, dict) else str(one)
            if text:
                yield Property(name, text, address=name in _ADDRESSES)
