"""Fines that grow while their source goes on: one running line each, recomputed as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from kitabxana.base import audit
from kitabxana.charges.models import Debit
from kitabxana.charges.operations.charge import write_debit
from kitabxana.charges.operations.entering import enter
from kitabxana.charges.operations.settle import reduce
from kitabxana.charges.queries.accounts import debit_facts
from kitabxana.charges.rules import CORRECTION, FINE, amount_problem
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.charges.facts import DebitFacts, Source
    from kitabxana.charges.operations.entering import Entered


@transaction.atomic
def set_accruing(
    *, patron_id: int, source: Source, amount_minor: int, unit: str, by: Actor, now: datetime,
    item_id: int | None = None,
) -> DebitFacts | None:  # fmt: skip
    """Let the fine of one source be `amount_minor` in all, as of now; returns the running line, None without one.

    Said twice, it changes nothing. What the reader has meanwhile paid or been let off stands; the running line holds
    what came on top. After `settle_accruing` it does nothing: a nightly job that comes late can't charge again.
    Asks no permission: the feature has. Locks patron. Refused: unknown_unit, unknown_patron, bad_amount.
    """
    if problem := amount_problem(amount_minor):
        raise Refused.one(problem)
    entered = enter(patron_id=patron_id, unit=unit)
    rows = _rows(source)
    if any(row.ended for row in rows):
        return None
    running = next((row for row in rows if row.running), None)
    rest = max(0, amount_minor - _charged(rows))
    if running is None:
        if not rest:
            return None
        running = write_debit(
            entered, kind=FINE, amount_minor=rest, by=by, now=now, source=source, item_id=item_id, running=True
        )
    elif running.amount_minor != rest:
        _let_run(running, rest)
    return debit_facts(running, organisation=entered.organisation)


@transaction.atomic
def settle_accruing(
    *, patron_id: int, source: Source, amount_minor: int, unit: str, by: Actor, now: datetime,
    item_id: int | None = None,
) -> list[DebitFacts]:  # fmt: skip
    """Let the fine of one source be `amount_minor` in all, for good; returns its lines, [] when there never was one.

    Also after it was settled before: a backdated return makes it less. What is then too much goes back to the
    payments it came from, and waits there as the reader's credit (case 35).
    Asks no permission: the feature has. Locks patron. Refused: unknown_unit, unknown_patron, bad_amount.
    """
    if problem := amount_problem(amount_minor):
        raise Refused.one(problem)
    entered = enter(patron_id=patron_id, unit=unit)
    rows = _rows(source)
    running = next((row for row in rows if row.running), None)
    difference = amount_minor - _charged(rows)
    if running is not None:
        _stand(running, max(0, difference), by=by, now=now)
    elif difference > 0:
        rows.append(
            write_debit(entered, kind=FINE, amount_minor=difference, by=by, now=now, source=source, item_id=item_id)
        )
    if difference < 0:
        _correct(entered, rows, by_minor=-difference, by=by, now=now)
    Debit.objects.filter(pk__in=[row.pk for row in rows], ended=False).update(ended=True)
    return [debit_facts(row, organisation=entered.organisation) for row in _rows(source)]


@transaction.atomic
def let_accrue_again(*, patron_id: int, source: Source, unit: str) -> None:
    """What a fine is of goes on after all: `set_accruing` may add to it again. What it came to so far stands.

    Asks no permission: the feature has. Locks patron. Refused: unknown_unit, unknown_patron.
    """
    enter(patron_id=patron_id, unit=unit)
    lines = Debit.objects.filter(
        kind=FINE, source_kind=source.kind, source_id=source.id, source_part=source.part, ended=True
    )
    lines.update(ended=False)


def _rows(source: Source) -> list[Debit]:
    """The fine's lines, each with `corrected`: by how much corrections have made it smaller."""
    rows = Debit.objects.filter(
        kind=FINE, source_kind=source.kind, source_id=source.id, source_part=source.part
    ).order_by("pk")
    corrected = Sum("allocations__amount_minor", filter=Q(allocations__credit__kind=CORRECTION))
    return list(rows.annotate(corrected=Coalesce(corrected, 0)))


def _charged(rows: Sequence[Debit]) -> int:
    """What stands of a fine: its lines that no longer run, less their corrections."""
    return sum(row.amount_minor - row.corrected for row in rows if not row.running)  # type: ignore[attr-defined]


def _let_run(row: Debit, amount_minor: int) -> None:
    row.amount_minor = row.outstanding_minor = amount_minor
    row.save(update_fields=["amount_minor", "outstanding_minor"])


def _stand(row: Debit, amount_minor: int, *, by: Actor, now: datetime) -> None:
    """The line stops running, at this amount."""
    before = row.amount_minor
    row.amount_minor = row.outstanding_minor = amount_minor
    row.running, row.settled_at = False, None if amount_minor else now
    row.save(update_fields=["amount_minor", "outstanding_minor", "running", "settled_at"])
    audit.record(
        by, "charges.fine", object_type="debit", object_id=row.pk, before={"minor": before},
        after={"minor": amount_minor},
    )  # fmt: skip


def _correct(entered: Entered, rows: Sequence[Debit], *, by_minor: int, by: Actor, now: datetime) -> None:
    """Make a fine's lines smaller, the newest first, as far as they were not waived."""
    for row in reversed(rows):
        if by_minor and not row.running and row.amount_minor:
            by_minor -= reduce(entered, row, kind=CORRECTION, at_most=by_minor, by=by, now=now)
