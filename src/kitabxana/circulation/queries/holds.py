"""Reads of holds: the head of a title's line, and the lists a desk works through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.statements import prepared
from kitabxana.circulation.models import Allocation, Hold, PastHold, Transfer
from kitabxana.circulation.queries import LINE, all_holds
from kitabxana.holdings.queries import items_by_id
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from django.db.models import QuerySet

    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree

_HEAD = """
    SELECT unnest((array_agg(line.id))[1:%s]) FROM (
        SELECT h.id, h.pickup_unit_id, h.item_id, h.item_type_id, h.volume, p.home_unit_id, p.category_id,
               a.item_id AS fetched
        FROM circulation_hold h JOIN patrons_patron p ON p.id = h.patron_id
        LEFT JOIN circulation_allocation a ON a.hold_id = h.id
        WHERE h.record_id = %s AND (a.item_id = %s OR (
            a.trapped_at IS NULL AND NOT h.suspended AND (h.cohort IS NULL OR NOT EXISTS (
                SELECT 1 FROM circulation_hold o JOIN circulation_allocation b ON b.hold_id = o.id
                WHERE o.cohort = h.cohort AND o.id <> h.id))))
        ORDER BY h.priority_class, h.turn, h.id) AS line
    GROUP BY pickup_unit_id, item_id, item_type_id, volume, home_unit_id, category_id, fetched"""
"""The first of each kind in line: holds alike in all that is grouped by may be filled by the same copies. An aggregate
takes its values in the order in which a sorted subquery gives them."""


def head_of_line(record_id: int, *, each: int, organisation: Tree, item_id: int | None = None) -> list[HoldFacts]:
    """Of those who wait for a title the first `each` of every kind, in queue order; two statements at most, however
    long the line. Left out are who is suspended and who has a copy kept, here or of another title of "the first of
    these"; who has `item_id` kept is there.
    """
    with prepared() as cursor:
        cursor.execute(_HEAD, [each, record_id, item_id])
        head = [number for (number,) in cursor.fetchall()]
    return all_holds(Hold.objects.filter(pk__in=head).order_by(*LINE), organisation) if head else []


def hold(hold_id: int, *, organisation: Tree | None = None) -> HoldFacts | None:
    """One hold; two statements, one with the tree in hand."""
    found = all_holds(Hold.objects.filter(pk=hold_id), organisation)
    return found[0] if found else None


def hold_of_item(item_id: int) -> HoldFacts | None:
    """The hold for which this copy is kept or on its way; None where it is nobody's."""
    found = all_holds(Hold.objects.filter(allocation__item_id=item_id)[:1])
    return found[0] if found else None


def ranks(holds: Sequence[HoldFacts]) -> dict[int, int]:
    """hold → its rank among those who still wait for its title, from 1, without gaps; 0 who has a copy kept.

    One statement; nothing is stored, so nothing has to be renumbered (case 30).
    """
    records = {one.record_id for one in holds}
    rank = Window(RowNumber(), partition_by=[F("record")], order_by=list(LINE))
    rows = Hold.objects.filter(record_id__in=records, allocation__trapped_at__isnull=True).annotate(rank=rank)
    found = dict(rows.values_list("pk", "rank"))
    return {one.id: found.get(one.id, 0) for one in holds}


@dataclass(frozen=True, slots=True)
class ToFetch:
    """A line of the pull list: the copy that stands here, and the reader's hold it is fetched for."""

    item: ItemFacts
    hold: HoldFacts
    since: datetime


def pull_list(unit: str) -> list[ToFetch]:
    """What is to be fetched from the shelves of a library, in the order in which one walks along them."""
    organisation = tree()
    rows = Allocation.objects.filter(
        trapped_at__isnull=True, item__holding_unit_id=organisation.units[unit].id, item__place="shelf"
    ).order_by("item__location", "item__shelf_key", "item_id")
    since = {row.hold_id: row.allocated_at for row in rows}
    copies, holds = _both(rows, organisation)
    return [ToFetch(copies[row.item_id], holds[row.hold_id], since[row.hold_id]) for row in rows]


def hold_shelf(unit: str) -> list[ToFetch]:
    """What stands ready on a library's hold shelf, first what must be fetched first."""
    organisation = tree()
    rows = Allocation.objects.filter(
        ready_at__isnull=False, hold__pickup_unit_id=organisation.units[unit].id
    ).order_by("expires_on", "ready_at", "pk")  # fmt: skip
    copies, holds = _both(rows, organisation)
    return [ToFetch(copies[row.item_id], holds[row.hold_id], row.ready_at or row.allocated_at) for row in rows]


def _both(
    rows: QuerySet[Allocation], organisation: Tree
) -> tuple[Mapping[int, ItemFacts], Mapping[int, HoldFacts]]:  # fmt: skip
    copies = items_by_id({row.item_id for row in rows})
    holds = all_holds(Hold.objects.filter(pk__in=[row.hold_id for row in rows]), organisation)
    return copies, {one.id: one for one in holds}


@dataclass(frozen=True, slots=True)
class ToClear:
    """A copy to be taken off the hold shelf: its reader did not come, or wants it no more."""

    item: ItemFacts
    patron_id: int | None
    ended_at: datetime
    outcome: str


def to_clear(unit: str, *, limit: int = 500) -> list[ToClear]:
    """What is to be taken off a library's hold shelf, longest there first; three statements.

    A copy leaves the list when it is scanned anywhere: it has been seen since.
    """
    unit_id = tree().units[unit].id
    past = PastHold.objects.filter(pickup_unit_id=unit_id, item_id__isnull=False).order_by("-ended_at")[:limit]
    rows = list(past)
    copies = items_by_id({row.item_id for row in rows if row.item_id is not None})
    found: dict[int, ToClear] = {}
    for row in rows:
        copy = copies.get(row.item_id or 0)
        if copy is None or copy.place != "shelf" or copy.holding_unit != unit or copy.lost:
            continue
        if copy.last_seen_at is None or copy.last_seen_at <= row.ended_at:
            found.setdefault(copy.id, ToClear(copy, row.patron_id, row.ended_at, row.outcome))
    return sorted(found.values(), key=lambda one: (one.ended_at, one.item.id))


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """An open transfer and its copy; `hold` is the reader's for whom it travels, None when it goes home."""

    id: int
    item: ItemFacts
    start: str
    end: str
    reason: str
    sent_at: datetime
    hold: HoldFacts | None


def on_their_way(unit: str, *, incoming: bool, limit: int = 500) -> list[OnItsWay]:
    """What is on its way to a library, or from it, longest under way first."""
    organisation = tree()
    side = "to_unit_id" if incoming else "from_unit_id"
    open_ones = Transfer.objects.filter(arrived_at__isnull=True, **{side: organisation.units[unit].id})
    rows = list(open_ones.order_by("sent_at", "pk")[:limit])
    copies = items_by_id({row.item_id for row in rows})
    waiting = Hold.objects.filter(allocation__item_id__in=[row.item_id for row in rows])
    holds = {one.allocated_item_id: one for one in all_holds(waiting, organisation)}
    by_id = organisation.by_id
    return [
        OnItsWay(
            row.pk, copies[row.item_id], by_id[row.from_unit_id].code, by_id[row.to_unit_id].code, row.reason,
            row.sent_at, holds.get(row.item_id),
        )
        for row in rows
    ]  # fmt: skip


HOLD_ORDERS = {
    "id": "pk", "placed_at": "placed_at", "patron": "patron_id", "record": "record_id", "pickup": "pickup_unit__code"
}  # fmt: skip


def holds_page(
    *, scopes: Sequence[str], offset: int, limit: int, order: Sequence[str] = (), **narrowed: Any
) -> tuple[int, list[HoldFacts]]:
    """(number of all, one page) of holds to be fetched under one of the path prefixes `scopes`, or of their readers.

    `order` holds names of `HOLD_ORDERS`, descending with "-" before them. `narrowed` are columns and their values.
    """
    rows = Hold.objects.filter(**narrowed)
    if EVERYWHERE not in scopes:
        visible = Q(pk__in=())
        for prefix in scopes:
            visible |= Q(pickup_unit__path__startswith=prefix) | Q(patron__home_unit__path__startswith=prefix)
        rows = rows.filter(visible)
    columns = [name[: name.startswith("-")] + HOLD_ORDERS[name.removeprefix("-")] for name in order]
    return rows.count(), all_holds(rows.order_by(*columns, "pk")[offset : offset + limit])


def expiring(day: date) -> tuple[list[int], list[int]]:
    """Ids of the holds that ran out before `day`: (still waiting, ready on a shelf); two statements."""
    unfilled = Hold.objects.filter(expires_on__lt=day, allocation__trapped_at__isnull=True)
    ready = Allocation.objects.filter(expires_on__lt=day)
    return list(unfilled.order_by("pk").values_list("pk", flat=True)), list(
        ready.order_by("hold_id").values_list("hold_id", flat=True)
    )


def resuming(day: date) -> list[int]:
    """Ids of the suspended holds that go on by `day`; one statement."""
    rows = Hold.objects.filter(suspended=True, suspended_until__lte=day)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def neighbours(one: HoldFacts, rank: int) -> tuple[Decimal | None, Decimal | None]:
    """The turns between which a hold stands when it takes `rank` among those who wait; one statement.

    It moves among its own class: who is put last stays behind the others.
    """
    waiting = Hold.objects.filter(record_id=one.record_id, allocation__trapped_at__isnull=True).exclude(pk=one.id)
    ahead = waiting.filter(priority_class__lt=one.priority_class).count()
    place = max(rank - ahead - 1, 0)
    same = waiting.filter(priority_class=one.priority_class).order_by(*LINE).values_list("turn", flat=True)
    around = list(same[max(place - 1, 0) : place + 1])
    if place == 0:
        return None, around[0] if around else None
    if len(around) == 2:
        return around[0], around[1]
    return around[0] if around else same.last(), None


def records_waiting(record_ids: Sequence[int]) -> list[int]:
    """Which of these titles somebody waits for; one statement."""
    rows = Hold.objects.filter(record_id__in=record_ids).order_by("record_id")
    return list(rows.values_list("record_id", flat=True).distinct())


def waiting_with_copies() -> list[int]:
    """Titles for which somebody waits without a copy while one stands on a shelf that is fetched for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_IDLE)
        return [record_id for (record_id,) in cursor.fetchall()]


def titles_fetched_from() -> dict[int, set[int]]:
    """Unit's id → titles of which a copy is to be fetched there; one statement."""
    found: dict[int, set[int]] = {}
    rows = Allocation.objects.filter(trapped_at__isnull=True).values_list("item__holding_unit_id", "item__record_id")
    for unit_id, record_id in rows.distinct():
        found.setdefault(unit_id, set()).add(record_id)
    return found


_IDLE = """
    SELECT DISTINCT h.record_id FROM circulation_hold h
    WHERE NOT h.suspended AND NOT EXISTS (SELECT 1 FROM circulation_allocation a WHERE a.hold_id = h.id)
    AND EXISTS (SELECT 1 FROM holdings_item i WHERE i.record_id = h.record_id AND i.place = 'shelf' AND i.lost = ''
        AND NOT i.withdrawn AND i.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM circulation_allocation a WHERE a.item_id = i.id))
    ORDER BY h.record_id"""
