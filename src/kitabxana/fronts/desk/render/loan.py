"""One loan as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kitabxana.catalogue.queries import briefs
from kitabxana.fronts.desk.render.words import flags_of, local_day, short_date, short_moment, unit_name
from kitabxana.holdings.queries import items_by_id
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import ClaimFacts, LoanFacts
    from kitabxana.organisation.facts import UnitFacts

OUTCOMES: dict[str, _StrPromise] = {
    "found": _("It was found on a shelf"),
    "reader_had_it": _("The reader had it after all"),
    "lost": _("It is lost"),
}
DOORS = {
    "renew": "circulation.renew",
    "claim": "circulation.claim",
    "lose": "circulation.lose",
    "recall": "circulation.recall",
    "state": "items.state",
}


@dataclass(frozen=True, slots=True)
class LoanPage:
    """Everything the page of an open loan says; `days_over` as `loans.LoanRow`."""

    id: int
    item_id: int
    record_id: int
    title: str
    author: str
    barcode: str
    flags: tuple[str, ...]
    lost: bool
    damaged: bool
    due: str
    lent: str
    library: str
    governs: str
    renewals: int
    unseen: int
    onsite: bool
    days_over: int
    claimed: str


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim; `outcome` "" while it is open."""

    id: int
    day: str
    note: str
    outcome: str
    settled: str


def loan_page(loan: LoanFacts, *, where: UnitFacts, now: datetime) -> LoanPage:
    units, item = tree().units, items_by_id([loan.item_id])[loan.item_id]
    brief = briefs([item.record_id]).get(item.record_id, {})
    zone = units[loan.unit].zone
    return LoanPage(
        id=loan.id,
        item_id=item.id,
        record_id=item.record_id,
        title=brief.get("title", ""),
        author=brief.get("author", ""),
        barcode=item.barcode or "",
        flags=tuple(flags_of(item)),
        lost=bool(item.lost),
        damaged=item.damaged,
        due=short_moment(loan.due_at, zone),
        lent=short_moment(loan.lent_at, zone),
        library=unit_name(units, loan.unit),
        governs=unit_name(units, loan.policy_unit),
        renewals=loan.renewals,
        unseen=loan.unseen_renewals,
        onsite=loan.onsite,
        days_over=max(0, (local_day(now, zone) - local_day(loan.due_at, zone)).days),
        claimed=short_moment(loan.claimed_at, where.zone) if loan.claimed_at else "",
    )


def claim_rows(claims: Iterable[ClaimFacts], *, zone: str) -> list[ClaimRow]:
    return [
        ClaimRow(
            id=one.id,
            day=short_date(local_day(one.claimed_at, zone)),
            note=one.note,
            outcome=str(OUTCOMES[one.outcome]) if one.outcome else "",
            settled=short_date(local_day(one.settled_at, zone)) if one.settled_at else "",
        )
        for one in claims
    ]


def may_do(loan: LoanFacts, *, by: Actor) -> dict[str, bool]:
    """Which doors of the page are open to this librarian at the library that lent, and at the copy's."""
    units = tree().units
    home = units[items_by_id([loan.item_id])[loan.item_id].home_unit].path
    return {
        door: by.may(permission, home if door == "state" else units[loan.unit].path)
        for door, permission in DOORS.items()
    }
