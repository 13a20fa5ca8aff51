"""The audit trail: one row for every write, in the write's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from kitabxana.base.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kitabxana.base.actor import Actor

_INSERT = """
    INSERT INTO base_auditentry
        (at, actor_id, actor_name, unit, action, object_type, object_id, before, after, address, request_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
PARTITION_MONTHS_AHEAD = 13


def record(
    by: Actor, action: str, *, object_type: str, object_id: object, before: Any = None, after: Any = None
) -> None:
    """Write one entry. Must run inside the transaction of what it records; `before` and `after` are JSON values.

    Never put secrets in; put in of a reader no more than changed.
    """
    assert transaction.get_connection().in_atomic_block, "an audit row belongs to its action's transaction"
    values: list[Any] = [
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
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


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


def make_partitions() -> None:
    """Make the monthly partitions of the audit trail from this month on, as far as they do not exist. Run daily."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_make_audit_partitions(%s)", [PARTITION_MONTHS_AHEAD])
