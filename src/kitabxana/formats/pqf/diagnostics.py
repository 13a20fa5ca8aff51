"""The diagnostics of Z39.50 that concern a query: the set Bib-1 (1.2.840.10003.4.1)."""

from __future__ import annotations

from dataclasses import dataclass

MESSAGES = {
    6: "Too many boolean operators",
    9: "Truncated words too short",
    11: "Too many characters in search statement",
    18: "Result set not supported as a search term",
    30: "Specified result set does not exist",
    108: "Malformed query",
    110: "Operator unsupported",
    113: "Unsupported attribute type",
    114: "Unsupported Use attribute",
    117: "Unsupported Relation attribute",
    118: "Unsupported Structure attribute",
    119: "Unsupported Position attribute",
    120: "Unsupported Truncation attribute",
    121: "Unsupported Attribute Set",
    122: "Unsupported Completeness attribute",
    123: "Unsupported attribute combination",
    125: "Malformed search term",
    126: "Illegal term value for attribute",
    129: "Proximity search of sets not supported",
    131: "Unsupported proximity relation",
    132: "Unsupported proximity unit code",
    201: "Proximity not supported with this attribute combination",
    202: "Unsupported distance for proximity",
    229: "Term type not supported",
}
"""Those that are given here, by number."""


@dataclass(frozen=True, slots=True)
class Bib1Diagnostic:
    """Why a query is not answered: its number, the additional information, and where in the text that begins."""

    code: int
    addinfo: str
    position: int

    @property
    def message(self) -> str:
        return MESSAGES[self.code]


class Bib1Error(ValueError):
    """The one exception of reading PQF or asking an RPN query, with its diagnostic."""

    def __init__(self, code: int, addinfo: str = "", position: int = 0) -> None:
        self.diagnostic = Bib1Diagnostic(code, addinfo, position)
        super().__init__(f"{self.diagnostic.message}: {addinfo}" if addinfo else self.diagnostic.message)
