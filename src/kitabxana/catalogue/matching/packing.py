"""Traits as a short text, kept beside the record: reading its MARC anew for each comparison took longer than that."""

from __future__ import annotations

from typing import Any

import orjson

from kitabxana.catalogue.matching.facts import Traits


def packed(traits: Traits) -> str:
    """A JSON array of the traits in the order of their fields, sets sorted: about 300 characters."""
    values: list[Any] = [getattr(traits, name) for name in Traits.__slots__]
    return orjson.dumps([sorted(value) if value.__class__ is frozenset else value for value in values]).decode()


def unpacked(text: str) -> Traits:
    """What `packed` was given."""
    (
        controls, isbns, issns, national, titles, heads, authors, people, years, publisher, pages, edition, volumes,
        figures, part, language, material,
    ) = orjson.loads(text)  # fmt: skip
    return Traits(
        frozenset(controls), frozenset(isbns), frozenset(issns), frozenset(national), tuple(titles), tuple(heads),
        tuple(authors), frozenset(people), frozenset(years), publisher, pages, edition, frozenset(volumes),
        frozenset(figures), part, language, material,
    )  # fmt: skip
