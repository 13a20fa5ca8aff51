"""Where features plug into the plumbing without being imported by it: each fills these from its AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.base.actor import Actor
from kitabxana.base.statements import prepared
from kitabxana.kernel.decisions import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.models import User


@dataclass(frozen=True, slots=True)
class IdentitySource:
    """What a feature knows of a login (organisation: grants and unit; patrons: patron_id)."""

    column: str
    """An expression of SQL over the row of `base_user`: all that is known of the login, with the login itself."""

    read: Callable[[Any], dict[str, Any]]
    """The column's value as parts of an `Actor`."""


identity_sources: list[IdentitySource] = []

RecordGuard = Callable[[int], Sequence[Refusal]]
"""Why a catalogue record can't be deleted, as far as one feature knows (holdings: copies; circulation: holds)."""

record_guards: list[RecordGuard] = []


UnitGuard = Callable[[str], Sequence[Refusal]]
"""Why a unit with this code can't close for good, as far as one feature knows (holdings: copies; patrons: readers)."""

unit_guards: list[UnitGuard] = []


@dataclass(frozen=True, slots=True)
class PatronTies:
    """What a feature above the readers keeps of them, by the reader's id. Every feature with such rows has one.

    All four run inside the transaction of the operation that asks, which has locked the readers' rows.
    """

    feature: str

    hindrances: Callable[[int], Sequence[Refusal]]
    """Why this reader can't be forgotten yet: open loans, holds, debts. () when nothing is open."""

    move: Callable[[int, int], Mapping[str, int]]
    """Give all rows of the first reader to the second; kind of row → how many. Raises Refused when that can't be."""

    held: Callable[[int], Mapping[str, Any]]
    """All that is kept on this reader, as JSON values, for the person to read."""

    forget: Callable[[int], None]
    """Take the reader's id out of whatever is kept on for statistics, and delete the rest."""


patron_ties: list[PatronTies] = []


@dataclass(frozen=True, slots=True)
class RecordTies:
    """What a feature above the catalogue keeps under a record's id. Every feature with such rows has one.

    Both run inside the transaction of the operation that asks, which has locked the records; the list stands in the
    order in which rows are locked (copies before holds).
    """

    feature: str

    move: Callable[[int, int, Actor, datetime], Mapping[str, Any]]
    """Give all rows of the first record to the second; returns, as JSON values, what `put_back` needs."""

    put_back: Callable[[int, int, Mapping[str, Any], Actor, datetime], None]
    """Give back to the first record what `move` gave to the second and is still there."""


record_ties: list[RecordTies] = []


def identity_columns() -> str:
    """What to select from `base_user` for `User.known`, behind other columns."""
    return "".join(f", {source.column}" for source in identity_sources)


def _known(user: User) -> tuple[Any, ...]:
    with prepared() as cursor:
        cursor.execute(f"SELECT id{identity_columns()} FROM base_user WHERE id = %s", [user.pk])  # noqa: S608 - names of our own
        found: tuple[Any, ...] = cursor.fetchone()[1:]
    return found


def actor_for(user: User, *, unit: str = "", address: str | None = None, request_id: str = "") -> Actor:
    """The `Actor` of a login. `unit` is the library chosen for this session, "" for the login's own first one."""
    known = user.known if user.known is not None else _known(user)
    parts: dict[str, Any] = {}
    for source, value in zip(identity_sources, known, strict=True):
        parts |= source.read(value)
    if unit:
        parts["unit"] = unit
    return Actor(name=user.username, user_id=user.pk, address=address, request_id=request_id, **parts)
