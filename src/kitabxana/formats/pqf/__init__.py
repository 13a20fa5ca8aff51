"""PQF, the prefix notation of Z39.50's type-1 query (RPN): text to a tree and back.

The tree is that of RPNQuery in ISO 23950, so that the protocol's BER becomes the same. Notation: YAZ's documentation.
"""

from __future__ import annotations

from kitabxana.formats.pqf.diagnostics import MESSAGES, Bib1Diagnostic, Bib1Error
from kitabxana.formats.pqf.reading import MOST_CHARACTERS, MOST_OPERATORS, parse_pqf
from kitabxana.formats.pqf.tree import (
    Attribute,
    Operand,
    Operation,
    Proximity,
    ResultSet,
    RpnNode,
    RpnQuery,
)
from kitabxana.formats.pqf.writing import to_pqf

__all__ = [
    "MESSAGES",
    "MOST_CHARACTERS",
    "MOST_OPERATORS",
    "Attribute",
    "Bib1Diagnostic",
    "Bib1Error",
    "Operand",
    "Operation",
    "Proximity",
    "ResultSet",
    "RpnNode",
    "RpnQuery",
    "parse_pqf",
    "to_pqf",
]
