"""Lending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import IntegrityError, transaction

from kitabxana.base import audit, outbox
from kitabxana.base.statements import insert, prepared
from kitabxana.charges.facts import Source
from kitabxana.circulation.facts import CheckOutFacts, LentItem, LoanFacts
from kitabxana.circulation.facts.terms import LimitTerms, LoanTerms, ReturnTerms
from kitabxana.circulation.models import Allocation, Hold, Loan, Transfer
from kitabxana.circulation.operations.ending import end_hold, end_loan
from kitabxana.circulation.operations.holds import cancel_locked
from kitabxana.circulation.operations.money import charge_fee, debts_of, returned, settle_fine_of, settle_found
from kitabxana.circulation.operations.permission import desk, liftable, may_hold
from kitabxana.circulation.operations.renew import prolong, renewal_refusals
from kitabxana.circulation.operations.targeting import lock_line, retarget_line
from kitabxana.circulation.queries import LINE, hold_facts, lent_items, loan_facts
from kitabxana.circulation.rules import (
    CHECK_OUT,
    Cell,
    age_on,
    due_at,
    hold_for,
    mode_applied,
    return_here,
    rule_library,
    shortened,
    standing,
    terms,
    too_many,
)
from kitabxana.holdings.operations import lock_item, move
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts

MOST_LOOKED_AT = 20
"""How far down a title's queue a check-out looks for a reader who waits for this copy."""


class Asked(TypedDict, total=False):
    """What a desk may say about a loan: to be used in the library; a due moment (UTC) of its own choice,
    for who has the permission `circulation.set_due`; that another reader's hold which stands in the way ends with it,
    for who may cancel it (`circulation.hold`)."""

    onsite: bool
    due: datetime | None
    cancel_hold: bool


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything one check-out needs, read under its locks."""

    organisation: Tree
    unit: UnitFacts
    patron: PatronFacts
    item: ItemFacts
    cell: Cell
    facts: CheckOutFacts
    open_loan: Loan | None
    holds: Sequence[Hold]
    """The hold this copy is set aside for, the reader's own of this title and the first who wait for such a copy."""

    borrowers: frozenset[int]
    """Other readers whose rows are locked too: one of them has the copy, and it may be taken back."""

    refusals: tuple[Refusal, ...]


@transaction.atomic
def check_out(
    *, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime, lift: frozenset[str] = frozenset(),
    **asked: Unpack[Asked],
) -> LoanFacts:  # fmt: skip
    """Lend a copy to a reader at a desk; returns the loan.

    Locks patron (and who has the copy, where it may be taken back; by number), then item. Ends the reader's own hold
    that the copy fills, and a transfer the copy was on; another reader's that was lifted goes on, unless `cancel_hold`
    is said. A copy the reader has already is renewed when `already_lent_to_patron` is lifted, one that another reader
    has is taken back first when `on_loan` is: two events. Refused with every standing refusal of `rules.CHECK_OUT`, or
    unknown_item, unknown_patron, unknown_unit, not_permitted. `lift` names the codes to lift; each needs its own
    permission, and is kept on the loan.
    """
    scene = _read(item_id=item_id, patron_id=patron_id, unit=unit, by=by, now=now, lift=lift, **asked)
    able = liftable(scene.refusals, by=by, path=scene.unit.path)
    if remaining := standing(scene.refusals, lift=lift, liftable=able):
        raise Refused(remaining)
    lifted = [refusal.code for refusal in scene.refusals]
    ends = _hold_to_cancel(scene, by=by) if asked.get("cancel_hold") else None
    if scene.facts.already_theirs and not scene.facts.switches and scene.open_loan is not None:
        return prolong(
            scene.open_loan, item=scene.item, patron=scene.patron, organisation=scene.organisation, by=by, now=now,
            lifted=lifted,
        )  # fmt: skip
    if scene.facts.loan is not None and not scene.facts.switches:
        _take_back(scene, by=by, now=now)
    loan = (
        _switch(scene, by=by, now=now)
        if scene.facts.switches
        else _lend(scene, by=by, now=now, lifted=lifted, undoable=ends is None and _lends_only(scene))
    )
    if not loan.onsite:
        charge_fee(
            "rental", Source("loan", loan.pk), cell=scene.cell, organisation=scene.organisation, patron_id=patron_id,
            by=by, now=now, item_id=item_id,
        )  # fmt: skip
    if scene.item.place == "transit":
        Transfer.objects.filter(item_id=item_id, arrived_at__isnull=True).update(arrived_at=now)
    move(item_id=item_id, place="loan", now=now, holding_unit=unit, lent=1, organisation=scene.organisation)
    _fill_hold(scene, ends=ends, by=by, now=now)
    after = {"item": item_id, "patron": patron_id, "due_at": loan.due_at.isoformat(), "lifted": lifted}
    outbox.publish_audited(
        "loan.opened", {"loan": loan.pk, "item": item_id, "unit": unit},
        by=by, action="loan.check_out", object_type="loan", object_id=loan.pk, after=after,
    )  # fmt: skip
    return loan_facts(loan, organisation=scene.organisation)


@transaction.atomic
def check_out_refusals(
    *, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime, **asked: Unpack[Asked]
) -> tuple[Refusal, ...]:
    """Every refusal a check-out would meet now: the same rules, run dry."""
    return _read(item_id=item_id, patron_id=patron_id, unit=unit, by=by, now=now, **asked).refusals


def _read(
    *, item_id: int, patron_id: int, unit: str, by: Actor, now: datetime, lift: frozenset[str] | None = None,
    **asked: Unpack[Asked],
) -> _Scene:  # fmt: skip
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.check_out")
    if asked.get("due") is not None and not by.may("circulation.set_due", where.path):
        raise Refused.one("not_permitted", permission="circulation.set_due")
    borrowers = _lock_borrowers(organisation, item_id, patron_id) if _takes_back(organisation, lift) else frozenset()
    patron = lock_patron(patron_id, organisation=organisation, now=now)
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    item = lock_item(item_id, organisation=organisation)
    if item is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    cell = _cell(organisation, unit, item, patron)
    lent, waited = lent_items(item=item, patron_id=patron_id, organisation=organisation)
    on_loan = any(one.loan.item_id == item_id for one in lent)
    open_loan = Loan.objects.select_related("item").filter(item_id=item_id).first() if on_loan else None
    holds = _holds(item, patron) if waited else []
    facts = _facts(organisation, where, (patron, item, cell), lent, open_loan, holds, now=now, **asked)
    found = refusals(CHECK_OUT, facts)
    return _Scene(organisation, where, patron, item, cell, facts, open_loan, holds, borrowers, found)


def _takes_back(organisation: Tree, lift: frozenset[str] | None) -> bool:
    """Whether a copy that another reader has may be taken back on the way; `lift` is None for a dry run."""
    without_asking = "allow" in organisation.policies.get("return_for_other", {}).values()
    return lift is not None and ("on_loan" in lift or without_asking)


def _lock_borrowers(organisation: Tree, item_id: int, patron_id: int) -> frozenset[int]:
    """Lock who has the copy together with the reader at the desk, by number: two desks that each take a copy back
    from the other's reader would else wait for each other for ever."""
    borrowers = frozenset(Loan.objects.filter(item_id=item_id).values_list("patron_id", flat=True)) - {patron_id}
    for each in sorted({patron_id, *borrowers}) if borrowers else ():
        lock_patron(each, organisation=organisation)
    return borrowers


def _cell(organisation: Tree, unit: str, item: ItemFacts, patron: PatronFacts) -> Cell:
    governs = rule_library(
        organisation, desk=unit, item_home=item.home_unit, item_holding=item.holding_unit, patron_home=patron.home_unit
    )
    return Cell(governs, patron.category, item.item_type)


def _facts(
    organisation: Tree, where: UnitFacts, who: tuple[PatronFacts, ItemFacts, Cell], lent: Sequence[LentItem],
    row: Loan | None, holds: Sequence[Hold], *, now: datetime, **asked: Unpack[Asked],
) -> CheckOutFacts:  # fmt: skip
    patron, item, cell = who
    calendar = organisation.calendar(cell.unit, since=now.date())
    limits, length = terms(LimitTerms, organisation, cell), terms(LoanTerms, organisation, cell)
    theirs = [one for one in lent if one.loan.patron_id == patron.id]
    loan = loan_facts(row, organisation=organisation) if row else None
    own = row is not None and loan is not None and loan.patron_id == patron.id
    onsite = asked.get("onsite", False)
    others = sum(one.patron_id != patron.id and not one.suspended for one in holds) if length.waited_from else 0
    length = shortened(length, others)
    today = calendar.local_day(now)
    return CheckOutFacts(
        item=item,
        patron=patron,
        now=now,
        today=today,
        terms=limits,
        due_at=asked.get("due") or due_at(now=now, terms=length, calendar=calendar, card_ends=patron.expires_on),
        same_nation=organisation.nation_of(patron.home_unit) == organisation.nation_of(where.code),
        loan=loan,
        hold=hold_for([hold_facts(hold, organisation=organisation) for hold in holds], item, organisation),
        too_many=too_many(
            theirs, organisation=organisation, cell=cell, patron_home=patron.home_unit, onsite=onsite,
            switches=own and limits.switch_onsite and bool(loan and loan.onsite),
        ),
        other_copies=sum(one.record_id == item.record_id and one.loan.item_id != item.id for one in theirs),
        overdues=sum(one.loan.overdue(now) for one in theirs),
        debts=debts_of(
            patron.id, unit=cell.unit, organisation=organisation, asked=(limits.debt_limit, limits.any_debt_asks)
        ),
        age=age_on(patron.birth_date, today) if patron.birth_date else None,
        renewal=renewal_refusals(row, item=item, patron=patron, organisation=organisation, now=now)
        if own and row is not None
        else (),
        return_here=loan is None or _may_come_back(organisation, item, where),
        onsite=onsite,
    )  # fmt: skip


def _may_come_back(organisation: Tree, item: ItemFacts, where: UnitFacts) -> bool:
    said = terms(ReturnTerms, organisation, Cell(item.home_unit, "", item.item_type))
    return return_here(said, item, where.code)


def _holds(item: ItemFacts, patron: PatronFacts) -> list[Hold]:
    """Three index look-ups in one statement, since an OR would read the whole table, then the holds they find."""
    with prepared() as cursor:
        cursor.execute(_HOLDS, {"item": item.id, "patron": patron.id, "record": item.record_id, "most": MOST_LOOKED_AT})
        found = [row[0] for row in cursor.fetchall()]
    rows = Hold.objects.filter(pk__in=found).select_related("allocation__item", "patron")
    return list(rows.order_by(*LINE))


_HOLDS = """
    SELECT hold_id FROM circulation_allocation WHERE item_id = %(item)s
    UNION ALL SELECT id FROM circulation_hold WHERE patron_id = %(patron)s AND record_id = %(record)s
    UNION ALL
    (SELECT id FROM circulation_hold h WHERE record_id = %(record)s AND (item_id IS NULL OR item_id = %(item)s)
     AND NOT suspended      AND NOT EXISTS (SELECT 1 FROM circulation_allocation a WHERE a.hold_id = h.id)
     ORDER BY priority_class, turn, id LIMIT %(most)s)"""


def _set_aside(hold: Hold) -> int | None:
    """The copy set aside for a hold read with its allocation."""
    allocation: Allocation | None = getattr(hold, "allocation", None)
    return allocation.item_id if allocation else None


def _take_back(scene: _Scene, *, by: Actor, now: datetime) -> None:
    """End the other reader's loan first, as an event of its own (case 12).

    That reader's lock is had: the fine changes the account. Who got the copy only while we waited keeps it.
    """
    row = Loan.objects.select_for_update().filter(item_id=scene.item.id).first()
    if row is None:
        return
    if row.patron_id not in scene.borrowers:
        raise Refused.one("on_loan", override="circulation.override.on_loan")
    loan_id = row.pk
    if scene.item.lost:
        facts = returned(
            row, scene.item, organisation=scene.organisation, desk=scene.unit.code, returned_at=now, now=now
        )
        cost = settle_found(row, facts, by=by, now=now, organisation=scene.organisation)
    else:
        cost = settle_fine_of(row, by=by, now=now, until=now, organisation=scene.organisation)
    end_loan(row, returned_at=now, now=now, unit_id=scene.unit.id, by=by)
    before = {"loan": loan_id, "place": scene.item.place}
    after = {"place": "desk", "to": scene.unit.code, "hold": None}
    audit.record(by, "loan.check_in", object_type="item", object_id=scene.item.id, before=before, after=after)
    payload = {"loan": loan_id, "item": scene.item.id, "unit": scene.unit.code, "returned_at": now.isoformat(),
               "fine": cost}  # fmt: skip
    outbox.publish("loan.closed", payload)


def _switch(scene: _Scene, *, by: Actor, now: datetime) -> Loan:
    """An on-site loan becomes one to take home, and begins anew."""
    row = scene.open_loan
    assert row is not None
    settle_fine_of(row, by=by, now=now, until=now, organisation=scene.organisation)
    row.onsite, row.lent_at, row.due_at, row.undoable = False, now, scene.facts.due_at, False
    row.save(update_fields=["onsite", "lent_at", "due_at", "undoable"])
    return row


def _lend(scene: _Scene, *, by: Actor, now: datetime, lifted: list[str], undoable: bool) -> Loan:
    length = terms(LoanTerms, scene.organisation, scene.cell)
    row = Loan(
        item_id=scene.item.id,
        patron_id=scene.patron.id,
        unit_id=scene.unit.id,
        policy_unit_id=scene.organisation.units[scene.cell.unit].id,
        lent_at=now,
        due_at=scene.facts.due_at,
        days_mode=mode_applied(length),
        auto_renew=length.auto_renew and not scene.facts.onsite,
        onsite=scene.facts.onsite,
        lifted=lifted,
        lent_by=by.name,
        undoable=undoable,
    )
    try:
        insert(row)
    except IntegrityError as taken:  # the unique index behind the rules: another path lent this copy
        raise Refused.one("on_loan") from taken
    return row


def _lends_only(scene: _Scene) -> bool:
    """Whether the copy stood on this desk's own shelf, wanted back from nobody, and no hold is filled or loses it."""
    item, patron = scene.item, scene.patron
    return (
        item.place == "shelf"
        and item.holding_unit == scene.unit.code
        and not item.lost
        and scene.facts.loan is None
        and not any(hold.patron_id == patron.id or _set_aside(hold) == item.id for hold in scene.holds)
    )


def _hold_to_cancel(scene: _Scene, *, by: Actor) -> int | None:
    """The other reader's hold that was lifted, where this desk may cancel it; None where none stands in the way."""
    in_the_way = scene.facts.hold.id if scene.facts.hold else None
    row = next((hold for hold in scene.holds if hold.pk == in_the_way and hold.patron_id != scene.patron.id), None)
    if row is None:
        return None
    homes = [scene.organisation.by_id[unit].code for unit in (row.pickup_unit_id, row.patron.home_unit_id)]
    if not may_hold(by, patron_id=0, homes=homes, organisation=scene.organisation):
        raise Refused.one("not_permitted", permission="circulation.hold")
    return row.pk


def _fill_hold(scene: _Scene, *, ends: int | None, by: Actor, now: datetime) -> None:
    """A loan fills the reader's own hold, also one that waits for another copy or for none yet (case 15).

    Whoever this copy was kept for, or was to be fetched for, waits for another, which is looked for at once; the hold
    `ends` is cancelled instead (case 14).
    """
    held = next((hold for hold in scene.holds if _set_aside(hold) == scene.item.id), None)
    own = next((hold for hold in scene.holds if hold.patron_id == scene.patron.id), None)
    if held is not None and held.patron_id == scene.patron.id:
        own = held
    if held is None and own is None and ends is None:
        return
    lock_line(scene.item.record_id)
    given_up = Hold.objects.select_related("allocation__item", "patron").filter(pk=ends).first() if ends else None
    if given_up is not None:  # else it was ended meanwhile
        cancel_locked(given_up, organisation=scene.organisation, by=by, now=now, taken=scene.item.id)
    if held is not None and held is not own:
        Allocation.objects.filter(item_id=scene.item.id).delete()
    if own is not None:
        end_hold(own, outcome="filled", now=now, taken=scene.item.id)
    retarget_line(scene.item.record_id, organisation=scene.organisation, now=now)
