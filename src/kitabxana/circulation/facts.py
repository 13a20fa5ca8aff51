"""What the rules of circulation speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.patrons.facts import PatronFacts


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """An open loan; moments in UTC, `unit` the code of the library that lent."""

    id: int
    item_id: int
    patron_id: int
    unit: str
    lent_at: datetime
    due_at: datetime
    renewals: int
    renewed_at: datetime | None = None

    def overdue(self, now: datetime) -> bool:
        return self.due_at < now


@dataclass(frozen=True, slots=True)
class PastLoanFacts:
    """A loan that ended; `patron_id` None when it was anonymised."""

    id: int
    item_id: int
    patron_id: int | None
    unit: str
    lent_at: datetime
    due_at: datetime
    returned_at: datetime
    renewals: int
    return_unit: str = ""


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold; `item_id` is the copy asked for (None: any), `allocated_item_id` the one set aside."""

    id: int
    record_id: int
    item_id: int | None
    patron_id: int
    pickup_unit: str
    placed_at: datetime
    allocated_item_id: int | None = None
    ready_at: datetime | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class CheckOutFacts:
    """`today` is the library's own date; `loan` an open loan of this item; `held_for` the reader it waits for."""

    item: ItemFacts
    patron: PatronFacts
    today: date
    same_nation: bool
    loan: LoanFacts | None
    held_for: int | None
    loans_open: int
    max_loans: int


@dataclass(frozen=True, slots=True)
class RenewFacts:
    patron: PatronFacts
    today: date
    renewals: int
    renewals_allowed: int
    holds_unfilled: int
    """Waiting holds that this copy could fill and no other copy on a shelf can."""
    item_lost: bool


@dataclass(frozen=True, slots=True)
class HoldRequestFacts:
    patron: PatronFacts
    today: date
    already_waiting: bool
    has_it: bool
    copies: int
    holds_open: int
    max_holds: int


Instruction = Literal["to_shelf", "hold_shelf", "transfer"]


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What came of a check-in. `notes` are codes of `messages.NOTES` that the desk must see."""

    item: ItemFacts
    loan: LoanFacts | None
    instruction: Instruction
    to_unit: str
    hold: HoldFacts | None = None
    notes: tuple[str, ...] = ()
