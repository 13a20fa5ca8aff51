"""Z39.50 as a client speaks it: what is asked, in BER, and what came back.

Source: ISO 23950 (ANSI/NISO Z39.50-2003), its APDUs of Init, Search, Present and Close; attribute set, diagnostics and
record syntaxes by the registers that belong to it.
"""

from __future__ import annotations

from kitabxana.formats.z3950.answers import (
    BadApdu,
    Closed,
    Diagnostic,
    Found,
    Presented,
    SentRecord,
    Welcome,
    read_answer,
)
from kitabxana.formats.z3950.question import USES, attributes_of, rpn_for
from kitabxana.formats.z3950.requests import SYNTAXES, close, init, present, search

__all__ = [
    "SYNTAXES",
    "USES",
    "BadApdu",
    "Closed",
    "Diagnostic",
    "Found",
    "Presented",
    "SentRecord",
    "Welcome",
    "attributes_of",
    "close",
    "init",
    "present",
    "read_answer",
    "rpn_for",
    "search",
]
