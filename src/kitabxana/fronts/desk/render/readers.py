"""Readers as the desk's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.catalogue.queries import briefs
from kitabxana.fronts.desk.render.words import local_day, named, short_date, unit_name
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.queries import categories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A reader in a list or at the head of a page; `card_bad` when the number shown is no longer valid."""

    id: int
    name: str
    card: str
    card_bad: bool
    category: str
    library: str
    born: str
    expires: str
    expired: bool
    restrictions: tuple[str, ...]
    has_photo: bool = False

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2])


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold of the reader: `state` is waiting, on_the_way or ready; `until` only when ready."""

    record_id: int
    title: str
    library: str
    placed: str
    state: str
    until: str


def reader_rows(readers: Sequence[PatronFacts], *, where: UnitFacts) -> list[ReaderRow]:
    """Two statements however many readers."""
    if not readers:
        return []
    names, units = categories(), tree().units
    today = local_day(timezone.now(), where.zone)
    return [
        ReaderRow(
            id=reader.id,
            name=reader.name,
            card=reader.card,
            card_bad=reader.card_state != "valid",
            category=named(names.get(reader.category, {}), reader.category),
            library=unit_name(units, reader.home_unit),
            born=str(reader.birth_date.year) if reader.birth_date else "",
            expires=short_date(reader.expires_on),
            expired=reader.expires_on < today,
            restrictions=reader.restrictions,
            has_photo=reader.has_photo,
        )
        for reader in readers
    ]


def loan_limit(reader: PatronFacts, *, where: UnitFacts) -> int | None:
    """How many loans the reader may have at this library at once, where no item type has a limit of its own."""
    limit: int | None = value(tree(), "max_loans", unit=where.code, category=reader.category, item_type="")
    return limit


def hold_rows(holds: Sequence[HoldFacts], *, where: UnitFacts) -> list[HoldRow]:
    """One statement for the titles, however many holds."""
    known = briefs({hold.record_id for hold in holds}) if holds else {}
    units = tree().units
    return [
        HoldRow(
            record_id=hold.record_id,
            title=known.get(hold.record_id, {}).get("title", ""),
            library=unit_name(units, hold.pickup_unit),
            placed=short_date(local_day(hold.placed_at, where.zone)),
            state="ready" if hold.ready_at else "on_the_way" if hold.allocated_item_id else "waiting",
            until=short_date(hold.expires_on) if hold.ready_at and hold.expires_on else "",
        )
        for hold in holds
    ]
