"""The diagnostics of SRU that concern a query: info:srw/diagnostic/1, from the list the Library of Congress keeps."""

from __future__ import annotations

from dataclasses import dataclass

MESSAGES = {
    10: "Query syntax error",
    12: "Too many characters in query",
    13: "Invalid or unsupported use of parentheses",
    14: "Invalid or unsupported use of quotes",
    15: "Unsupported context set",
    16: "Unsupported index",
    18: "Unsupported combination of indexes",
    19: "Unsupported relation",
    20: "Unsupported relation modifier",
    22: "Unsupported combination of relation and index",
    26: "Non special character escaped in term",
    27: "Empty term unsupported",
    28: "Masking character not supported",
    29: "Masked words too short",
    31: "Anchoring character not supported",
    32: "Anchoring character in unsupported position",
    33: "Combination of proximity/adjacency and masking characters not supported",
    36: "Term in invalid format for index or relation",
    38: "Too many boolean operators in query",
    39: "Proximity not supported",
    40: "Unsupported proximity relation",
    41: "Unsupported proximity distance",
    42: "Unsupported proximity unit",
    46: "Unsupported boolean modifier",
    49: "Masking character in unsupported position",
    50: "Result sets not supported",
    82: "Unsupported sort sequence",
    88: "Unsupported path for sort",
    90: "Unsupported direction",
}
"""Those that are given here, by number."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why a query is not answered: its number, what in the query it is about, and where that begins (0 the first)."""

    code: int
    details: str
    position: int

    @property
    def message(self) -> str:
        return MESSAGES[self.code]

    @property
    def uri(self) -> str:
        return f"info:srw/diagnostic/1/{self.code}"


class CqlError(ValueError):
    """The one exception of reading CQL, with its diagnostic."""

    def __init__(self, code: int, details: str, position: int = 0) -> None:
        self.diagnostic = Diagnostic(code, details, position)
        super().__init__(f"{self.diagnostic.message}: {details}" if details else self.diagnostic.message)
