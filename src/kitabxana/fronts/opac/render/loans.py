"""A reader's own things: loans with their days, holds with where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.messages import refusal_text
from kitabxana.circulation.queries import holds_of, loans_of
from kitabxana.fronts.opac.messages import RENEWAL_REFUSALS
from kitabxana.fronts.opac.render.books import Book, book
from kitabxana.fronts.opac.render.words import day, local_day, number, unit_name
from kitabxana.holdings.queries import items_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from kitabxana.circulation.facts import HoldFacts, LoanFacts
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import Tree

SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class LoanRow:
    id: int
    book: Book
    library: str
    due: str
    mark: str
    left: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class HoldRow:
    book: Book
    mark: str
    state: str
    library: str


def loan_rows(patron_id: int, *, organisation: Tree, now: datetime) -> list[LoanRow]:
    """Open loans, soonest due first; a constant number of statements."""
    loans = loans_of(patron_id)
    items = items_by_id(loan.item_id for loan in loans)
    books = _books(item.record_id for item in items.values())
    return [
        _loan_row(loan, books[items[loan.item_id].record_id], organisation, now=now)
        for loan in loans
        if items[loan.item_id].record_id in books
    ]


def hold_rows(patron_id: int, *, organisation: Tree, now: datetime) -> list[HoldRow]:
    holds = holds_of(patron_id)
    books = _books(hold.record_id for hold in holds)
    return [_hold_row(hold, books[hold.record_id], organisation, now=now) for hold in holds if hold.record_id in books]


def titles_of(loans: Iterable[LoanFacts]) -> dict[int, str]:
    """Titles by loan id."""
    at_hand = list(loans)
    items = items_by_id(loan.item_id for loan in at_hand)
    books = _books(item.record_id for item in items.values())
    return {loan.id: books[items[loan.item_id].record_id].title for loan in at_hand}


def refused_text(refusals: Iterable[Refusal], *, today: date) -> str:
    """Why a loan was not renewed, said to its reader."""
    return " ".join(_refusal(refusal, today=today) for refusal in refusals)


def _refusal(refusal: Refusal, *, today: date) -> str:
    if refusal.code not in RENEWAL_REFUSALS:
        return refusal_text(refusal)
    params: dict[str, Any] = dict(refusal.params)
    if refusal.code == "card_expired":
        params["date"] = day(today.fromisoformat(str(params["date"])), today=today)
    return str(RENEWAL_REFUSALS[refusal.code]) % params


def _books(record_ids: Iterable[int]) -> Mapping[int, Book]:
    return {record_id: book(record_id, brief) for record_id, brief in briefs(set(record_ids)).items()}


def _loan_row(loan: LoanFacts, title: Book, organisation: Tree, *, now: datetime) -> LoanRow:
    unit = organisation.units[loan.unit]
    due, today = local_day(loan.due_at, unit.zone), local_day(now, unit.zone)
    days = (due - today).days
    if loan.overdue(now):
        mark, left = "late", _late(max(1, -days))
    else:
        mark, left = ("hold" if days <= SOON_DAYS else "in"), _left(days)
    return LoanRow(loan.id, title, unit_name(unit), day(due, today=today), mark, left, overdue=loan.overdue(now))


def _late(days: int) -> str:
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": number(days)}


def _left(days: int) -> str:
    if days == 0:
        return _("due today")
    if days == 1:
        return _("due tomorrow")
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": number(days)}


def _hold_row(hold: HoldFacts, title: Book, organisation: Tree, *, now: datetime) -> HoldRow:
    unit = organisation.units[hold.pickup_unit]
    if hold.ready_at is not None and hold.expires_on is not None:
        last = day(hold.expires_on, today=local_day(now, unit.zone))
        return HoldRow(title, "in", _("Ready to collect until %(day)s") % {"day": last}, unit_name(unit))
    if hold.allocated_item_id is not None:
        return HoldRow(title, "move", _("On its way to your library"), unit_name(unit))
    return HoldRow(title, "hold", _("Waiting for a free copy"), unit_name(unit))
