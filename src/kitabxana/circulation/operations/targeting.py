"""Keeping each title's line in step with its copies: which copy is fetched for whom, at once and only there.

Whoever changes the line of a title, or takes a copy for it, holds the line's lock: it comes after the lock of the
copy and before those of the holds. Nobody who has it asks for the line of another title, except the placing of "the
first of these" and the merge of two records, in order of number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from kitabxana.circulation.models import Allocation, Hold
from kitabxana.circulation.operations.ending import lock_holds
from kitabxana.circulation.queries.holds import head_of_line, records_waiting, titles_fetched_from, waiting_with_copies
from kitabxana.circulation.rules.targeting import Retargeting, Stock, can_be_fetched, library_turns, retarget
from kitabxana.holdings.queries import items_by_id, items_of
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.organisation.facts import Tree

LINE_LOCK = 0x484C << 48
"""Above it the advisory locks of lines, one for each record's number."""


def lock_line(record_id: int) -> None:
    """Nobody else changes who waits for this title, or for which copy, until the transaction ends; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINE_LOCK | record_id])


def retarget_line(record_id: int, *, organisation: Tree, now: datetime) -> None:
    """Fetch each copy that stands on a shelf for the first reader who may have it, and for nobody else.

    The caller holds the line's lock. At most five statements, however many wait and however many copies there are.
    """
    change = _look(record_id, organisation=organisation, now=now)
    if change.dropped:
        Allocation.objects.filter(hold_id__in=change.dropped, trapped_at__isnull=True).delete()
    Allocation.objects.bulk_create(
        Allocation(hold_id=number, item_id=item, allocated_at=now) for number, item in sorted(change.found.items())
    )


def keep_in_step(record_id: int, *, organisation: Tree, now: datetime) -> None:
    """Lock a title's line and retarget it, where anybody waits; one statement where nobody does.

    For who has put a copy on its shelf, or taken it off. The caller holds the copy's lock.
    """
    if Hold.objects.filter(record_id=record_id).exists():
        lock_line(record_id)
        retarget_line(record_id, organisation=organisation, now=now)


def _look(record_id: int, *, organisation: Tree, now: datetime) -> Retargeting:
    """What has to change in a title's line; three statements."""
    copies = items_of([record_id], organisation=organisation).get(record_id, [])
    rows = Allocation.objects.filter(hold__record_id=record_id).values_list("item_id", "hold_id", "trapped_at")
    kept = {item for item, _, trapped in rows if trapped is not None}
    fetched = {hold for _, hold, trapped in rows if trapped is None}
    fetchable = [one for one in copies if can_be_fetched(one, organisation) and one.id not in kept]
    if not fetchable and not fetched:
        return Retargeting()
    line = head_of_line(record_id, each=max(len(fetchable), 1), organisation=organisation)
    turns = library_turns(organisation, (one.holding_unit for one in fetchable), now)
    change = retarget(line, Stock(fetchable, organisation, turns))
    # Who is suspended, or served by another title meanwhile, stands in no line and keeps no copy.
    return Retargeting(change.dropped | (fetched - {one.id for one in line}), change.found)


def claim(hold: HoldFacts) -> bool:
    """Lock a hold and what belongs to it; whether it still waits. The caller holds the line's lock.

    Another title of "the first of these" may have been filled, or a reader been merged, meanwhile.
    """
    locked = lock_holds(hold.id, hold.cohort)
    if hold.id not in locked:
        return False
    kept = Allocation.objects.filter(hold_id__in=locked)
    return not kept.filter(Q(trapped_at__isnull=False) | ~Q(hold_id=hold.id)).exists()


def trap(hold: HoldFacts, *, item_id: int, now: datetime) -> None:
    """Keep a copy in hand for a claimed hold, which gives up the one that was to be fetched; two statements."""
    Allocation.objects.filter(Q(hold_id=hold.id) | Q(item_id=item_id)).delete()
    Allocation.objects.create(hold_id=hold.id, item_id=item_id, allocated_at=now, trapped_at=now)


def follow_copies(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of item.changed and hold.changed: {"records": [ids]}. Safe to repeat."""
    _follow({record for payload in payloads for record in payload["records"]})


def follow_loans(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of loan.opened, loan.closed, what undoes them, and copy.shelved: {"item": id, …}. Safe to repeat.

    What two transactions could not see of each other, the later of their events finds.
    """
    copies = items_by_id({payload["item"] for payload in payloads})
    _follow({one.record_id for one in copies.values()})


def follow_holds(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of hold.placed: {"hold": id}. Safe to repeat."""
    rows = Hold.objects.filter(pk__in=[payload["hold"] for payload in payloads])
    _follow(set(rows.values_list("record_id", flat=True)))


def _follow(record_ids: Iterable[int], *, now: datetime | None = None) -> int:
    """Title by title in order of number, so that two workers never wait for each other; returns how many changed.

    Nearly always the operation itself has done all: then no line is locked, and no desk waits for the worker.
    """
    organisation, now, changed = tree(), now or timezone.now(), 0
    for record_id in records_waiting(sorted(record_ids)):
        if _look(record_id, organisation=organisation, now=now) == Retargeting():
            continue
        with transaction.atomic():
            lock_line(record_id)
            retarget_line(record_id, organisation=organisation, now=now)
        changed += 1
    return changed


def ask_again(*, now: datetime) -> int:
    """Look at every title for which somebody waits while a copy stands on a shelf, or for which one is to be fetched
    from a library that takes no part today; returns how many changed. Run daily.

    A library that was closed is asked when it opens, others are asked in the place of one that closes, and rules that
    were changed are followed. Each title is one transaction.
    """
    return _follow({*waiting_with_copies(), *_fetched_in_vain(now)}, now=now)


def _fetched_in_vain(now: datetime) -> set[int]:
    """Titles of which a copy is to be fetched where nobody is asked for copies now."""
    organisation = tree()
    by_unit = {organisation.by_id[unit_id].code: titles for unit_id, titles in titles_fetched_from().items()}
    asked = library_turns(organisation, by_unit, now)
    return {record_id for unit, titles in by_unit.items() if unit not in asked for record_id in titles}


def follow_closings(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of library.closed: what was to be fetched there today is fetched elsewhere. Safe to repeat."""
    del payloads
    now = timezone.now()
    _follow(_fetched_in_vain(now), now=now)
