"""Reads of registers, their shifts and receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kitabxana.charges.facts import ReceiptFacts, RegisterFacts, ShiftFacts
from kitabxana.charges.models import CashRegister, Receipt, Shift
from kitabxana.charges.rules import CASH, expected_in_drawer
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from kitabxana.organisation.facts import Tree


def _within(prefixes: Sequence[str], field: str = "unit__path__startswith") -> Q:
    seen = Q(pk__in=())
    for prefix in prefixes:
        seen |= Q(**{field: prefix})
    return seen


def _shift_facts(row: Shift, *, cash: int) -> ShiftFacts:
    expected = row.expected_minor
    return ShiftFacts(
        id=row.pk,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        float_minor=row.float_minor,
        expected_minor=expected_in_drawer(row.float_minor, [(CASH, cash)]) if expected is None else expected,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        counted_minor=row.counted_minor,
        note=row.note,
    )


def _with_cash(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    return rows.annotate(cash=Coalesce(Sum("receipts__amount_minor", filter=Q(receipts__method=CASH)), 0))


def _complete(rows: Iterable[CashRegister]) -> list[RegisterFacts]:
    """Registers with their open shifts; two statements more."""
    rows = list(rows)
    organisation = tree()
    shifts = _with_cash(Shift.objects.filter(register__in=rows, closed_at__isnull=True))
    shift_of = {shift.register_id: _shift_facts(shift, cash=shift.cash) for shift in shifts}  # type: ignore[attr-defined]
    return [
        RegisterFacts(row.pk, organisation.by_id[row.unit_id].code, row.name, row.currency, shift_of.get(row.pk))
        for row in rows
    ]


def registers_at(unit: str) -> list[RegisterFacts]:
    """The registers of one library or point, by name."""
    return _complete(CashRegister.objects.filter(unit__code=unit).order_by("name"))


def register(register_id: int, *, scopes: Sequence[str]) -> RegisterFacts | None:
    """A register of the units under these path prefixes."""
    found = _complete(CashRegister.objects.filter(_within(scopes), pk=register_id))
    return found[0] if found else None


def shifts_of(register_id: int, *, limit: int = 30) -> list[ShiftFacts]:
    """The last counted shifts of a register, the newest first; one statement."""
    rows = Shift.objects.filter(register_id=register_id, closed_at__isnull=False).order_by("-pk")[:limit]
    return [_shift_facts(row, cash=0) for row in rows]


def shift_receipts(shift_id: int, *, limit: int = 100) -> list[ReceiptFacts]:
    """The last receipts of a shift, the newest first; two statements."""
    rows = Receipt.objects.select_related("register").filter(shift_id=shift_id).order_by("-number")[:limit]
    return _receipts(rows, tree())


def receipt(receipt_id: int, *, scopes: Sequence[str]) -> ReceiptFacts | None:
    """A receipt of a register of the units under these path prefixes; two statements."""
    rows = Receipt.objects.select_related("register").filter(_within(scopes, "register__unit__path__startswith"))
    found = _receipts(rows.filter(pk=receipt_id), tree())
    return found[0] if found else None


def receipts_of(line_ids: Iterable[int]) -> dict[int, int]:
    """debit or credit → its receipt, for those that have one; one statement."""
    wanted = list(line_ids)
    rows = Receipt.objects.filter(Q(credit_id__in=wanted) | Q(debit_id__in=wanted))
    return {credit or debit or 0: number for credit, debit, number in rows.values_list("credit_id", "debit_id", "pk")}


def _receipts(rows: Iterable[Receipt], organisation: Tree) -> list[ReceiptFacts]:
    return [
        ReceiptFacts(
            id=row.pk,
            register_id=row.register_id,
            register_name=row.register.name,
            unit=organisation.by_id[row.register.unit_id].code,
            number=row.number,
            amount=Money(row.amount_minor, row.register.currency),
            method=row.method,
            at=row.at,
            by=row.by,
            patron_id=row.patron_id,
            credit_id=row.credit_id,
            debit_id=row.debit_id,
        )
        for row in rows
    ]
