"""Registers: added, opened with a float, counted and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.charges.models import CashRegister, Receipt, Shift
from kitabxana.charges.rules import amount_problem, expected_in_drawer
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor

LONGEST_NAME = 60


@transaction.atomic
def add_register(*, unit: str, name: str, by: Actor) -> int:
    """Add a register to a library or point, in its currency; returns the id.

    Refused: unknown_unit, not_permitted, bad_name, name_taken.
    """
    where = tree().units.get(unit)
    if where is None:
        raise Refused.one("unknown_unit", unit=unit)
    _require(by, "registers.edit", where.path)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused.one("bad_name")
    row, made = CashRegister.objects.get_or_create(unit_id=where.id, name=name, defaults={"currency": where.currency})
    if not made:
        raise Refused.one("name_taken", name=name)
    after = {"unit": unit, "name": name, "currency": where.currency}
    audit.record(by, "register.add", object_type="register", object_id=row.pk, after=after)
    return row.pk


@transaction.atomic
def open_register(*, register_id: int, float_minor: int, by: Actor, now: datetime) -> int:
    """Begin a shift with so much put into the drawer; returns the shift's id.

    Locks register. Refused: unknown_register, not_permitted, bad_amount, register_open.
    """
    row = _locked(register_id, by)
    if problem := amount_problem(float_minor):
        raise Refused.one(problem)
    if Shift.objects.filter(register=row, closed_at__isnull=True).exists():
        raise Refused.one("register_open")
    shift = Shift.objects.create(register=row, opened_at=now, opened_by=by.name, float_minor=float_minor)
    audit.record(by, "register.open", object_type="register", object_id=row.pk, after={"float": float_minor})
    return shift.pk


@transaction.atomic
def cash_up(*, register_id: int, counted_minor: int, by: Actor, now: datetime, note: str = "") -> int:
    """End the shift: the drawer was counted. Returns the difference to what should be there, negative when missing.

    Locks register, so that no payment comes in between. Refused: unknown_register, not_permitted, bad_amount,
    register_closed.
    """
    row = _locked(register_id, by)
    if problem := amount_problem(counted_minor):
        raise Refused.one(problem)
    shift = Shift.objects.filter(register=row, closed_at__isnull=True).first()
    if shift is None:
        raise Refused.one("register_closed")
    shift.expected_minor, shift.counted_minor = drawer(shift), counted_minor
    shift.closed_at, shift.closed_by, shift.note = now, by.name, note
    shift.save(update_fields=["expected_minor", "counted_minor", "closed_at", "closed_by", "note"])
    after = {"expected": shift.expected_minor, "counted": counted_minor, "note": note}
    audit.record(by, "register.cash_up", object_type="register", object_id=row.pk, after=after)
    outbox.publish("register.counted", {"register": row.pk, "shift": shift.pk})
    return counted_minor - shift.expected_minor


def drawer(shift: Shift) -> int:
    """The cash that should be in the drawer now."""
    movements = Receipt.objects.filter(shift=shift).values_list("method", "amount_minor")
    return expected_in_drawer(shift.float_minor, movements)


def _locked(register_id: int, by: Actor) -> CashRegister:
    row = CashRegister.objects.select_for_update(no_key=True).filter(pk=register_id).first()
    if row is None:
        raise Refused.one("unknown_register", register=register_id)
    _require(by, "registers.use", tree().by_id[row.unit_id].path)
    return row


def _require(by: Actor, permission: str, path: str) -> None:
    if not by.may(permission, path):
        raise Refused.one("not_permitted", permission=permission)
