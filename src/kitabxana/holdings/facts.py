"""A copy as rules and pages see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """`place` is one of shelf, loan, hold_shelf, transit, conservation, order. `not_for_loan` includes the type's."""

    id: int
    record_id: int
    barcode: str | None
    home_unit: str
    holding_unit: str
    item_type: str
    location: str
    collection: str
    call_number: str
    shelf_key: str
    copy_number: str
    volume: str
    note: str
    accession_number: str
    price_minor: int | None
    currency: str
    lost: str
    damaged: bool
    withdrawn: bool
    not_for_loan: bool
    restricted: bool
    place: str
    loans: int
    last_seen_at: datetime | None
    created_at: datetime

    @property
    def lendable(self) -> bool:
        """Whether nothing in the copy's own state keeps it from being lent."""
        return not (self.lost or self.withdrawn or self.not_for_loan or self.restricted)

    @property
    def on_shelf(self) -> bool:
        """Whether a reader who comes now can take it."""
        return self.place == "shelf" and self.lendable and not self.damaged


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """How many copies of a record stand alike in one library; the names as in `ItemFacts`."""

    unit_id: int
    place: str
    lost: bool
    damaged: bool
    not_for_loan: bool
    restricted: bool
    count: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as an import or a form gives it; units and types by code. `source_digest` as in `Item`."""

    barcode: str | None
    home_unit: str
    holding_unit: str
    item_type: str
    location: str = ""
    collection: str = ""
    call_number: str = ""
    shelf_key: str = ""
    accession_number: str = ""
    copy_number: str = ""
    volume: str = ""
    note: str = ""
    price_minor: int | None = None
    currency: str = ""
    lost: str = ""
    damaged: bool = False
    withdrawn: bool = False
    not_for_loan: bool = False
    restricted: bool = False
    loans: int = 0
    created_at: datetime | None = None
    source_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What is held of one record: where, under which call numbers (in shelf order), how many, how often lent."""

    unit_ids: tuple[int, ...]
    call_numbers: tuple[str, ...]
    shelf_key: str
    copies: int
    loans: int
