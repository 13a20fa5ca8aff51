"""Collections that go round: a rota is made, copies are put on it, and each moves on when its stay is over.

A copy moves on twice: the night's job says where it belongs from now on, and the next scan sends it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max

from kitabxana.base import audit
from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.models import Rota, RotaCopy, RotaStage
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.rules.rotas import last_day, next_place, rota_refusals
from kitabxana.holdings.operations import lock_item
from kitabxana.holdings.queries import items_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts.rotas import Stage
    from kitabxana.organisation.facts import Tree

AT_ONCE = 500
PERMISSION = "circulation.rotate"


@transaction.atomic
def set_rota(
    *, name: str, stages: Sequence[Stage], by: Actor, now: datetime, unit: str = "", rota_id: int | None = None,
    cyclic: bool = True, resting: bool = False,
) -> int:  # fmt: skip
    """Make a rota at `unit`, or change the one with `rota_id`; returns its number.

    Stages are told whole and in order; one with an `id` is that stage, wherever it stands now. Where its library
    changes, its copies are on their way there; the copies of one that is left out have their round behind them and go
    home. Locks the rota. Refused: unknown_rota, unknown_unit, not_permitted and all of `rules.rota_refusals`.
    """
    organisation = tree()
    row = _locked(rota_id, organisation, by=by) if rota_id is not None else None
    if row is None:
        row = Rota(unit_id=desk(organisation, unit, by=by, permission=PERMISSION).id)
    if found := rota_refusals(name, stages, organisation, cyclic=cyclic):
        raise Refused(found)
    before = _told(row, organisation) if row.pk else None
    row.name, row.cyclic, row.resting = name.strip()[:80], cyclic, resting
    row.save()
    _set_stages(row, stages, organisation)
    _note_those_there(now)
    _forget_those_at_home()
    audit.record(by, "rota.set", object_type="rota", object_id=row.pk, before=before, after=_told(row, organisation))
    return row.pk


def _set_stages(row: Rota, stages: Sequence[Stage], organisation: Tree) -> None:
    had = {stage.pk: stage for stage in row.stages.all()}
    kept = {one.id for one in stages if one.id in had}
    RotaCopy.objects.filter(stage_id__in=had.keys() - kept).update(stage_id=None, arrived_at=None)
    row.stages.exclude(pk__in=kept).delete()
    # Out of the way first: two stages that change places would else stand at one place for a moment.
    row.stages.update(place=F("place") + len(stages) + _last_place(row))
    for place, one in enumerate(stages):
        unit_id = organisation.units[one.unit].id
        stage = had.get(one.id or 0)
        if stage is None:
            row.stages.create(place=place, unit_id=unit_id, days=one.days)
            continue
        if stage.unit_id != unit_id:
            RotaCopy.objects.filter(stage_id=stage.pk).update(arrived_at=None)
        RotaStage.objects.filter(pk=stage.pk).update(place=place, unit_id=unit_id, days=one.days)


def _last_place(row: Rota) -> int:
    return row.stages.aggregate(last=Max("place"))["last"] or 0


@transaction.atomic
def drop_rota(*, rota_id: int, by: Actor) -> None:
    """There is no such rota any more; its copies go home. Refused: unknown_rota, not_permitted."""
    organisation = tree()
    row = _locked(rota_id, organisation, by=by)
    before = _told(row, organisation)
    RotaCopy.objects.filter(stage__rota_id=row.pk).update(stage_id=None, arrived_at=None)
    row.delete()
    _forget_those_at_home()
    audit.record(by, "rota.drop", object_type="rota", object_id=rota_id, before=before)


@transaction.atomic
def put_on_rota(*, rota_id: int, barcodes: Sequence[str], by: Actor, now: datetime, place: int = 0) -> int:
    """Let copies begin at the stage `place` (from 0); returns how many. All of them or none.

    A copy that stands there already has arrived. Asked for at the rota's unit and at each copy's home. Locks the rota,
    then the copies by number. Refused: unknown_rota, not_permitted, unknown_item, on_a_rota.
    """
    organisation = tree()
    row = _locked(rota_id, organisation, by=by)
    stage = row.stages.filter(place=place).first() or row.stages.order_by("place").first()
    items = items_by_barcode(barcodes)
    found = [Refusal("unknown_item", {"barcode": code}) for code in dict.fromkeys(barcodes) if code not in items]
    if stage is None or found:
        raise Refused(found or [Refusal("unknown_rota")])
    unit, new = organisation.by_id[stage.unit_id].code, []
    for item in sorted({one.id: one for one in items.values()}.values(), key=lambda one: one.id):
        locked = lock_item(item.id, organisation=organisation) or item
        if not by.may(PERMISSION, organisation.units[locked.home_unit].path):
            raise Refused.one("not_permitted", permission=PERMISSION)
        new.append(RotaCopy(item_id=locked.id, stage_id=stage.pk))
    _refuse_travelling(new, {one.id: one.barcode or "" for one in items.values()})
    RotaCopy.objects.filter(item_id__in=[one.item_id for one in new]).delete()
    RotaCopy.objects.bulk_create(new)
    _note_those_there(now)
    after = {"copies": [one.item_id for one in new], "stage": unit}
    audit.record(by, "rota.copies", object_type="rota", object_id=rota_id, after=after)
    return len(new)


def _refuse_travelling(new: Sequence[RotaCopy], barcodes: dict[int, str]) -> None:
    """A copy is on one rota; one whose round is over and that is on its way home may begin another."""
    taken = RotaCopy.objects.filter(item_id__in=[one.item_id for one in new], stage__isnull=False)
    found = [Refusal("on_a_rota", {"barcode": barcodes[item]}) for item in taken.values_list("item_id", flat=True)]
    if found:
        raise Refused(found)


@transaction.atomic
def take_off_rota(*, item_id: int, by: Actor) -> None:
    """A copy travels no more and goes home. Locks the copy. Refused: not_on_rota, not_permitted."""
    organisation = tree()
    lock_item(item_id, organisation=organisation)
    row = RotaCopy.objects.select_related("stage__rota").filter(item_id=item_id, stage__isnull=False).first()
    if row is None or row.stage is None:
        raise Refused.one("not_on_rota")
    rota = row.stage.rota
    if not by.may(PERMISSION, organisation.by_id[rota.unit_id].path):
        raise Refused.one("not_permitted", permission=PERMISSION)
    RotaCopy.objects.filter(pk=row.pk).update(stage_id=None, arrived_at=None)
    _forget_those_at_home()
    before = {"copies": [item_id], "stage": organisation.by_id[row.stage.unit_id].code}
    audit.record(by, "rota.copies", object_type="rota", object_id=rota.pk, before=before)


def arrive(item_id: int, *, unit_id: int, over: bool, now: datetime) -> None:
    """A locked copy was scanned where its rota wants it: its stay begins, or its round is over and it is home."""
    copy = RotaCopy.objects.filter(item_id=item_id, arrived_at__isnull=True)
    if over:
        copy.filter(stage__isnull=True).delete()
    else:
        copy.filter(stage__unit_id=unit_id).update(arrived_at=now)


def advance_rotas(*, by: Actor = SYSTEM, now: datetime) -> int:
    """Say of each copy whose stay is over where it belongs next; returns how many. Run daily.

    A stay ends with its last day in the library's own zone; copies of a rota that rests stay. Each rota is one
    transaction, and locked: one that is being changed is waited for.
    """
    return sum(_advance(rota_id, by=by, now=now) for rota_id in _travelled_rotas())


def _travelled_rotas() -> list[int]:
    rows = Rota.objects.filter(resting=False, stages__copies__arrived_at__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


@transaction.atomic
def _advance(rota_id: int, *, by: Actor, now: datetime) -> int:
    row = Rota.objects.select_for_update().filter(pk=rota_id, resting=False).first()
    if row is None:
        return 0
    organisation = tree()
    stages, moved = list(row.stages.order_by("place")), {}
    for place, stage in enumerate(stages):
        following = next_place(place, len(stages), cyclic=row.cyclic)
        then = stages[following] if following is not None else None
        if then is not None and then.unit_id == stage.unit_id:
            continue  # a round of one library: there is nowhere to go
        calendar = organisation.calendar(organisation.by_id[stage.unit_id].code, since=now.date())
        stays = RotaCopy.objects.filter(stage_id=stage.pk, arrived_at__isnull=False).values_list("pk", "arrived_at")
        today = calendar.local_day(now)
        moved[then.pk if then else None] = [
            pk for pk, arrived in stays if arrived and last_day(calendar.local_day(arrived), stage.days) < today
        ]
    for stage_id, copies in moved.items():
        RotaCopy.objects.filter(pk__in=copies).update(stage_id=stage_id, arrived_at=None)
    _note_those_there(now)
    _forget_those_at_home()
    count = sum(len(copies) for copies in moved.values())
    if count:
        audit.record(by, "rota.advance", object_type="rota", object_id=rota_id, after={"copies": count})
    return count


def _note_those_there(now: datetime) -> None:
    """What stands at the library where it belongs now need not be scanned to be there."""
    RotaCopy.objects.filter(
        arrived_at__isnull=True, item__holding_unit_id=F("stage__unit_id"), item__place="shelf"
    ).update(arrived_at=now)


def _forget_those_at_home() -> None:
    """A round that is over while the copy stands at home leaves nothing to do."""
    RotaCopy.objects.filter(
        stage__isnull=True, item__holding_unit_id=F("item__home_unit_id"), item__place="shelf"
    ).delete()


def _locked(rota_id: int, organisation: Tree, *, by: Actor) -> Rota:
    row = Rota.objects.select_for_update().filter(pk=rota_id).first()
    if row is None:
        raise Refused.one("unknown_rota")
    if not by.may(PERMISSION, organisation.by_id[row.unit_id].path):
        raise Refused.one("not_permitted", permission=PERMISSION)
    return row


def _told(row: Rota, organisation: Tree) -> dict[str, Any]:
    stages = [
        [organisation.by_id[unit_id].code, days]
        for unit_id, days in row.stages.order_by("place").values_list("unit_id", "days")
    ]
    return {"name": row.name, "cyclic": row.cyclic, "resting": row.resting, "stages": stages}
