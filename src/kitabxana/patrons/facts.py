"""A reader as rules and pages see one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

CARD_STATES = ("valid", "lost", "replaced", "withdrawn")
CHANNELS = ("email", "sms", "phone", "post")
"""How a reader may be spoken to."""

HISTORY = ("default", "forever", "never")
"""What a reader wants done with past loans: kept as the library does it, kept for good, forgotten on return."""


@dataclass(frozen=True, slots=True)
class PatronFacts:
    """`card` is the valid card's number, "" when there is none; `restrictions` are the reasons in force today.

    `has_photo` is known where a reader is read to be shown, not where one is locked.
    """

    id: int
    card: str
    card_state: str
    surname: str
    firstname: str
    middle_name: str
    category: str
    home_unit: str
    language: str
    birth_date: date | None
    email: str
    phone: str
    address: str
    enrolled_on: date
    expires_on: date
    restrictions: tuple[str, ...] = ()
    history: str = "default"
    city: str = ""
    postcode: str = ""
    staff_note: str = ""
    public_note: str = ""
    changed_at: datetime | None = None
    has_photo: bool = False

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.firstname, self.middle_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHolder:
    """A reader as a desk without a connection knows one. `cards` are all numbers ever given out, the best first;
    `valid` says whether that one is."""

    id: int
    name: str
    category: str
    home_unit: str
    expires_on: date
    birth_date: date | None
    cards: tuple[str, ...]
    valid: bool
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reader to be registered. `card` "" asks for a number made here, `expires_on` None for the category's term.

    `number` is the person's national number or passport, `number_kind` says which; it never shows in a repr.
    `guarantors` are ids of readers who answer for this one; `shown_to_guarantor` lets them see the account, also
    where the library's policy leaves that to the reader.
    """

    surname: str
    home_unit: str
    category: str
    firstname: str = ""
    middle_name: str = ""
    birth_date: date | None = None
    email: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    postcode: str = ""
    language: str = ""
    card: str = ""
    enrolled_on: date | None = None
    expires_on: date | None = None
    contact_by: tuple[str, ...] = ("email", "sms", "phone", "post")
    history: str = "default"
    shown_to_guarantor: bool = False
    staff_note: str = ""
    public_note: str = ""
    number_kind: str = ""
    number: str = field(default="", repr=False)
    guarantors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category; ages in whole years, inclusive, None where there is no bound. `next` takes over above `most_age`."""

    code: str
    names: dict[str, str]
    enrolment_months: int
    least_age: int | None
    most_age: int | None
    next: str | None
    needs_guarantor: bool
    self_registration: bool

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("az") or next(iter(self.names.values()), self.code)


@dataclass(frozen=True, slots=True)
class CardFacts:
    id: int
    number: str
    state: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class RestrictionFacts:
    """`until` is the last day (inclusive), None: until lifted. `by` is "" for what the house set itself."""

    id: int
    kind: str
    reason: str
    until: date | None
    created_at: datetime
    by: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class GuaranteeFacts:
    """One who answers for another. `patron_id` is the other reader's, None for a person who is no reader."""

    id: int
    patron_id: int | None
    name: str
    phone: str
    relation: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How a reader is written to. `post` is the address in lines, `allowed` the channels the reader agreed to.

    `guarantor` is the reader who answers for this one where the category asks for one, `left` says that this reader
    is one no more.
    """

    id: int
    name: str
    firstname: str
    surname: str
    card: str
    category: str
    home_unit: str
    language: str
    email: str
    phone: str
    post: str
    allowed: frozenset[str]
    expires_on: date
    guarantor: int | None
    left: bool


@dataclass(frozen=True, slots=True)
class WardFacts:
    """One whom a reader answers for; `seen` says whether the reader may see the account."""

    patron: PatronFacts
    relation: str
    seen: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What a reader may say of the own account. `changeable` are fields of a draft; `by_rule` says that those who
    answer for the reader see the account whatever the reader says, `can_agree` that it is the reader's choice.
    `history_days` is how long the library keeps a loan that ended, where the reader says nothing of it.
    """

    changeable: frozenset[str]
    by_rule: bool
    can_agree: bool
    history_days: int


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """One entry of the audit trail about a reader; `told` are the names of what was changed, `unit` where from."""

    at: datetime
    actor: str
    unit: str
    address: str
    action: str
    patron_id: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatronDetails:
    """All that a desk shows of one reader. `number_kinds` tells which national numbers are kept, no more."""

    facts: PatronFacts
    city: str
    postcode: str
    contact_by: tuple[str, ...]
    staff_note: str
    public_note: str
    changed_at: datetime
    has_login: bool
    shown_to_guarantor: bool
    cards: tuple[CardFacts, ...]
    restrictions: tuple[RestrictionFacts, ...]
    guarantors: tuple[GuaranteeFacts, ...]
    wards: tuple[GuaranteeFacts, ...]
    number_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """Someone who wants to become a reader; `typed` are fields of a draft as text."""

    id: int
    home_unit: str
    sent_at: datetime
    typed: dict[str, str]


@dataclass(slots=True)
class ImportSummary:
    """How far an import of readers has come. `known` are rows whose card was there already and was left alone."""

    read: int = 0
    created: int = 0
    updated: int = 0
    known: int = 0
    rejected: int = 0
    resumed_at: int = 0
    finished: bool = False
    problems: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """How a table becomes readers: heading → field; values for what a row does not say; codes to lift.

    `update` changes readers whose card is known; without it they are left as they are.
    """

    columns: dict[str, str]
    defaults: dict[str, str] = field(default_factory=dict)
    lift: frozenset[str] = frozenset()
    update: bool = False
