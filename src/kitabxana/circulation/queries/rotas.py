"""Reads of rotas: where copies travel, and which are to be sent on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from kitabxana.base.statements import prepared
from kitabxana.circulation.facts.rotas import RotaFacts, Stage, Stay, Travelling
from kitabxana.circulation.models import Rota, RotaCopy, RotaStage
from kitabxana.circulation.rules.rotas import last_day
from kitabxana.holdings.queries import items_by_id
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree


def waited_for_or_travels(item: ItemFacts, organisation: Tree) -> tuple[bool, Stay | None]:
    """(whether anybody waits for the copy's title, where a rota wants the copy now); one statement."""
    with prepared() as cursor:
        cursor.execute(_WAITED_FOR, [item.record_id, item.id])
        waited_for, travels, unit_id, reached = cursor.fetchone()
    if not travels:
        return waited_for, None
    unit = organisation.by_id[unit_id].code if unit_id is not None else item.home_unit
    return waited_for, Stay(unit, over=unit_id is None, reached=reached)


_WAITED_FOR = """
    SELECT EXISTS (SELECT 1 FROM circulation_hold WHERE record_id = %s), c.id IS NOT NULL, s.unit_id,
        c.arrived_at IS NOT NULL
    FROM (VALUES (1)) AS one
    LEFT JOIN circulation_rotacopy c ON c.item_id = %s LEFT JOIN circulation_rotastage s ON s.id = c.stage_id"""


def rotas(**narrowed: object) -> list[RotaFacts]:
    """Rotas with their stages and how many copies belong to each, by name; two statements with the tree in hand."""
    by_id = tree().by_id
    stages: dict[int, list[Stage]] = {}
    rows = RotaStage.objects.annotate(travelling=Count("copies")).order_by("rota_id", "place")
    for row in rows.filter(**{f"rota__{name}": value for name, value in narrowed.items()}):
        stages.setdefault(row.rota_id, []).append(Stage(by_id[row.unit_id].code, row.days, row.pk, row.travelling))
    return [
        RotaFacts(row.pk, row.name, by_id[row.unit_id].code, row.cyclic, row.resting, tuple(stages.get(row.pk, ())))
        for row in Rota.objects.filter(**narrowed).order_by("name", "pk")
    ]


def rota(rota_id: int) -> RotaFacts | None:
    """One rota; two statements with the tree in hand."""
    return next(iter(rotas(pk=rota_id)), None)


def copies_of_rota(rota_id: int, *, offset: int, limit: int) -> tuple[int, list[Travelling]]:
    """(number of all, one page) of the copies of a rota, those soonest to move on after those under way."""
    rows = RotaCopy.objects.filter(stage__rota_id=rota_id)
    order = (F("arrived_at").desc(nulls_first=True), "pk")
    return rows.count(), _travelling(rows.order_by(*order)[offset : offset + limit])


def to_send_on(unit: str, *, limit: int = 500) -> list[Travelling]:
    """Copies on the shelves of a library that belong elsewhere by their rota, or whose round is over, in the order in
    which one walks along the shelves; two statements with the tree in hand."""
    unit_id = tree().units[unit].id
    elsewhere = Q(stage__isnull=False) & ~Q(stage__unit_id=unit_id) | Q(stage__isnull=True) & ~Q(
        item__home_unit_id=unit_id
    )
    rows = RotaCopy.objects.filter(
        elsewhere, item__holding_unit_id=unit_id, item__place="shelf", item__lost="", item__deleted_at__isnull=True
    ).order_by("item__location", "item__shelf_key", "item_id")
    return _travelling(rows[:limit])


def _travelling(rows: QuerySet[RotaCopy]) -> list[Travelling]:
    organisation = tree()
    found: Iterable[RotaCopy] = list(rows.select_related("stage"))
    items = items_by_id({row.item_id for row in found})
    return [_one(row, items[row.item_id], organisation) for row in found if row.item_id in items]


def _one(row: RotaCopy, item: ItemFacts, organisation: Tree) -> Travelling:
    stage = row.stage
    if stage is None:
        return Travelling(item, None, item.home_unit, 0, None)
    unit = organisation.by_id[stage.unit_id].code
    until = None
    if row.arrived_at is not None:
        arrived = organisation.calendar(unit, since=row.arrived_at.date()).local_day(row.arrived_at)
        until = last_day(arrived, stage.days)
    return Travelling(item, stage.rota_id, unit, stage.place, until)
