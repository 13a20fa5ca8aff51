"""A search as an address: the query in CQL, the parameters as each version calls them."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kitabxana.formats.cql import SERVER_CHOICE, Boolean, Clause, CqlNode, Query, Relation, to_cql

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSIONS: Final = ("1.1", "1.2", "2.0")
INDEXES: Final[Mapping[str, str]] = {
    "isbn": "bath.isbn",
    "issn": "bath.issn",
    "title": "dc.title",
    "author": "dc.creator",
    "any": SERVER_CHOICE,
}
"""What can be asked for, and the index by which most servers know it (Bath profile, Dublin Core)."""

_MASKING = re.compile(r'[\\"*?^]')


def cql_for(kind: str, terms: Sequence[str], *, indexes: Mapping[str, str]) -> str:
    """Any of `terms` in the index of `kind` (a key of INDEXES); a term of several words is found where all of them are.

    `indexes` are the target's own names. What CQL would take for a mask is asked for as it is written.
    """
    index = indexes.get(kind) or INDEXES[kind]
    clauses: list[CqlNode] = [
        Clause((_MASKING.sub(r"\\\g<0>", term),), index, Relation("all" if " " in term else "=")) for term in terms
    ]
    return to_cql(Query(reduce(lambda left, right: Boolean("or", left, right), clauses)))


def search_address(
    base: str, *, version: str, query: str, most: int, schema: str = "marcxml", first: int = 1
) -> str:  # fmt: skip
    """The address that asks a server for records `first` … in `schema`, at most `most`; parameters of `base` stay."""
    asked = {
        "query": query,
        "startRecord": str(first),
        "maximumRecords": str(most),
        "recordSchema": schema,
    }
    if version == "2.0":
        asked |= {"queryType": "cql", "recordXMLEscaping": "xml"}
    else:
        asked |= {"operation": "searchRetrieve", "version": version, "recordPacking": "xml"}
    parts = urlsplit(base)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in asked]
    return urlunsplit(parts._replace(query=urlencode([*kept, *asked.items()]), fragment=""))
