"""What circulation keeps of a reader, for `base.ports`: it stands in the way, moves along, is told and is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kitabxana.base.ports import PatronTies
from kitabxana.circulation.models import Hold, Loan, PastHold, PastLoan, ReturnClaim
from kitabxana.circulation.operations.ending import end_hold
from kitabxana.circulation.queries import held_of
from kitabxana.kernel.decisions import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


def hindrances(patron_id: int) -> tuple[Refusal, ...]:
    """Open loans and holds; two statements."""
    found = []
    if loans := Loan.objects.filter(patron_id=patron_id).count():
        found.append(Refusal("open_loans", {"loans": loans}))
    if holds := Hold.objects.filter(patron_id=patron_id).count():
        found.append(Refusal("open_holds", {"holds": holds}))
    return tuple(found)


def move(gone: int, keep: int) -> Mapping[str, int]:
    """One person waits once for a title, and not for one that she has: such holds end, the others move along."""
    loans = Loan.objects.filter(patron_id=gone).update(patron_id=keep)
    _end_doubles(gone, keep)
    return {
        "loans": loans,
        "past_loans": PastLoan.objects.filter(patron_id=gone).update(patron_id=keep),
        "holds": Hold.objects.filter(patron_id=gone).update(patron_id=keep),
        "past_holds": PastHold.objects.filter(patron_id=gone).update(patron_id=keep),
        "claims": ReturnClaim.objects.filter(patron_id=gone).update(patron_id=keep),
    }


def _end_doubles(gone: int, keep: int) -> None:
    """Of two holds of one title the one with the copy nearer at hand goes on, else the earlier one."""
    rows = Hold.objects.select_for_update(of=("self",)).select_related("allocation")
    whole = list(rows.filter(patron_id__in=(gone, keep)).order_by("pk"))
    has = set(Loan.objects.filter(patron_id=keep).values_list("item__record_id", flat=True))
    now, waits_for = timezone.now(), set()
    for row in sorted(whole, key=_nearness):
        if row.cohort is not None and not Hold.objects.filter(pk=row.pk).exists():
            continue  # another of "the first of these" was filled, and ended it
        if row.record_id in has:
            end_hold(row, outcome="filled", now=now)
        elif row.record_id in waits_for:
            end_hold(row, outcome="cancelled", now=now)
        waits_for.add(row.record_id)


def _nearness(row: Hold) -> tuple[Any, ...]:
    copy: Any = getattr(row, "allocation", None)
    return (copy is None or copy.ready_at is None, copy is None, row.priority_class, row.placed_at, row.pk)


def forget(patron_id: int) -> None:
    """Ended loans and holds count on without the reader; what was claimed of them goes."""
    PastLoan.objects.filter(patron_id=patron_id).update(patron_id=None)
    PastHold.objects.filter(patron_id=patron_id).update(patron_id=None)
    ReturnClaim.objects.filter(patron_id=patron_id).exclude(outcome="").delete()


TIES = PatronTies("circulation", hindrances, move, held_of, forget)
