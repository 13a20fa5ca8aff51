"""Short ways to lend, take back and hold in the small nation; every test says the rest itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import OutboxEvent
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import CheckedIn, LoanFacts

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)  # a Monday, 14:00 in Baku


def lend(
    item: int, patron: int, *, unit: str = "GNC-M", by: Actor = SYSTEM, now: datetime = NOW, lift: str = "", **more: Any
) -> LoanFacts:
    return check_out(item_id=item, patron_id=patron, unit=unit, by=by, now=now, lift=frozenset(lift.split()), **more)


def take(item: int, *, unit: str = "GNC-M", days: float = 1, by: Actor = SYSTEM, **more: Any) -> CheckedIn:
    return check_in(item_id=item, unit=unit, by=by, now=NOW + timedelta(days=days), **more)


def policy(**values: Any) -> None:
    """Set policies for the whole installation."""
    for name, value in values.items():
        set_policy(name=name, value=value, by=SYSTEM)


def refused(operation: Any, *arguments: Any, **more: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        operation(*arguments, **more)
    return [refusal.code for refusal in found.value.refusals]


def told(name: str) -> list[dict[str, Any]]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("pk")]
