"""Who did what with readers' data, for the data protection officer."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.base import audit
from kitabxana.patrons.facts import AuditFacts
from kitabxana.patrons.models import Patron
from kitabxana.patrons.queries.finding import units_in
from kitabxana.patrons.queries.readers import scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from kitabxana.base.models import AuditEntry

MOST_READ = 5000


def audit_of_patrons(
    *, scopes: Sequence[str], patron_id: int | None, actor: str = "",
    days: tuple[date | None, date | None] = (None, None), limit: int, offset: int = 0,
) -> list[AuditFacts]:  # fmt: skip
    """Entries about readers of these scopes (also those who left), the newest first; the days are inclusive.

    For a part of the nation the newest five thousand that fit are sifted by the readers' libraries.
    """
    since, until = (_midnight(day) for day in days)
    until = until + timedelta(days=1) if until else None
    asked = {"object_type": "patron", "actor": actor, "since": since, "until": until}
    ids = None if patron_id is None else [patron_id]
    if units_in(scopes) is None:
        return [_facts(row) for row in audit.entries(**asked, object_ids=ids, limit=limit, offset=offset)]  # type: ignore[arg-type]
    rows = audit.entries(**asked, object_ids=ids, limit=MOST_READ)  # type: ignore[arg-type]
    mine = set(
        Patron.objects.filter(scope_of(scopes), pk__in={int(row.object_id) for row in rows}).values_list(
            "pk", flat=True
        )
    )
    seen = [row for row in rows if int(row.object_id) in mine]
    return [_facts(row) for row in seen[offset : offset + limit]]


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _facts(row: AuditEntry) -> AuditFacts:
    told = row.after if isinstance(row.after, dict) else {}
    return AuditFacts(
        at=row.at,
        actor=row.actor_name,
        unit=row.unit,
        address=row.address or "",
        action=row.action,
        patron_id=int(row.object_id),
        told=tuple(sorted(told)),
    )
