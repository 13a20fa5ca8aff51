"""A copy as rules and pages see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kitabxana.kernel.decisions import Refusal


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """`place` is one of shelf, loan, hold_shelf, transit, conservation, order. `not_for_loan` includes the type's.

    `price_minor` is what the copy cost; `scheme` is how its call number is read, `source` how it came (`rules.py`);
    `version` counts what cataloguers changed; `kept_in` is the copy's own part of `not_for_loan`.
    """

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
    scheme: str = ""
    replacement_minor: int | None = None
    source: str = ""
    staff_note: str = ""
    version: int = 1
    kept_in: bool = False

    @property
    def replacement(self) -> int | None:
        """What a reader pays who loses it, in minor units: its own figure, else what it cost."""
        return self.price_minor if self.replacement_minor is None else self.replacement_minor

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
    scheme: str = ""
    replacement_minor: int | None = None
    source: str = ""
    staff_note: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What is held of one record: where, under which call numbers (in shelf order), how many, how often lent."""

    unit_ids: tuple[int, ...]
    call_numbers: tuple[str, ...]
    shelf_key: str
    copies: int
    loans: int


@dataclass(frozen=True, slots=True)
class AddedItem:
    """A copy that was added, or would be: then `id` is None."""

    id: int | None
    barcode: str | None
    accession_number: str


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line of an accession book: what came in under the number, and the act that struck it off.

    `deleted` where the copy turned out to be a mistake: the number is used all the same.
    """

    number: str
    item_id: int
    title: str
    price_minor: int | None
    currency: str
    source: str
    entered_at: datetime
    act: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list as it holds at a unit: `origin` is the unit that says so, None the whole installation."""

    code: str
    names: Mapping[str, str]
    origin: str | None
    hidden: bool = False
    not_for_loan: bool = False


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a batch does with one copy: the values that change, or the refusals that leave it as it is."""

    item: ItemFacts
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch that was done. `left` counts the copies that could not be put back when it was undone."""

    id: int
    kind: str
    unit: str
    made_by: str
    made_at: datetime
    changes: Mapping[str, Any]
    note: str
    items: int
    act_id: int | None
    act_number: str
    undone_at: datetime | None
    undone_by: str
    left: int


@dataclass(frozen=True, slots=True)
class ActDraft:
    """What an act of withdrawal says beside its copies; `reason` is a code of the list of withdrawal reasons."""

    unit: str
    day: date
    reason: str
    commission: tuple[str, ...] = ()
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class ActFacts:
    """An act as it was drawn up. Each line is barcode, accession_number, title, author, year, price_minor, currency."""

    id: int
    batch_id: int
    number: str
    unit: str
    day: date
    reason: str
    commission: tuple[str, ...]
    approved_by: str
    lines: tuple[Mapping[str, Any], ...]
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a copy's history: field → (before, after) for what changed."""

    at: datetime
    by: str
    unit: str
    action: str
    changes: Mapping[str, tuple[Any, Any]]
