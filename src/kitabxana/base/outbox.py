"""Events: written with what they tell of, delivered after it is committed, at least once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from kitabxana.base import audit
from kitabxana.base.models import OutboxEvent
from kitabxana.base.statements import prepared

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor

Handler = Callable[[Sequence[dict[str, Any]]], None]
"""Takes the payloads of several events of one name; must be safe to call again with the same ones."""

logger = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 3600


class NotNow(Exception):
    """Raised by a handler whose tool is busy: its events wait a second and are not counted as failed."""


def publish(name: str, payload: dict[str, Any]) -> int:
    """Put one event into the outbox; returns its id. Must run inside the transaction of what it tells of."""
    assert transaction.get_connection().in_atomic_block, "an event belongs to its action's transaction"
    with prepared() as cursor:
        cursor.execute(_PUBLISH, _values(name, payload))
        event: int = cursor.fetchone()[0]
    return event


def publish_audited(
    name: str, payload: dict[str, Any], *, by: Actor, action: str, object_type: str, object_id: object,
    before: Any = None, after: Any = None,
) -> None:  # fmt: skip
    """One event and the audit row of what it tells of (`audit.record`), in one statement: for what is done all day."""
    assert transaction.get_connection().in_atomic_block, "an event belongs to its action's transaction"
    told = audit.values_of(by, action, object_type, object_id, before, after)
    with prepared() as cursor:
        cursor.execute(_PUBLISH_AUDITED, [*told, *_values(name, payload)])


def _values(name: str, payload: dict[str, Any]) -> list[Any]:
    now = timezone.now()
    return [name, Jsonb(payload), now, now]


_PUBLISH = """
    INSERT INTO base_outboxevent (name, payload, created_at, attempts, next_try_at, error)
    VALUES (%s, %s, %s, 0, %s, '') RETURNING id"""
_PUBLISH_AUDITED = f"WITH audited AS ({audit.INSERT}) {_PUBLISH}"


def pending(*names: str) -> int:
    """How many events wait; with `names`, how many of these."""
    rows = OutboxEvent.objects.filter(name__in=names) if names else OutboxEvent.objects.all()
    return rows.count()


def deliver(handlers: Mapping[str, Sequence[Handler]], *, limit: int = 500, at_leisure: Collection[str] = ()) -> int:
    """Hand waiting events to their handlers, oldest first; returns how many were settled.

    Events named `at_leisure` tell of work in bulk: one at a time, and only when nothing else is due.

    The rows stay locked meanwhile, so two workers never take the same event. When a handler fails, its events wait
    (1 s, doubling up to an hour) and the others go on. Events that failed together are tried one by one afterwards,
    so that one which can't be handled holds up nobody but itself.
    """
    settled = 0
    with transaction.atomic():
        due = OutboxEvent.objects.select_for_update(skip_locked=True).filter(next_try_at__lte=timezone.now())
        batches: dict[tuple[str, int], list[OutboxEvent]] = {}
        urgent = list(due.exclude(name__in=at_leisure).order_by("id")[:limit])
        for event in urgent or due.order_by("id")[:1]:
            batches.setdefault((event.name, event.pk if event.attempts else 0), []).append(event)
        for (name, _), events in batches.items():
            settled += _deliver_batch(name, events, handlers.get(name, ()))
    return settled


def settle(event_ids: Sequence[int]) -> None:
    """Strike out events whose work their publisher has done itself (the bulk import indexes as it goes)."""
    OutboxEvent.objects.filter(pk__in=event_ids).delete()


def _deliver_batch(name: str, events: list[OutboxEvent], handlers: Sequence[Handler]) -> int:
    try:
        with transaction.atomic():
            for handler in handlers:
                handler([event.payload for event in events])
    except NotNow:
        later = timezone.now() + timedelta(seconds=1)
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(next_try_at=later)
        return 0
    except Exception as failure:  # whatever a handler does, the others must go on
        if events[0].attempts:
            logger.warning("handlers of %s failed again: %r", name, failure)
        else:
            logger.exception("handlers of %s failed", name)
        for event in events:
            event.attempts += 1
            event.error = repr(failure)[:2000]
            wait = min(2 ** min(event.attempts - 1, 12), LONGEST_WAIT_SECONDS)
            event.next_try_at = timezone.now() + timedelta(seconds=wait)
        OutboxEvent.objects.bulk_update(events, ["attempts", "error", "next_try_at"])
        return 0
    settle([event.pk for event in events])
    return len(events)
