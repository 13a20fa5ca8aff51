"""A lending or a return was undone: its slip is not sent where it waits, and what was told with it is told again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.queries import loan, past_loan
from kitabxana.notices.models import Message, Notice
from kitabxana.notices.operations.from_events import loans_closed, loans_opened

if TYPE_CHECKING:
    from collections.abc import Sequence


def loans_undone(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of loan.undone: {"loan": id, …}. Safe to repeat."""
    others = _take_back("check_out", [number for number in _numbers(payloads) if loan(number) is None])
    loans_opened([{"loan": number} for number in others])


def loans_reopened(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of loan.reopened: {"loan": id, …}. A loan that ended again meanwhile keeps the slip of that.

    Where the slip of the undone return has gone out, the true one is told as well. Safe to repeat.
    """
    others = _take_back("check_in", [number for number in _numbers(payloads) if past_loan(number) is None])
    loans_closed([{"loan": number} for number in others])


def _numbers(payloads: Sequence[dict[str, Any]]) -> list[int]:
    return sorted({payload["loan"] for payload in payloads})


@transaction.atomic
def _take_back(trigger: str, loans: Sequence[int]) -> list[int]:
    """Forget that these loans were told of, with the messages that wait; returns the other loans these told of.

    A message is written once for all it tells of: it goes whole. One that is on its way or sent stays.
    """
    told = Notice.objects.filter(trigger=trigger, thing__in=[f"loan {number}" for number in loans])
    in_messages = told.values_list("message", flat=True)
    waiting = list(Message.objects.select_for_update().filter(pk__in=list(in_messages), state="queued").order_by("pk"))
    numbers = [row.pk for row in waiting]
    things = set(Notice.objects.filter(message__in=numbers).values_list("thing", flat=True))
    if waiting:
        entries: list[tuple[object, Any, Any]] = [(row.pk, {"state": row.state}, None) for row in waiting]
        audit.record_many(SYSTEM, "notice.take_back", object_type="message", entries=entries)
    told.delete()
    Message.objects.filter(pk__in=numbers).delete()
    return sorted({int(thing.removeprefix("loan ")) for thing in things} - set(loans))
