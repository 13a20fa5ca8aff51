"""Lending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import CheckOutFacts, LoanFacts
from kitabxana.circulation.models import Allocation, Hold, Loan, PastHold, Transfer
from kitabxana.circulation.operations.permission import desk, liftable
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.rules import CHECK_OUT, due_at, standing
from kitabxana.holdings.operations import lock_item, move, put_back
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything one check-out needs, read under its locks."""

    organisation: Tree
    unit: UnitFacts
    patron: PatronFacts
    item: ItemFacts
    holds: Sequence[Hold]
    """The hold this copy is set aside for and the reader's own of this title, with their allocations."""

    refusals: tuple[Refusal, ...]


@transaction.atomic
def check_out(
    *, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime, lift: frozenset[str] = frozenset()
) -> LoanFacts:
    """Lend a copy to a reader at a desk; returns the loan.

    Locks patron, then item. Ends the reader's own hold that the copy fills, and a transfer the copy was on.
    Refused with every standing refusal of `rules.CHECK_OUT`, or unknown_item, unknown_patron, unknown_unit,
    not_permitted. `lift` names the codes to lift; each needs its own permission, and is kept on the loan.
    """
    scene = _read(item_id=item_id, patron_id=patron_id, unit=unit, by=by, now=now)
    able = liftable(scene.refusals, by=by, path=scene.unit.path)
    if remaining := standing(scene.refusals, lift=lift, liftable=able):
        raise Refused(remaining)
    lifted = [refusal.code for refusal in scene.refusals]
    loan = _lend(scene, by=by, now=now, lifted=lifted)
    _fill_hold(scene, now=now)
    if scene.item.place == "transit":
        Transfer.objects.filter(item_id=item_id, arrived_at__isnull=True).update(arrived_at=now)
    move(item_id=item_id, place="loan", now=now, holding_unit=unit, lent=True, organisation=scene.organisation)
    after = {"item": item_id, "patron": patron_id, "due_at": loan.due_at.isoformat(), "lifted": lifted}
    audit.record(by, "loan.check_out", object_type="loan", object_id=loan.pk, after=after)
    outbox.publish("loan.opened", {"loan": loan.pk, "item": item_id, "unit": unit})
    return loan_facts(loan, organisation=scene.organisation)


@transaction.atomic
def check_out_refusals(*, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime) -> tuple[Refusal, ...]:
    """Every refusal a check-out would meet now: the same rules, run dry."""
    return _read(item_id=item_id, patron_id=patron_id, unit=unit, by=by, now=now).refusals


def _read(*, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime) -> _Scene:
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_out")
    patron = lock_patron(patron_id, organisation=organisation, now=now)
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    item = lock_item(item_id, organisation=organisation)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    loans = list(Loan.objects.filter(Q(item_id=item_id) | Q(patron_id=patron_id)))
    open_loan = next((loan for loan in loans if loan.item_id == item_id), None)
    holds = _holds(item, patron)
    limit = value(organisation, "max_loans", unit=unit, category=patron.category, item_type=item.item_type)
    facts = CheckOutFacts(
        item=item,
        patron=patron,
        today=organisation.calendar(unit, since=now.date()).local_day(now),
        same_nation=organisation.nation_of(patron.home_unit) == organisation.nation_of(unit),
        loan=loan_facts(open_loan, organisation=organisation) if open_loan else None,
        held_for=next((hold.patron_id for hold in holds if _set_aside(hold) == item_id), None),
        loans_open=sum(loan.patron_id == patron_id for loan in loans),
        max_loans=limit,
    )
    return _Scene(organisation, where, patron, item, holds, refusals(CHECK_OUT, facts))


def _holds(item: ItemFacts, patron: PatronFacts) -> list[Hold]:
    """Two index look-ups in one statement; an OR of the two conditions would read the whole table."""
    for_this_copy = Hold.objects.filter(allocation__item_id=item.id)
    own = Hold.objects.filter(patron_id=patron.id, record_id=item.record_id)
    return list(for_this_copy.select_related("allocation").union(own.select_related("allocation")))


def _set_aside(hold: Hold) -> int | None:
    """The copy set aside for a hold read with its allocation."""
    allocation: Allocation | None = getattr(hold, "allocation", None)
    return allocation.item_id if allocation else None


def _lend(scene: _Scene, *, by: Actor, now: datetime, lifted: list[str]) -> Loan:
    organisation = scene.organisation
    cell = {"unit": scene.unit.code, "category": scene.patron.category, "item_type": scene.item.item_type}
    mode = value(organisation, "closed_days", **cell)
    due = due_at(
        now=now,
        days=value(organisation, "loan_days", **cell),
        mode=mode,
        calendar=organisation.calendar(scene.unit.code, since=now.date()),
    )
    try:
        return Loan.objects.create(
            item_id=scene.item.id,
            patron_id=scene.patron.id,
            unit_id=scene.unit.id,
            policy_unit_id=scene.unit.id,
            lent_at=now,
            due_at=due,
            days_mode=mode,
            lifted=lifted,
            lent_by=by.name,
        )
    except IntegrityError as taken:  # the unique index behind the rules: another path lent this copy
        raise Refused.one("on_loan") from taken


def _fill_hold(scene: _Scene, *, now: datetime) -> None:
    """A loan fills the reader's own hold, also one that waits for another copy or for none yet (case 15)."""
    held = next((hold for hold in scene.holds if _set_aside(hold) == scene.item.id), None)
    if held is not None and held.patron_id != scene.patron.id:
        Allocation.objects.filter(item_id=scene.item.id).delete()  # lifted: that reader waits for another copy
        held = None
    own = held or next((hold for hold in scene.holds if hold.patron_id == scene.patron.id), None)
    if own is None:
        return
    allocated = _set_aside(own)
    if allocated is not None and allocated != scene.item.id:
        # The copy that stood ready is free again; the next check-in scan of it finds the next reader or its shelf.
        put_back(allocated)
    PastHold.objects.create(
        id=own.pk,
        record_id=own.record_id,
        patron_id=own.patron_id,
        pickup_unit_id=own.pickup_unit_id,
        placed_at=own.placed_at,
        ended_at=now,
        outcome="filled",
    )
    own.delete()
