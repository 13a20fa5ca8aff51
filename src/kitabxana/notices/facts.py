"""What readers are told, and how it goes to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Channel = Literal["email", "sms", "print", "account"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "print", "account")
STATES = ("queued", "sending", "sent", "failed", "suppressed")
LANGUAGES = ("az", "tr", "en", "ru")


@dataclass(frozen=True, slots=True)
class Trigger:
    """One thing readers are told of. `kind` is what a reader chooses a channel for.

    `policy` names the organisation's policy that switches it on or gives its days, "" where it is always told.
    A `printed` one is worth a letter when nothing quicker reaches the reader.
    """

    name: str
    kind: str
    policy: str = ""
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happened to one reader: the unique key of a notice, and what its text speaks of.

    `thing` names what it happened to and which time ("loan 12 2026-12-01"). `item` holds plain facts, days and money
    among them, not yet written in any language. `unit` is the library in whose name it is told.
    """

    trigger: str
    patron_id: int
    thing: str
    unit: str
    level: int = 0
    item: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, str, int]:
        return self.patron_id, self.trigger, self.thing, self.level


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody can be reached: the languages' code, addresses as they are kept ("" for none), what is allowed."""

    language: str
    email: str = ""
    phone: str = ""
    post: str = ""
    allowed: frozenset[str] = frozenset()
    left: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The channel chosen with its address; `reason` says why nothing goes out, "" when something does."""

    channel: Channel
    address: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of one trigger in one language; `sms` is the short one. `unit` is whose it is, None the house's own."""

    subject: str
    body: str
    sms: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message as desk and reader see it. `reader` is whose account shows it, None for who is no reader."""

    id: int
    trigger: str
    level: int
    unit: str
    channel: str
    state: str
    reason: str
    address: str
    language: str
    subject: str
    body: str
    reader: int | None
    made_at: datetime
    sent_at: datetime | None
    next_try_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Told:
    """The last that was told of a late loan: `level` is the reminder's step, 0 where a trigger has none."""

    trigger: str
    level: int
    channel: str
    state: str
    at: datetime
