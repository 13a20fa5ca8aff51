"""A reader's account as plain values. Amounts are whole minor units; what they count is the row's currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kitabxana.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Source:
    """What a charge comes from, named by the feature that makes it and never looked into here.

    `part` tells stretches of one thing apart: a loan that is renewed begins a new one.
    """

    kind: str
    id: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class DebitFacts:
    """Something charged. `running` ones grow until they are settled; `settled_at` is None while anything is open.

    A loss of no price is a debit of nothing that is still open: the book is owed, not money.
    """

    id: int
    patron_id: int | None
    unit: str
    kind: str
    amount: Money
    outstanding: Money
    charged_at: datetime
    charged_by: str
    source: Source | None = None
    item_id: int | None = None
    note: str = ""
    running: bool = False
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """Something that settles charges. `remaining` is what no charge has taken yet."""

    id: int
    patron_id: int | None
    unit: str
    kind: str
    amount: Money
    remaining: Money
    credited_at: datetime
    credited_by: str
    method: str = ""
    note: str = ""
    register_id: int | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one credit has settled of one debit, all its rows added up."""

    debit_id: int
    credit_id: int
    credit_kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed and what is to the reader's good, in one currency. `debts` counts open debits, also of nothing."""

    owed_minor: int = 0
    credit_minor: int = 0
    debts: int = 0

    @property
    def net_minor(self) -> int:
        """Owed less credit: what debt limits look at; negative when the library owes the reader."""
        return self.owed_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Account:
    """What is open in a reader's account, oldest first; `balances` by currency, never added together."""

    debits: tuple[DebitFacts, ...]
    credits: tuple[CreditFacts, ...]
    balances: Mapping[str, Balance]


@dataclass(frozen=True, slots=True)
class Till:
    """Where money passes: a library or point, how (`rules.METHODS`), and the register, None where none is used."""

    unit: str
    method: str
    register_id: int | None = None


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What the rules of a refund look at; `drawer_minor` is the cash in the register."""

    amount_minor: int
    remaining_minor: int
    credit_currency: str
    currency: str
    method: str
    register_named: bool
    register_open: bool
    drawer_minor: int


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the rules of a payment look at. `owed` by the charges it is meant for, `register` by where it goes."""

    amount_minor: int
    owed_minor: int
    currencies: frozenset[str]
    currency: str
    method: str
    keep_rest: bool
    register_named: bool
    register_open: bool


@dataclass(frozen=True, slots=True)
class Reduction:
    """How a debit is made smaller: what was open, and what goes back to the payments that had settled it."""

    open_minor: int
    released: tuple[tuple[int, int], ...]

    @property
    def total_minor(self) -> int:
        return self.open_minor + sum(amount for _credit, amount in self.released)


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """One stretch of a register's work, from the float put in to the count. `expected` is what should be in it."""

    id: int
    opened_at: datetime
    opened_by: str
    float_minor: int
    expected_minor: int
    closed_at: datetime | None = None
    closed_by: str = ""
    counted_minor: int | None = None
    note: str = ""

    @property
    def difference_minor(self) -> int | None:
        """Counted less expected: negative when money is missing. None before the count."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    id: int
    unit: str
    name: str
    currency: str
    shift: ShiftFacts | None = None

    @property
    def is_open(self) -> bool:
        return self.shift is not None


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One movement of money. `number` counts from 1 in each register without a gap; money out is negative."""

    id: int
    register_id: int
    register_name: str
    unit: str
    number: int
    amount: Money
    method: str
    at: datetime
    by: str
    patron_id: int | None
    credit_id: int | None
    debit_id: int | None
