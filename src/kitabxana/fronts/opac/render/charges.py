"""What a reader owes and paid, in the reader's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kitabxana.catalogue.queries import briefs
from kitabxana.charges.facts import DebitFacts
from kitabxana.charges.messages import CREDITS, DEBITS, METHODS, amount_text
from kitabxana.charges.queries import account, receipts_of
from kitabxana.fronts.opac.render.books import Book, book
from kitabxana.fronts.opac.render.words import clock, day, local_day, unit_name
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kitabxana.charges.facts import Balance, CreditFacts, ReceiptFacts
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
    books = _books(found.debits)
    owed, good = sums(found.balances)
    return Charges(
        rows=[_row(debit, books.get(debit.item_id or 0), organisation, now=now) for debit in found.debits],
        totals=owed,
        credits=good,
    )


def sums(balances: Mapping[str, Balance]) -> tuple[list[str], list[str]]:
    """(what is owed, what is to the good), one amount for each currency."""
    each = sorted(balances.items())
    return (
        [amount_text(Money(one.owed_minor, currency)) for currency, one in each if one.owed_minor],
        [amount_text(Money(one.credit_minor, currency)) for currency, one in each if one.credit_minor],
    )


def _books(debits: Iterable[DebitFacts]) -> dict[int, Book]:
    """Books by copy; two statements, none where no charge is for a copy."""
    wanted = {debit.item_id for debit in debits if debit.item_id is not None}
    items = items_by_id(wanted) if wanted else {}
    known = briefs({item.record_id for item in items.values()}) if items else {}
    return {item.id: book(item.record_id, known[item.record_id]) for item in items.values() if item.record_id in known}


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the account, charged or credited; `amount` of a credit is below nothing. `left` is what is open of a
    charge, "" for nothing; `receipt` the number of its page, 0 for none."""

    what: str
    how: str
    book: Book | None
    library: str
    on: str
    amount: str
    left: str
    is_debit: bool
    receipt: int


def line_rows(lines: Sequence[DebitFacts | CreditFacts], *, organisation: Tree, now: datetime) -> list[Line]:
    """Three statements however many lines."""
    books = _books(one for one in lines if isinstance(one, DebitFacts))
    slips = receipts_of(one.id for one in lines) if lines else {}
    return [_line(one, books, organisation, receipt=slips.get(one.id, 0), now=now) for one in lines]


def _line(
    one: DebitFacts | CreditFacts, books: Mapping[int, Book], organisation: Tree, *, receipt: int, now: datetime
) -> Line:
    unit = organisation.units[one.unit]
    moment = one.charged_at if isinstance(one, DebitFacts) else one.credited_at
    shown: dict[str, Any] = {"library": unit_name(unit),
             "on": day(local_day(moment, unit.zone), today=local_day(now, unit.zone)),
             "receipt": receipt}  # fmt: skip
    if isinstance(one, DebitFacts):
        left = amount_text(one.outstanding) if one.outstanding.minor else ""
        return Line(
            what=str(DEBITS[one.kind]), how="", book=books.get(one.item_id or 0), amount=amount_text(one.amount),
            left=left, is_debit=True, **shown,
        )  # fmt: skip
    return Line(
        what=str(CREDITS[one.kind]), how=str(METHODS[one.method]) if one.method else "", book=None,
        amount=amount_text(Money(-one.amount.minor, one.amount.currency)), left="", is_debit=False, **shown,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt; `out` says that money was given back, `parts` what a payment went to."""

    number: int
    library: str
    address: str
    register: str
    at: str
    how: str
    amount: str
    out: bool
    parts: list[tuple[str, str, str]]


def receipt_shown(
    found: ReceiptFacts, parts: Sequence[tuple[DebitFacts, int]], *, organisation: Tree, now: datetime
) -> Slip:
    unit = organisation.units[found.unit]
    books = _books(debit for debit, _minor in parts)
    local = found.at.astimezone(ZoneInfo(unit.zone))
    return Slip(
        number=found.number,
        library=unit_name(unit),
        address=", ".join(filter(None, (unit.address, unit.city))),
        register=found.register_name,
        at=f"{day(local.date(), today=local_day(now, unit.zone))}, {clock(local.time())}",
        how=str(METHODS[found.method]),
        amount=amount_text(Money(abs(found.amount.minor), found.amount.currency)),
        out=found.amount.minor < 0,
        parts=[
            (
                str(DEBITS[debit.kind]), one.title if (one := books.get(debit.item_id or 0)) else "",
                amount_text(Money(minor, debit.amount.currency)),
            )
            for debit, minor in parts
        ],
    )  # fmt: skip
