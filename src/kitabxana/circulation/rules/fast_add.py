"""The least that is written of a book which a reader brings to the desk before it was catalogued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from kitabxana.catalogue.facts import MarcJson

ABBREVIATED = "3"
"""Leader 17, encoding level: abbreviated, below the minimal one (MARC 21, Leader)."""

_LEADER = "00000nam a22000003i 4500"


def minimal_record(*, title: str, author: str, entered: date) -> MarcJson:
    """A book of which only title and author are known: date, country and language are said to be unknown in 008."""
    fixed = f"{entered:%y%m%d}nuuuuuuuuxx {' ' * 11}000 0 und  "
    fields: list[dict[str, Any]] = [{"008": fixed}]
    if author:
        fields.append({"100": {"ind1": "1", "ind2": " ", "subfields": [{"a": author}]}})
    heading = "1" if author else "0"
    fields.append({"245": {"ind1": heading, "ind2": "0", "subfields": [{"a": title}]}})
    return {"leader": _LEADER, "fields": fields}
