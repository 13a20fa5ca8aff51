"""What a reader owes, in the reader's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.catalogue.queries import briefs
from kitabxana.charges.messages import DEBITS, amount_text
from kitabxana.charges.queries import account
from kitabxana.fronts.opac.render.books import Book, book
from kitabxana.fronts.opac.render.words import day, local_day, unit_name
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.charges.facts import DebitFacts
    from kitabxana.organisation.facts import Tree


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """`left` is "" where a book is owed and no money. Notes are the staff's own and never shown here."""

    what: str
    book: Book | None
    library: str
    on: str
    left: str
    running: bool


@dataclass(frozen=True, slots=True)
class Charges:
    """`totals` and `credits`: one amount for each currency."""

    rows: list[ChargeRow]
    totals: list[str]
    credits: list[str]


def charges(patron_id: int, *, organisation: Tree, now: datetime) -> Charges:
    """Open charges, oldest first; at most five statements however many there are."""
    found = account(patron_id)
    items = items_by_id(debit.item_id for debit in found.debits if debit.item_id is not None) if found.debits else {}
    known = briefs({item.record_id for item in items.values()}) if items else {}
    books = {item.id: book(item.record_id, known[item.record_id]) for item in items.values() if item.record_id in known}
    each = sorted(found.balances.items())
    return Charges(
        rows=[_row(debit, books.get(debit.item_id or 0), organisation, now=now) for debit in found.debits],
        totals=[amount_text(Money(one.owed_minor, currency)) for currency, one in each if one.owed_minor],
        credits=[amount_text(Money(one.credit_minor, currency)) for currency, one in each if one.credit_minor],
    )


def _row(debit: DebitFacts, title: Book | None, organisation: Tree, *, now: datetime) -> ChargeRow:
    unit = organisation.units[debit.unit]
    return ChargeRow(
        what=str(DEBITS[debit.kind]),
        book=title,
        library=unit_name(unit),
        on=day(local_day(debit.charged_at, unit.zone), today=local_day(now, unit.zone)),
        left=amount_text(debit.outstanding) if debit.outstanding.minor else "",
        running=debit.running,
    )
