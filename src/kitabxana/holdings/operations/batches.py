"""Many copies at once: looked at first, done after, put back when it was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.catalogue.queries import briefs
from kitabxana.holdings.facts import PlannedChange
from kitabxana.holdings.models import AccessionEntry, Batch, BatchLine, NumberSeries, WithdrawalAct
from kitabxana.holdings.operations.changing import Planner, lock_rows, write
from kitabxana.holdings.operations.numbers import take
from kitabxana.holdings.queries import numbering_for, numbering_of
from kitabxana.holdings.rules import MOST_IN_BATCH
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ActDraft, ItemFacts
    from kitabxana.kernel.numbering import Numbering
    from kitabxana.organisation.facts import Tree

BATCH_FIELDS = frozenset(
    {"home_unit", "item_type", "location", "collection", "call_number", "scheme", "note", "staff_note", "source",
     "price_minor", "replacement_minor", "currency", "lost", "damaged", "not_for_loan", "restricted"}
)  # fmt: skip
"""What may be said of many copies at once; withdrawal has its own operation, with its act."""


@transaction.atomic
def change_items(
    *, item_ids: Sequence[int], changes: Mapping[str, Any], unit: str, by: Actor, note: str = "", dry: bool = False
) -> tuple[int | None, list[PlannedChange]]:
    """Change many copies alike; (id of the batch, what was planned for each copy in order of id).

    A copy with a refusal is left as it is and the others are done; one that differs in nothing is left out. `unit` is
    where it is done. `dry` writes nothing. Locks the copies. Refused as a whole: not_permitted (items.batch),
    unknown_unit, too_many_items, not_in_batches (a field that is each copy's own). Tells the index once. A constant
    number of statements, and one for each different outcome.
    """
    _refuse_whole(item_ids, unit=unit, by=by)
    if wrong := sorted(set(changes) - BATCH_FIELDS):
        raise Refused.one("not_in_batches", field=wrong[0])
    planner = Planner.of(by)
    planned = [planner.plan(row, changes) for row in lock_rows(item_ids)]
    good = [one for one in planned if one.after and not one.refusals]
    if dry or not good:
        return None, planned
    now = timezone.now()
    batch = _begin("change", unit, changes, by=by, now=now, note=note)
    _do(batch, good, by=by, action="item.change", organisation=planner.organisation, now=now)
    return batch.pk, planned


@transaction.atomic
def withdraw_items(
    *, item_ids: Sequence[int], draft: ActDraft, by: Actor, dry: bool = False
) -> tuple[int | None, list[PlannedChange]]:
    """Withdraw copies by an act; (id of the act, what was planned for each copy in order of id).

    The act gets the next number of its library, and the lines of the accession book name it. A copy that is lent, set
    aside, on its way, withdrawn already or out of reach is left as it is and told. Locks the copies, then the run of
    act numbers. Refused as a whole: not_permitted, unknown_unit, too_many_items, reason_not_listed. Tells the index.
    """
    _refuse_whole(item_ids, unit=draft.unit, by=by)
    planner = Planner.of(by)
    organisation = planner.organisation
    if not by.may("items.withdraw", organisation.units[draft.unit].path):
        raise Refused.one("not_permitted", permission="items.withdraw")
    if not planner.lists.takes("withdrawal_reason", draft.unit, draft.reason) or not draft.reason:
        raise Refused.one("reason_not_listed", code=draft.reason)
    planned = [_withdrawal(planner, row) for row in lock_rows(item_ids)]
    good = [one for one in planned if not one.refusals]
    if dry or not good:
        return None, planned
    now = timezone.now()
    batch = _begin("withdraw", draft.unit, {"withdrawn": True}, by=by, now=now, note=draft.reason)
    _do(batch, good, by=by, action="item.withdraw", organisation=organisation, now=now)
    return _draw_up(batch, draft, good, organisation), planned


def _withdrawal(planner: Planner, row: Any) -> PlannedChange:
    planned = planner.plan(row, {"withdrawn": True})
    if planned.after or planned.refusals:
        return planned
    gone = Refusal("withdrawn_already", {"barcode": row.barcode or str(row.pk)})
    return PlannedChange(planned.item, {}, {}, (gone,))


def _refuse_whole(item_ids: Sequence[int], *, unit: str, by: Actor) -> None:
    units = tree().units
    if unit not in units:
        raise Refused.one("unknown_unit", unit=unit)
    if not by.may("items.batch", units[unit].path):
        raise Refused.one("not_permitted", permission="items.batch")
    if len(item_ids) > MOST_IN_BATCH:
        raise Refused.one("too_many_items", most=MOST_IN_BATCH)


def _begin(kind: str, unit: str, changes: Mapping[str, Any], *, by: Actor, now: datetime, note: str) -> Batch:
    return Batch.objects.create(
        kind=kind, unit_id=tree().units[unit].id, made_by=by.name, made_at=now, changes=dict(changes), note=note[:200]
    )


def _do(
    batch: Batch, good: Sequence[PlannedChange], *, by: Actor, action: str, organisation: Tree, now: datetime
) -> None:
    write(good, organisation=organisation, now=now)
    BatchLine.objects.bulk_create(
        (BatchLine(batch=batch, item_id=one.item.id, before=dict(one.before), after=dict(one.after)) for one in good),
        batch_size=1000,
    )
    entries = [(one.item.id, dict(one.before), {**one.after, "batch": batch.pk}) for one in good]
    audit.record_many(by, action, object_type="item", entries=entries)
    _tell([one.item for one in good])


def _tell(items: Sequence[ItemFacts]) -> None:
    records = sorted({item.record_id for item in items})
    for start in range(0, len(records), 500):
        outbox.publish("item.changed", {"records": records[start : start + 500]})


def _draw_up(batch: Batch, draft: ActDraft, good: Sequence[PlannedChange], organisation: Tree) -> int:
    series = _act_series(draft.unit, organisation)
    [number] = take(series, 1, organisation)
    shown = briefs({one.item.record_id for one in good})
    act = WithdrawalAct.objects.create(
        batch=batch, unit_id=organisation.units[draft.unit].id, series_id=series.id, number=number,
        text=series.text(number), day=draft.day, reason=draft.reason, commission=list(draft.commission),
        approved_by=draft.approved_by[:200], lines=[_line(one.item, shown.get(one.item.record_id, {})) for one in good],
    )  # fmt: skip
    AccessionEntry.objects.filter(item_id__in=[one.item.id for one in good]).update(act=act)
    return act.pk


def _act_series(unit: str, organisation: Tree) -> Numbering:
    """The run of act numbers the unit draws from; where nobody has begun one, its own begins with 1."""
    found = numbering_for("act", unit, organisation=organisation)
    if found:
        return found
    row, _ = NumberSeries.objects.get_or_create(unit_id=organisation.units[unit].id, kind="act")
    return numbering_of(row, organisation)


def _line(item: ItemFacts, brief: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "barcode": item.barcode or "",
        "accession_number": item.accession_number,
        "title": brief.get("title", ""),
        "author": brief.get("author", ""),
        "year": str(brief.get("year", "")),
        "price_minor": item.price_minor,
        "currency": item.currency,
    }


@transaction.atomic
def undo_batch(*, batch_id: int, by: Actor) -> tuple[int, int]:
    """Put back what a batch changed; (copies put back, copies left because they were changed again since).

    Of a copy, all is put back or nothing. An act is cancelled: its number stays, the book's lines are open again. Locks
    the batch, then the copies. Refused: unknown_batch, not_permitted, undone_already. Tells the index.
    """
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if batch is None:
        raise Refused.one("unknown_batch")
    planner = Planner.of(by)
    path = planner.organisation.by_id[batch.unit_id].path
    needed = {"change": ("items.batch",), "withdraw": ("items.batch", "items.withdraw")}[batch.kind]
    for permission in needed:
        if not by.may(permission, path):
            raise Refused.one("not_permitted", permission=permission)
    if batch.undone_at:
        raise Refused.one("undone_already")
    lines = {line.item_id: line for line in batch.lines.all()}
    back = [_back(planner, row, lines[row.pk]) for row in lock_rows(lines)]
    good = [one for one in back if one is not None]
    now = timezone.now()
    write(good, organisation=planner.organisation, now=now)
    entries = [(one.item.id, dict(one.before), {**one.after, "undone": batch.pk}) for one in good]
    audit.record_many(by, "item.undo", object_type="item", entries=entries)
    left = len(lines) - len(good)
    Batch.objects.filter(pk=batch.pk).update(undone_at=now, undone_by=by.name, left=left)
    if batch.kind == "withdraw":
        WithdrawalAct.objects.filter(batch=batch).update(cancelled_at=now)
        AccessionEntry.objects.filter(act__batch=batch, item_id__in=[one.item.id for one in good]).update(act=None)
    _tell([one.item for one in good])
    return len(good), left


def _back(planner: Planner, row: Any, line: BatchLine) -> PlannedChange | None:
    """What puts this copy back; None when it is not as the batch left it, or may not be touched."""
    as_left = planner.plan(row, line.after)
    if as_left.after:
        return None
    planned = planner.plan(row, line.before)
    return None if planned.refusals else planned
