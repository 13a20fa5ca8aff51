"""What a reader once borrowed or waited for, and when it is forgotten who that was. The rows stay and count on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.circulation.models import PastHold, PastLoan
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.operations import lock_patron
from kitabxana.patrons.queries import forget_before

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor

AT_ONCE = 1000


@transaction.atomic
def forget_history(*, patron_id: int, by: Actor, loan_id: int | None = None) -> int:
    """Take a reader's name off a loan that ended, or off all of them and the holds that ended; returns how many loans.

    Only that reader may. Locks patron. Refused: not_permitted, unknown_patron, unknown_loan.
    """
    if by.patron_id != patron_id:
        raise Refused.one("not_permitted", permission="patrons.edit")
    if lock_patron(patron_id) is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    loans = PastLoan.objects.filter(patron_id=patron_id)
    if loan_id is not None:
        loans = loans.filter(id=loan_id)
    count = loans.update(patron_id=None)
    if loan_id is None:
        PastHold.objects.filter(patron_id=patron_id).update(patron_id=None)
    elif not count:
        raise Refused.one("unknown_loan")
    # How many, and not which: that is what the reader wants forgotten.
    audit.record(by, "patron.forget_history", object_type="patron", object_id=patron_id, after={"loans": count})
    return count


def forget_ended(*, now: datetime) -> int:
    """Take the names off all loans and holds that ended longer ago than their readers and libraries want them kept;
    returns how many loans. A thousand readers are one transaction. Run daily; run again it finds nothing.
    """
    forgotten = 0
    for rows, column in ((PastLoan.objects, "returned_at"), (PastHold.objects, "ended_at")):
        named = rows.filter(patron_id__isnull=False).values_list("patron_id").annotate(first=Min(column))
        first: dict[int, datetime] = {patron: moment for patron, moment in named if patron is not None}
        readers = sorted(first)
        for start in range(0, len(readers), AT_ONCE):
            some = readers[start : start + AT_ONCE]
            limits = forget_before(some, now=now)
            with transaction.atomic():
                for patron_id, limit in limits.items():
                    if limit is None or first[patron_id] >= limit:
                        continue
                    mine = rows.filter(patron_id=patron_id, **{f"{column}__lt": limit})
                    forgotten += mine.update(patron_id=None) * (column == "returned_at")
    return forgotten


def forget_returned(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of loan.closed, after who tells the reader of it: {"loan": id, …}. Safe to repeat.

    Who wants nothing kept, or belongs to a library that keeps nothing, is forgotten as soon as the copy is back.
    """
    named = PastLoan.objects.filter(id__in=[payload["loan"] for payload in payloads], patron_id__isnull=False)
    readers = {patron for patron in named.values_list("patron_id", flat=True) if patron is not None}
    now = timezone.now()
    limits = forget_before(readers, now=now)
    at_once = [patron for patron, limit in limits.items() if limit is not None and limit >= now]
    if at_once:
        named.filter(patron_id__in=at_once).update(patron_id=None)
