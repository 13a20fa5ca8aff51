"""Batches that were done, their acts, and what happened to one copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.holdings.facts import ActFacts, BatchFacts, Happened
from kitabxana.holdings.models import Batch, WithdrawalAct
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from kitabxana.organisation.facts import Tree


def _batch(row: Batch, organisation: Tree) -> BatchFacts:
    act = getattr(row, "act", None)
    return BatchFacts(
        id=row.pk, kind=row.kind, unit=organisation.by_id[row.unit_id].code, made_by=row.made_by, made_at=row.made_at,
        changes=row.changes, note=row.note, items=row.count,  # type: ignore[attr-defined]
        act_id=act.pk if act else None, act_number=act.text if act else "", undone_at=row.undone_at,
        undone_by=row.undone_by, left=row.left,
    )  # fmt: skip


def _within(rows: QuerySet[Any], scopes: Sequence[str], organisation: Tree) -> QuerySet[Any]:
    if EVERYWHERE in scopes:
        return rows
    units = {unit.id for prefix in scopes for unit in organisation.under(prefix)}
    return rows.filter(unit_id__in=units)


def batches(*, scopes: Sequence[str], offset: int = 0, limit: int = 20) -> list[BatchFacts]:
    """Batches made in the units under these path prefixes, newest first; two statements, one with the tree."""
    organisation = tree()
    rows = _within(Batch.objects.all(), scopes, organisation).select_related("act").annotate(count=Count("lines"))
    return [_batch(row, organisation) for row in rows.order_by("-pk")[offset : offset + limit]]


def batch(batch_id: int, *, scopes: Sequence[str]) -> BatchFacts | None:
    organisation = tree()
    rows = _within(Batch.objects.filter(pk=batch_id), scopes, organisation)
    row = rows.select_related("act").annotate(count=Count("lines")).first()
    return _batch(row, organisation) if row else None


def act(act_id: int, *, scopes: Sequence[str]) -> ActFacts | None:
    """One act of withdrawal, None where it is none of these units'."""
    organisation = tree()
    row = _within(WithdrawalAct.objects.filter(pk=act_id), scopes, organisation).first()
    if row is None:
        return None
    return ActFacts(
        id=row.pk, batch_id=row.batch_id, number=row.text, unit=organisation.by_id[row.unit_id].code, day=row.day,
        reason=row.reason, commission=tuple(row.commission), approved_by=row.approved_by, lines=tuple(row.lines),
        cancelled=row.cancelled_at is not None,
    )  # fmt: skip


def history_of(item_id: int, *, limit: int = 200) -> list[Happened]:
    """What was done with a copy, newest first, from the audit trail; one statement."""
    return [
        Happened(
            at=entry.at,
            by=entry.actor_name,
            unit=entry.unit,
            action=entry.action,
            changes=_pairs(entry.before or {}, entry.after or {}),
        )
        for entry in audit.trail("item", item_id, limit=limit)
    ]


def _pairs(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (before.get(name), after.get(name)) for name in {**before, **after}}
