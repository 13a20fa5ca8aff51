"""Barring a reader from borrowing, by hand and by the house itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.messages import RESTRICTIONS
from kitabxana.patrons.models import Restriction
from kitabxana.patrons.operations.locking import editable

if TYPE_CHECKING:
    from datetime import date

    from kitabxana.base.actor import Actor

LONGEST_REASON = 200


@transaction.atomic
def restrict(*, patron_id: int, reason: str, by: Actor, until: date | None = None) -> int:
    """Bar a reader from borrowing, until a day (inclusive) or until lifted; returns the restriction's id.

    Refused: unknown_patron, not_permitted.
    """
    patron = editable(patron_id, by)
    row = Restriction.objects.create(
        patron=patron, reason=reason.strip()[:LONGEST_REASON], until=until, created_by=by.name
    )
    after = {"restriction": row.pk, "until": str(until) if until else None}
    audit.record(by, "patron.restrict", object_type="patron", object_id=patron_id, after=after)
    return row.pk


@transaction.atomic
def lift_restriction(*, restriction_id: int, by: Actor) -> None:
    """End a restriction now. Refused: unknown_restriction, unknown_patron, not_permitted."""
    found = Restriction.objects.filter(pk=restriction_id, lifted_at__isnull=True)
    patron_id = found.values_list("patron_id", flat=True).first()
    if patron_id is None:
        raise Refused.one("unknown_restriction")
    editable(patron_id, by)
    if not found.update(lifted_at=timezone.now(), lifted_by=by.name):
        raise Refused.one("unknown_restriction")
    after = {"restriction": restriction_id}
    audit.record(by, "patron.lift", object_type="patron", object_id=patron_id, after=after)


@transaction.atomic
def restrict_automatically(
    *, patron_id: int, kind: str, source: str, by: Actor, until: date | None = None, reason: str = ""
) -> bool:
    """The house's own restriction, one of each `kind` and `source` (a loan, a debt) at a time; whether it is new.

    Called again, it sets the end anew. Takes no lock of the reader and asks no permission: for the operations that
    find the reason, inside their transaction. `kind` is one of `messages.RESTRICTIONS` other than "manual".
    """
    assert kind in RESTRICTIONS, kind
    assert kind != "manual"
    values = {"until": until, "reason": reason[:LONGEST_REASON]}
    row, created = Restriction.objects.update_or_create(
        patron_id=patron_id, kind=kind, source=source, lifted_at=None, defaults=values
    )
    after = {"restriction": row.pk, "kind": kind, "source": source, "until": str(until) if until else None}
    audit.record(by, "patron.restrict", object_type="patron", object_id=patron_id, after=after)
    return created


@transaction.atomic
def lift_automatically(*, patron_id: int, kind: str, source: str, by: Actor) -> bool:
    """End the house's own restriction of this kind and source; returns whether there was one."""
    found = Restriction.objects.filter(patron_id=patron_id, kind=kind, source=source, lifted_at__isnull=True)
    if not found.update(lifted_at=timezone.now()):
        return False
    after = {"kind": kind, "source": source}
    audit.record(by, "patron.lift", object_type="patron", object_id=patron_id, after=after)
    return True
