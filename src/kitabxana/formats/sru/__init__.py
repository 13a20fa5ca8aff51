"""SRU as a client speaks it: the address of a search, and what came back.

Sources: SRU 1.1 and 1.2 (Library of Congress), OASIS searchRetrieve 1.0 part 3 (SRU 2.0).
"""

from __future__ import annotations

from kitabxana.formats.sru.answer import BadAnswer, SruAnswer, SruDiagnostic, read_answer
from kitabxana.formats.sru.question import INDEXES, VERSIONS, cql_for, search_address

__all__ = [
    "INDEXES",
    "VERSIONS",
    "BadAnswer",
    "SruAnswer",
    "SruDiagnostic",
    "cql_for",
    "read_answer",
    "search_address",
]
