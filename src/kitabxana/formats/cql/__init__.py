"""CQL, the Contextual Query Language of SRU (1.2 and 2.0): text to a small tree and back.

Grammar: OASIS searchRetrieve 1.0, part 5 (CQL). Beyond it, as servers commonly do, a run of bare words is one clause.
"""

from __future__ import annotations

from kitabxana.formats.cql.diagnostics import MESSAGES, CqlError, Diagnostic
from kitabxana.formats.cql.reading import DEEPEST, MOST_BOOLEANS, MOST_CHARACTERS, parse_cql
from kitabxana.formats.cql.tree import (
    SERVER_CHOICE,
    Boolean,
    Clause,
    CqlNode,
    Modifier,
    Prefix,
    Query,
    Relation,
    SortKey,
)
from kitabxana.formats.cql.writing import to_cql

__all__ = [
    "DEEPEST",
    "MESSAGES",
    "MOST_BOOLEANS",
    "MOST_CHARACTERS",
    "SERVER_CHOICE",
    "Boolean",
    "Clause",
    "CqlError",
    "CqlNode",
    "Diagnostic",
    "Modifier",
    "Prefix",
    "Query",
    "Relation",
    "SortKey",
    "parse_cql",
    "to_cql",
]
