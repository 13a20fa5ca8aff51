"""What a reader has, with its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.opac.render.books import Book, book
from kitabxana.fronts.opac.render.words import day, local_day, number, unit_name
from kitabxana.holdings.queries import items_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from kitabxana.circulation.facts import LoanFacts, PastLoanFacts
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


def loan_rows(patron_id: int, *, organisation: Tree, now: datetime) -> list[LoanRow]:
    """Open loans, soonest due first; a constant number of statements."""
    loans = loans_of(patron_id)
    items = items_by_id(loan.item_id for loan in loans)
    books = books_of(item.record_id for item in items.values())
    return [
        _loan_row(loan, books[items[loan.item_id].record_id], organisation, now=now)
        for loan in loans
        if items[loan.item_id].record_id in books
    ]


def titles_of(loans: Iterable[LoanFacts]) -> dict[int, str]:
    """Titles by loan id."""
    at_hand = list(loans)
    items = items_by_id(loan.item_id for loan in at_hand)
    books = books_of(item.record_id for item in items.values())
    return {loan.id: books[items[loan.item_id].record_id].title for loan in at_hand}


def books_of(record_ids: Iterable[int]) -> Mapping[int, Book]:
    """Books by record; one statement."""
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


@dataclass(frozen=True, slots=True)
class PastRow:
    """A loan that ended; `book` is None where the catalogue does not know it any more."""

    id: int
    book: Book | None
    library: str
    lent: str
    returned: str


def past_rows(loans: Iterable[PastLoanFacts], *, organisation: Tree, now: datetime) -> list[PastRow]:
    """Two statements however many."""
    at_hand = list(loans)
    items = items_by_id(loan.item_id for loan in at_hand)
    books = books_of(item.record_id for item in items.values())
    rows = []
    for loan in at_hand:
        unit, item = organisation.units[loan.unit], items.get(loan.item_id)
        today = local_day(now, unit.zone)
        lent, returned = (day(local_day(at, unit.zone), today=today) for at in (loan.lent_at, loan.returned_at))
        rows.append(PastRow(loan.id, books.get(item.record_id) if item else None, unit_name(unit), lent, returned))
    return rows
