"""Charges, registers and what must hold of them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source, Till
from kitabxana.charges.operations import add_register, charge_by_hand, open_register
from kitabxana.charges.queries import CHECKS, debit
from kitabxana.organisation.operations import add_unit, set_hours
from kitabxana.organisation.tests.builders import EVERY_DAY

if TYPE_CHECKING:
    from kitabxana.charges.facts import DebitFacts

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LOAN = Source("loan", 7)


def a_register(*, unit: str = "GNC-M", name: str = "Masa 1", in_drawer: int = 0) -> int:
    """A register that is open; returns the id."""
    register = add_register(unit=unit, name=name, by=SYSTEM)
    open_register(register_id=register, float_minor=in_drawer, by=SYSTEM, now=NOW)
    return register


def a_till(*, unit: str = "GNC-M", method: str = "cash") -> Till:
    return Till(unit, method, a_register(unit=unit))


def owes(patron_id: int, minor: int, *, kind: str = "manual", unit: str = "GNC-M") -> int:
    """A debit charged at a desk; returns the id."""
    return charge_by_hand(patron_id=patron_id, kind=kind, amount_minor=minor, unit=unit, by=SYSTEM, now=NOW).id


def a_library_in_turkiye() -> None:
    """TR with one library, ANK, that counts in lira."""
    add_unit(code="TR", kind="nation", parent=None, names={"tr": "Türkiye"}, by=SYSTEM, country="TR",
             zone="Europe/Istanbul", currency="TRY")  # fmt: skip
    add_unit(code="ANK", kind="library", parent="TR", names={"tr": "Ankara"}, by=SYSTEM)
    set_hours(unit="TR", weekly=EVERY_DAY, by=SYSTEM)


def outstanding(debit_id: int) -> int:
    return found(debit_id).outstanding.minor


def found(debit_id: int) -> DebitFacts:
    one = debit(debit_id)
    assert one is not None
    return one


def faults() -> dict[str, list[tuple[object, ...]]]:
    """What `kitabxana check` would find in the ledger; {} is as it must be."""
    wrong = {}
    with connection.cursor() as cursor:
        for code, statement in CHECKS.items():
            cursor.execute(statement)
            if rows := cursor.fetchall():
                wrong[code] = rows
    return wrong
