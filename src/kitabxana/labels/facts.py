"""Labels and cards on paper. Lengths are in hundredths of a millimetre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

What = Literal["spine", "barcode", "both", "card"]
WHAT: Final[tuple[What, ...]] = ("spine", "barcode", "both", "card")
"""What stands on a label: the call number, the barcode, both beside each other; or a reader's card."""

CARD_WIDTH: Final = 8560
CARD_HEIGHT: Final = 5398
"""ID-1 (CR80) of ISO/IEC 7810."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where labels lie on a page: `left` and `top` of the first one, `across` and `down` from one to the next.

    `code` is a standard's name or "own-" and the number of a library's own; `name` is what its library calls it.
    """

    code: str
    page_width: int
    page_height: int
    columns: int
    rows: int
    width: int
    height: int
    left: int = 0
    top: int = 0
    across: int = 0
    down: int = 0
    name: str = ""
    unit: str = ""

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def spot(self, place: int) -> tuple[int, int]:
        """(left, top) of a place, counted from 1 along the rows."""
        row, column = divmod(place - 1, self.columns)
        return self.left + column * self.across, self.top + row * self.down


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a label, from its upper left corner; `font` is the letters' height."""

    left: int
    top: int
    width: int
    height: int
    font: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label or card: `code` is the barcode's or card's number; "" where nothing is to stand.

    `reader` is whose card it is, for the audit trail.
    """

    code: str
    library: str = ""
    title: str = ""
    lines: tuple[str, ...] = ()
    name: str = ""
    category: str = ""
    until: str = ""
    reader: int | None = None
