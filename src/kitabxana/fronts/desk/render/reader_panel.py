"""What a reader's page shows beyond loans and holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.fronts.desk.render.words import local_day, long_date, short_date
from kitabxana.patrons import messages

if TYPE_CHECKING:
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronDetails


@dataclass(frozen=True, slots=True)
class CardRow:
    number: str
    state: str
    state_name: str
    issued: str


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    id: int
    reason: str
    until: str
    since: str
    by: str


@dataclass(frozen=True, slots=True)
class Kin:
    """A guarantor, or one for whom this reader answers; `patron_id` None is a person outside."""

    id: int
    patron_id: int | None
    name: str
    phone: str
    relation: str


@dataclass(frozen=True, slots=True)
class Panel:
    whole: PatronDetails
    address: str
    contact: str
    history: str
    cards: tuple[CardRow, ...]
    restrictions: tuple[RestrictionRow, ...]
    ended: int
    guarantors: tuple[Kin, ...]
    wards: tuple[Kin, ...]
    numbers: tuple[str, ...]


def panel(found: PatronDetails, *, where: UnitFacts) -> Panel:
    in_force = [one for one in found.restrictions if one.in_force]
    return Panel(
        whole=found,
        address=", ".join(filter(None, (found.facts.address, found.postcode, found.city))),
        contact=", ".join(str(messages.CHANNELS[one]) for one in found.contact_by),
        history=str(messages.HISTORY[found.facts.history]),
        cards=tuple(
            CardRow(
                card.number,
                card.state,
                str(messages.CARD_STATES[card.state]),
                short_date(local_day(card.issued_at, where.zone)),
            )
            for card in found.cards
        ),
        restrictions=tuple(
            RestrictionRow(
                one.id,
                one.reason,
                long_date(one.until) if one.until else "",
                short_date(local_day(one.created_at, where.zone)),
                one.by,
            )
            for one in in_force
        ),
        ended=len(found.restrictions) - len(in_force),
        guarantors=_kin(found, "guarantors"),
        wards=_kin(found, "wards"),
        numbers=tuple(str(messages.NUMBER_KINDS[kind]) for kind in found.number_kinds),
    )


def _kin(found: PatronDetails, side: str) -> tuple[Kin, ...]:
    return tuple(
        Kin(one.id, one.patron_id, one.name, one.phone, str(messages.RELATIONS.get(one.relation, "")))
        for one in getattr(found, side)
    )
