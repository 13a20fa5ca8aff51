"""What the rules of circulation speak of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kitabxana.circulation.facts.terms import HoldLimitTerms, LimitTerms, RenewalTerms
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.decisions import Refusal
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
    policy_unit: str = ""
    unseen_renewals: int = 0
    auto_renewals: int = 0
    auto_renew: bool = False
    onsite: bool = False
    claimed_at: datetime | None = None
    """When the reader said that the copy came back long ago; fines and ageing stand still since."""

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
    onsite: bool = False


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold; `item_id` is the copy asked for (None: any), `allocated_item_id` the one set aside.

    `target_item_id` is the copy that still stands on its shelf and is to be fetched for it.
    """

    id: int
    record_id: int
    item_id: int | None
    patron_id: int
    pickup_unit: str
    placed_at: datetime
    allocated_item_id: int | None = None
    ready_at: datetime | None = None
    expires_on: date | None = None
    patron_home: str = ""
    patron_category: str = ""
    item_type: str | None = None
    """The type asked for, None where any will do."""

    suspended: bool = False
    volume: str = ""
    """The volume asked for, "" where any will do."""

    target_item_id: int | None = None
    target_unit: str = ""
    """The library where that copy stands."""

    cohort: int | None = None
    priority_class: int = 0
    turn: Decimal = Decimal(0)
    suspended_until: date | None = None
    wanted_until: date | None = None
    """The last day on which the reader still wants it."""

    note: str = ""

    @property
    def waiting(self) -> bool:
        """Whether no copy is kept for it yet."""
        return self.allocated_item_id is None


@dataclass(frozen=True, slots=True)
class LentTitle:
    """An open loan with what a list shows of its copy; `brief` is the record's (catalogue.rules.derive)."""

    loan: LoanFacts
    record_id: int
    barcode: str
    lost: str
    brief: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LentItem:
    """One of a reader's open loans with what limits ask of the copy."""

    loan: LoanFacts
    record_id: int
    item_type: str
    home_unit: str
    holding_unit: str


@dataclass(frozen=True, slots=True)
class Debts:
    """What a reader owes, in minor units: `counted` is what limits look at, `other` what they leave aside."""

    counted: int = 0
    other: int = 0


NO_DEBTS = Debts()


@dataclass(frozen=True, slots=True)
class TooMany:
    """A limit that one more loan would pass. `limit_of` says which: loans, onsite, patron or patron_onsite."""

    limit_of: str
    open: int
    limit: int


@dataclass(frozen=True, slots=True)
class CheckOutFacts:
    """`today` is the library's own date; `loan` an open loan of this item; `hold` the one that stands in the way.

    `terms` are the limits of the library that governs. `too_many` is the first limit passed. `renewal` holds, for a
    copy the reader has already, what stands against its renewal. `return_here` is False when the desk may not take
    back a copy that is on loan to someone else; `due_at` is when the loan would be due.
    """

    item: ItemFacts
    patron: PatronFacts
    now: datetime
    today: date
    terms: LimitTerms
    due_at: datetime
    same_nation: bool = True
    loan: LoanFacts | None = None
    hold: HoldFacts | None = None
    too_many: TooMany | None = None
    other_copies: int = 0
    """Other copies of the same record that the reader has."""

    overdues: int = 0
    debts: Debts = NO_DEBTS
    age: int | None = None
    address_unknown: bool = False
    renewal: tuple[Refusal, ...] = ()
    return_here: bool = True
    onsite: bool = False

    @property
    def already_theirs(self) -> bool:
        return self.loan is not None and self.loan.patron_id == self.patron.id

    @property
    def switches(self) -> bool:
        """Whether an on-site loan of the same reader turns into one to take home."""
        return self.already_theirs and self.terms.switch_onsite and bool(self.loan and self.loan.onsite)


@dataclass(frozen=True, slots=True)
class RenewFacts:
    """`soonest` is when the loan may first be renewed, `latest` when renewing of itself ends; None: any time.

    `automatic` asks for a renewal of itself: it has its own count, window, debt limit and end. `unseen` renews
    without the copy being shown.
    """

    patron: PatronFacts
    now: datetime
    today: date
    loan: LoanFacts
    terms: RenewalTerms
    holds_unfilled: int = 0
    """Waiting holds that this copy could fill and no other copy on a shelf can."""

    item_lost: bool = False
    overdues: int = 0
    debt: int = 0
    soonest: datetime | None = None
    latest: datetime | None = None
    automatic: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class RecallFacts:
    """`due_at` is until when the copy could be kept when called back; `waiting` are holds that need this very copy."""

    loan: LoanFacts
    due_at: datetime
    allowed: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A copy's way between two libraries; `arrived_at` None while it is on it."""

    id: int
    item_id: int
    from_unit: str
    to_unit: str
    reason: str
    sent_at: datetime
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class RenewalLook:
    """What stands against renewing a loan now, and how often it may be renewed."""

    refusals: tuple[Refusal, ...]
    allowed: int


@dataclass(frozen=True, slots=True)
class HoldLook:
    """What stands against waiting for a title now, and what may be chosen: where it is fetched, and which copy.

    `pickups` are codes of units, `copies` those that this reader may wait for, `item_level` whether one of them may
    ("allow"), may not ("deny") or must ("force") be named.
    """

    refusals: tuple[Refusal, ...]
    pickups: tuple[str, ...]
    copies: tuple[ItemFacts, ...]
    item_level: str


@dataclass(frozen=True, slots=True)
class OfflineFacts:
    """One thing done at a desk without a connection; `key` is the desk's own, `kind` check_out, check_in or renew.

    `done_by` is the login that was at the desk, where that is told.
    """

    key: str
    kind: str
    barcode: str
    at: datetime
    card: str = ""
    done_by: str = ""


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """What came of it: done or conflict, with the codes of what refused it; `again` where it had been sent before."""

    key: str
    outcome: str
    codes: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class OfflineConflict:
    """A conflict that nobody has settled yet; `done_by` is the login at that desk, or that sent it."""

    id: int
    unit: str
    kind: str
    barcode: str
    card: str
    happened_at: datetime
    refusals: tuple[Refusal, ...]
    done_by: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A reader's word that a copy came back; `outcome` "" while it is open."""

    id: int
    loan_id: int
    item_id: int
    patron_id: int
    claimed_at: datetime
    note: str
    outcome: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldRequestFacts:
    """What asking for a title, a volume or a copy meets. "The first of these" count as one, also among themselves.

    `copies` are those that could be lent and are what is asked for; `for_them` says that one of them is open to this
    reader, `reachable` that such a one may be fetched at the pickup library, `to_ask` that one may be asked for
    although it may stand on its shelf.
    """

    patron: PatronFacts
    today: date
    terms: HoldLimitTerms
    has_it: bool
    copies: int
    for_them: bool
    reachable: bool
    to_ask: bool
    pickup_here: bool
    one_copy: bool
    """Whether a certain copy is asked for."""

    open: int = 0
    of_title: int = 0
    under_rule: int = 0
    placed_today: int = 0
    debt: int = 0


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
    fine_minor: int = 0
    """What the lateness costs by the rules, in minor units of the library's currency; the ledger books it."""

    suspended_until: date | None = None
    """The first day on which the reader may borrow again."""
