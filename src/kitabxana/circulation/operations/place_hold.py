"""Putting a reader into the line for a title, a volume, a copy, or the first of several titles."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction
from django.db.models import Q

from kitabxana.base import audit, outbox
from kitabxana.catalogue.operations import lean_on
from kitabxana.charges.facts import Source
from kitabxana.circulation.facts import HoldFacts, HoldLook, HoldRequestFacts
from kitabxana.circulation.facts.terms import HoldLimitTerms
from kitabxana.circulation.models import Hold, Loan, PastHold
from kitabxana.circulation.operations.money import charge_fee, debts_of
from kitabxana.circulation.operations.permission import liftable, may_hold
from kitabxana.circulation.operations.targeting import lock_line, retarget_line
from kitabxana.circulation.queries.holds import hold as one_hold
from kitabxana.circulation.rules import (
    PLACE_HOLD,
    Cell,
    asked_for,
    can_be_asked_for,
    open_to,
    reaches,
    standing,
    terms,
)
from kitabxana.circulation.rules.holds import is_pickup, pickup_units, turn_of
from kitabxana.circulation.rules.targeting import can_be_fetched
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.kernel.periods import start_of_day
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import decide
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import PatronFacts


class Wanted(TypedDict, total=False):
    """What a reader may say of a hold: one copy, a type of copy or a volume alone; the last day on which it is wanted;
    a note for the desk."""

    item_id: int | None
    item_type: str | None
    volume: str
    until: date | None
    note: str


@transaction.atomic
def place_hold(
    *, record_id: int, patron_id: int, pickup_unit: str, by: Actor, now: datetime,
    lift: frozenset[str] = frozenset(), **wanted: Unpack[Wanted],
) -> HoldFacts:  # fmt: skip
    """Let a reader wait for a title, or for what `wanted` says of it; returns the hold.

    A copy that stands on a shelf is to be fetched from now on. Locks patron, keeps the record from going, then locks
    the title's line. Refused with every standing refusal of `rules.PLACE_HOLD`, or unknown_patron, unknown_record,
    unknown_unit, hold_in_past, not_permitted.
    """
    return _place(record_id, patron_id, pickup_unit, by=by, now=now, lift=lift, cohort=None, wanted=wanted)


@transaction.atomic
def place_first_of(
    *, record_ids: Sequence[int], patron_id: int, pickup_unit: str, by: Actor, now: datetime,
    lift: frozenset[str] = frozenset(), **wanted: Unpack[Wanted],
) -> list[HoldFacts]:  # fmt: skip
    """Let a reader wait for the first of several titles: they count as one, and the first that is filled ends the
    others. As `place_hold` otherwise; all are placed or none.
    """
    found: list[HoldFacts] = []
    for record_id in sorted(set(record_ids)):  # lines are locked in order of number
        cohort = found[0].id if found else 0
        found.append(_place(record_id, patron_id, pickup_unit, by=by, now=now, lift=lift, cohort=cohort, wanted=wanted))
    return found


@transaction.atomic
def look_at_hold(
    *, record_id: int, patron_id: int, pickup_unit: str, by: Actor, now: datetime, **wanted: Unpack[Wanted]
) -> HoldLook:
    """Every refusal that placing this hold would meet now, and what may be chosen: the same rules, run dry.

    Locks patron. Refused: unknown_unit, unknown_patron, not_permitted.
    """
    organisation = tree()
    _, patron = _who(organisation, patron_id, pickup_unit, by=by, now=now)
    copies = items_of([record_id], organisation=organisation).get(record_id, [])
    today = organisation.calendar(pickup_unit, since=now.date()).local_day(now)
    asked = _asked(record_id, patron, pickup_unit, now=now, cohort=None, wanted=wanted)
    facts, _cell = _facts(asked, patron, copies, organisation, today=today)
    return HoldLook(
        refusals=refusals(PLACE_HOLD, facts),
        pickups=tuple(unit.code for unit in pickup_units(asked, copies, organisation)) if copies else (),
        copies=tuple(one for one in copies if one.lendable and open_to(asked, one, organisation)),
        item_level=facts.terms.item_level_holds,
    )


def _asked(
    record_id: int, patron: PatronFacts, pickup_unit: str, *, now: datetime, cohort: int | None, wanted: Wanted
) -> HoldFacts:
    """What is asked for, as a hold that is not there yet."""
    return HoldFacts(
        0, record_id, wanted.get("item_id"), patron.id, pickup_unit, now, patron_home=patron.home_unit,
        patron_category=patron.category, item_type=wanted.get("item_type"), volume=wanted.get("volume", ""),
        cohort=cohort,
    )  # fmt: skip


def _place(
    record_id: int, patron_id: int, pickup_unit: str, *, by: Actor, now: datetime, lift: frozenset[str],
    cohort: int | None, wanted: Wanted,
) -> HoldFacts:  # fmt: skip
    organisation = tree()
    where, patron = _who(organisation, patron_id, pickup_unit, by=by, now=now)
    lean_on(record_id)  # it may be deleted or merged meanwhile
    copies = items_of([record_id], organisation=organisation).get(record_id, [])
    today = organisation.calendar(pickup_unit, since=now.date()).local_day(now)
    if (until := wanted.get("until")) is not None and until < today:
        raise Refused.one("hold_in_past", date=until.isoformat())
    asked = _asked(record_id, patron, pickup_unit, now=now, cohort=cohort, wanted=wanted)
    facts, cell = _facts(asked, patron, copies, organisation, today=today)
    found = refusals(PLACE_HOLD, facts)
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=where.path)):
        raise Refused(remaining)
    if until is None and facts.terms.hold_days is not None:
        until = today + timedelta(days=facts.terms.hold_days)
    row = Hold.objects.create(
        record_id=record_id, item_id=asked.item_id, item_type_id=asked.item_type, volume=asked.volume,
        patron_id=patron_id, pickup_unit_id=where.id, placed_at=now, turn=turn_of(now), expires_on=until,
        note=wanted.get("note", "")[:250], cohort=cohort or None,
    )  # fmt: skip
    if cohort == 0:
        Hold.objects.filter(pk=row.pk).update(cohort=row.pk)
    after = {"record": record_id, "patron": patron_id, "pickup": pickup_unit}
    audit.record(by, "hold.place", object_type="hold", object_id=row.pk, after=after)
    if not cohort:
        charge_fee(
            "hold", Source("hold", row.pk), cell=cell, organisation=organisation, patron_id=patron_id, by=by, now=now,
            item_id=asked.item_id,
        )  # fmt: skip
    outbox.publish("hold.placed", {"hold": row.pk})
    if any(can_be_fetched(copy, organisation) for copy in copies):
        lock_line(record_id)
        retarget_line(record_id, organisation=organisation, now=now)
    placed = one_hold(row.pk, organisation=organisation)
    assert placed is not None, "placed above"
    return placed


def _who(
    organisation: Tree, patron_id: int, pickup_unit: str, *, by: Actor, now: datetime
) -> tuple[UnitFacts, PatronFacts]:
    """Where it is to be fetched, and by whom; locks the reader."""
    where = organisation.units.get(pickup_unit)
    if where is None:
        raise Refused.one("unknown_unit", unit=pickup_unit)
    if by.patron_id != patron_id and not by.may_anywhere("circulation.hold"):
        raise Refused.one("not_permitted", permission="circulation.hold")
    patron = lock_patron(patron_id, organisation=organisation, now=now)
    if patron is None:
        raise Refused.one("unknown_patron", card=str(patron_id))
    if not may_hold(by, patron_id=patron_id, homes=(pickup_unit, patron.home_unit), organisation=organisation):
        raise Refused.one("not_permitted", permission="circulation.hold")
    return where, patron


def _facts(
    asked: HoldFacts, patron: PatronFacts, whole: Sequence[ItemFacts], organisation: Tree, *, today: date
) -> tuple[HoldRequestFacts, Cell]:  # fmt: skip
    """What the rules ask; four statements, and those of the limits that are set."""
    copies = [copy for copy in whole if copy.lendable and asked_for(asked, copy)]
    theirs = [copy for copy in copies if open_to(asked, copy, organisation)]
    reached = [copy for copy in theirs if reaches(asked, copy, organisation)]
    cell = Cell(asked.pickup_unit, patron.category, copies[0].item_type if copies else "")
    said = terms(HoldLimitTerms, organisation, cell)
    waits = list(Hold.objects.filter(patron_id=patron.id).values_list("record_id", "cohort", "pk"))
    others = [(record_id, pk) for record_id, cohort, pk in waits if not asked.cohort or cohort != asked.cohort]
    counted = {cohort or -pk for _, cohort, pk in waits if not asked.cohort or cohort != asked.cohort}
    return HoldRequestFacts(
        patron=patron,
        today=today,
        terms=said,
        has_it=Loan.objects.filter(patron_id=patron.id, item__record_id=asked.record_id).exists(),
        copies=len(copies),
        for_them=bool(theirs),
        reachable=bool(reached),
        to_ask=any(can_be_asked_for(copy, asked, whole, organisation) for copy in reached),
        pickup_here=is_pickup(organisation, asked.pickup_unit),
        one_copy=asked.item_id is not None,
        open=len(counted),
        of_title=sum(record_id == asked.record_id for record_id, _ in others),
        under_rule=_under_rule(others, cell, organisation) if said.holds_by_rule is not None else 0,
        placed_today=_placed_today(patron.id, organisation, asked, today) if said.holds_per_day is not None else 0,
        debt=debts_of(
            patron.id, unit=cell.unit, organisation=organisation, asked=(said.hold_debt_limit,)
        ).counted,
    ), cell  # fmt: skip


def _under_rule(waits: Sequence[tuple[int, int]], cell: Cell, organisation: Tree) -> int:
    """How many of a reader's holds fall under the row that limits this one (case 9)."""

    def row(item_type: str) -> object:
        return decide(organisation, "holds_by_rule", unit=cell.unit, category=cell.category, item_type=item_type)

    mine = row(cell.item_type)
    copies = items_of([record_id for record_id, _ in waits], organisation=organisation)
    types = {record_id: {copy.item_type for copy in some} for record_id, some in copies.items()}
    return sum(any(row(one) == mine for one in types.get(record_id, ())) for record_id, _ in waits)


def _placed_today(patron_id: int, organisation: Tree, asked: HoldFacts, today: date) -> int:
    """How many holds the reader has asked for since midnight, also such as ended; "the first of these" are one."""
    since = start_of_day(today, organisation.calendar(asked.pickup_unit, since=today).zone)
    rows = Hold.objects.filter(patron_id=patron_id, placed_at__gte=since)
    if asked.cohort:
        rows = rows.filter(~Q(cohort=asked.cohort) | Q(cohort=None))
    open_ones = {cohort or -pk for cohort, pk in rows.values_list("cohort", "pk")}
    return len(open_ones) + PastHold.objects.filter(patron_id=patron_id, placed_at__gte=since).count()
