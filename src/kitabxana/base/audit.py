"""The audit trail: one row for every write, in the write's own transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from kitabxana.base.models import AuditEntry
from kitabxana.base.statements import prepared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor

INSERT = """
    INSERT INTO base_auditentry
        (at, actor_id, actor_name, unit, action, object_type, object_id, before, after, address, request_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_MANY = """
    INSERT INTO base_auditentry
        (at, actor_id, actor_name, unit, action, object_type, address, request_id, object_id, before, after)
    SELECT %s, %s, %s, %s, %s, %s, %s::inet, %s, told.object_id, told.before::jsonb, told.after::jsonb
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (object_id, before, after)
"""
PARTITION_MONTHS_AHEAD = 13


def record(
    by: Actor, action: str, *, object_type: str, object_id: object, before: Any = None, after: Any = None
) -> None:
    """Write one entry. Must run inside the transaction of what it records; `before` and `after` are JSON values.

    Never put secrets in; put in of a reader no more than changed.
    """
    assert transaction.get_connection().in_atomic_block, "an audit row belongs to its action's transaction"
    with prepared() as cursor:
        cursor.execute(INSERT, values_of(by, action, object_type, object_id, before, after))


def values_of(by: Actor, action: str, object_type: str, object_id: object, before: Any, after: Any) -> list[Any]:
    """What `INSERT` takes."""
    return [
        timezone.now(),
        by.user_id,
        by.name,
        by.unit,
        action,
        object_type,
        str(object_id),
        None if before is None else Jsonb(before),
        None if after is None else Jsonb(after),
        by.address,
        by.request_id,
    ]


def entries(
    *, object_type: str, object_ids: Iterable[object] | None = None, actor: str = "", since: datetime | None = None,
    until: datetime | None = None, limit: int = 100, offset: int = 0,
) -> list[AuditEntry]:  # fmt: skip
    """Entries about objects of this type (all of them, or these), the newest first; `actor` is a login's whole name."""
    rows = AuditEntry.objects.filter(object_type=object_type)
    if object_ids is not None:
        rows = rows.filter(object_id__in=[str(one) for one in object_ids])
    if actor:
        rows = rows.filter(actor_name=actor)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return list(rows.order_by("-at", "-id")[offset : offset + limit])


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the whole trail; "" and None ask for anything. `action` is the beginning of an action's name."""

    object_type: str = ""
    object_id: str = ""
    actor: str = ""
    action: str = ""
    units: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


def sift(asked: Question, *, limit: int, offset: int = 0) -> list[AuditEntry]:
    """Entries that fit, the newest first; one statement. `units` are those where the actors worked."""
    named = {"object_type": asked.object_type, "object_id": asked.object_id, "actor_name": asked.actor,
             "action__startswith": asked.action, "at__gte": asked.since, "at__lt": asked.until}  # fmt: skip
    rows = AuditEntry.objects.filter(**{name: value for name, value in named.items() if value})
    if asked.units is not None:
        rows = rows.filter(unit__in=asked.units)
    return list(rows.order_by("-at", "-id")[offset : offset + limit])


def make_partitions() -> None:
    """Make the monthly partitions of the audit trail from this month on, as far as they do not exist. Run daily."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_make_audit_partitions(%s)", [PARTITION_MONTHS_AHEAD])


def record_many(by: Actor, action: str, *, object_type: str, entries: Sequence[tuple[object, Any, Any]]) -> None:
    """Write one entry for each (object id, before, after); one statement however many. As `record` otherwise."""
    assert transaction.get_connection().in_atomic_block, "an audit row belongs to its action's transaction"
    now = timezone.now()
    told = [str(one) for one, _, _ in entries]
    before, after = ([None if one is None else json.dumps(one) for one in column] for column in _columns(entries))
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_MANY,
            [now, by.user_id, by.name, by.unit, action, object_type, by.address, by.request_id, told, before, after],
        )


def _columns(entries: Sequence[tuple[object, Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [before for _, before, _ in entries], [after for _, _, after in entries]


def trail(object_type: str, object_id: object, *, limit: int) -> list[AuditEntry]:
    """What was done with one thing, newest first; one statement. Who may see it is the caller's question."""
    rows = AuditEntry.objects.filter(object_type=object_type, object_id=str(object_id))
    return list(rows.order_by("-at", "-id")[:limit])
