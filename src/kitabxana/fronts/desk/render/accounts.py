"""Accounts, registers and receipts as the desk's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.numbers import get_decimal_symbol
from django.utils.translation import gettext as _

from kitabxana.catalogue.queries import briefs
from kitabxana.charges import queries
from kitabxana.charges.facts import DebitFacts
from kitabxana.charges.messages import CREDITS, DEBITS, METHODS, amount_text
from kitabxana.fronts.desk.render.words import language, local_day, short_date, unit_name
from kitabxana.holdings.queries import items_by_id
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.charges.facts import Account, CreditFacts, ReceiptFacts, RegisterFacts, ShiftFacts
    from kitabxana.organisation.facts import UnitFacts


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of an account. `amount` of a credit is below nothing; `left` is what is open of either, "" if nothing.

    `record_id` and `title` are of the copy it is about. `receipt` is the number of its receipt's page.
    """

    id: int
    is_debit: bool
    kind: str
    what: str
    title: str
    record_id: int | None
    barcode: str
    on: str
    library: str
    by: str
    amount: str
    left: str
    left_plain: str
    is_open: bool
    running: bool
    how: str
    note: str
    receipt: int | None


@dataclass(frozen=True, slots=True)
class Owed:
    """One currency of an account: `owed` and `good` are "" where there is nothing; `in_kind` counts books owed."""

    currency: str
    owed: str
    good: str
    in_kind: int


def plain(minor: int) -> str:
    """An amount as a form takes it, with the decimal sign of the language."""
    return str(Money(minor, "").decimal()).replace(".", get_decimal_symbol(language()))


def line_rows(lines: Sequence[DebitFacts | CreditFacts], *, where: UnitFacts) -> list[LineRow]:
    """Four statements however many lines there are."""
    items = items_by_id(one.item_id for one in lines if isinstance(one, DebitFacts) and one.item_id is not None)
    known = briefs({item.record_id for item in items.values()}) if items else {}
    slips = queries.receipts_of(one.id for one in lines) if lines else {}
    units = tree().units
    rows = []
    for one in lines:
        is_debit = isinstance(one, DebitFacts)
        item = items.get(one.item_id or 0) if isinstance(one, DebitFacts) else None
        left = one.outstanding if isinstance(one, DebitFacts) else one.remaining
        moment = one.charged_at if isinstance(one, DebitFacts) else one.credited_at
        rows.append(
            LineRow(
                id=one.id,
                is_debit=is_debit,
                kind=one.kind,
                what=str(DEBITS[one.kind] if is_debit else CREDITS[one.kind]),
                title=known.get(item.record_id, {}).get("title", "") if item else "",
                record_id=item.record_id if item else None,
                barcode=(item.barcode or "") if item else "",
                on=short_date(local_day(moment, where.zone)),
                library=unit_name(units, one.unit),
                by=one.charged_by if isinstance(one, DebitFacts) else one.credited_by,
                amount=amount_text(one.amount if is_debit else Money(-one.amount.minor, one.amount.currency)),
                left=amount_text(left) if left.minor else "",
                left_plain=plain(left.minor),
                is_open=isinstance(one, DebitFacts) and one.settled_at is None,
                running=isinstance(one, DebitFacts) and one.running,
                how="" if isinstance(one, DebitFacts) or not one.method else str(METHODS[one.method]),
                note=one.note,
                receipt=slips.get(one.id),
            )
        )
    return rows


def owed_rows(found: Account) -> list[Owed]:
    """What is owed and to the good, a line for each currency."""
    return [
        Owed(
            currency=currency,
            owed=amount_text(Money(balance.owed_minor, currency)) if balance.owed_minor else "",
            good=amount_text(Money(balance.credit_minor, currency)) if balance.credit_minor else "",
            in_kind=sum(debit.amount.currency == currency and not debit.outstanding.minor for debit in found.debits),
        )
        for currency, balance in sorted(found.balances.items())
    ]


def owes(patron_id: int) -> list[str]:
    """What a reader owes in each currency, for the head of other pages; one statement."""
    found = queries.balances_of([patron_id]).get(patron_id, {})
    return [amount_text(Money(one.owed_minor, currency)) for currency, one in sorted(found.items()) if one.owed_minor]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift of a register; `difference` is "" before the count, `tone` how it is drawn."""

    opened: str
    opened_by: str
    closed: str
    closed_by: str
    float_: str
    expected: str
    counted: str
    difference: str
    tone: str
    note: str


def shift_row(shift: ShiftFacts, *, currency: str, zone: str) -> ShiftRow:
    gap = shift.difference_minor
    return ShiftRow(
        opened=moment_text(shift.opened_at, zone),
        opened_by=shift.opened_by,
        closed=moment_text(shift.closed_at, zone) if shift.closed_at else "",
        closed_by=shift.closed_by,
        float_=amount_text(Money(shift.float_minor, currency)),
        expected=amount_text(Money(shift.expected_minor, currency)),
        counted="" if shift.counted_minor is None else amount_text(Money(shift.counted_minor, currency)),
        difference="" if gap is None else amount_text(Money(gap, currency)) if gap else _("None"),
        tone="stop" if gap else "in",
        note=shift.note,
    )


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    id: int
    number: int
    at: str
    amount: str
    out: bool
    how: str
    by: str
    register: str
    library: str


def receipt_rows(receipts: Sequence[ReceiptFacts], *, zone: str) -> list[ReceiptRow]:
    units = tree().units
    return [
        ReceiptRow(
            id=one.id,
            number=one.number,
            at=moment_text(one.at, zone),
            amount=amount_text(one.amount),
            out=one.amount.minor < 0,
            how=str(METHODS[one.method]),
            by=one.by,
            register=one.register_name,
            library=unit_name(units, one.unit),
        )
        for one in receipts
    ]


def register_choices(registers: Sequence[RegisterFacts]) -> list[RegisterFacts]:
    """Open registers first: money goes through those."""
    return sorted(registers, key=lambda one: (not one.is_open, one.name))


def moment_text(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date())} {local:%H:%M}"
