"""Copies that do not come back: claimed returned, lost, and grown lost with time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.models import Loan, ReturnClaim
from kitabxana.circulation.operations.ending import end_loan
from kitabxana.circulation.operations.money import charge_loss, returned, settle_fine_of, settle_found
from kitabxana.circulation.operations.targeting import keep_in_step
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.rules import Cell
from kitabxana.holdings.operations import lock_item, move, set_lost
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree
    from kitabxana.patrons.facts import PatronFacts

AT_ONCE = 500
OUTCOMES = frozenset({"found", "reader_had_it", "lost"})


@transaction.atomic
def claim_returned(
    *, loan_id: int, by: Actor, now: datetime, note: str = "", lift: frozenset[str] = frozenset()
) -> int:
    """Note that the reader says the copy came back; fines and ageing to lost stand still from now on (case 37).

    Returns the claim's id. Locks patron, item, loan. Refused: unknown_loan, not_permitted, already_claimed,
    too_many_claims (lifted by circulation.override.too_many_claims).
    """
    organisation, row, patron, item = locked_loan(loan_id, by=by, permission="circulation.claim", now=now)
    if row.claimed_at is not None:
        raise Refused.one("already_claimed", date=row.claimed_at.date().isoformat())
    limit = value(organisation, "claims_allowed", **_cell(organisation, row, patron, item))
    made = ReturnClaim.objects.filter(patron_id=patron.id).count()
    override = "circulation.override.too_many_claims"
    unit = organisation.by_id[row.unit_id]
    if limit is not None and made >= limit and not ("too_many_claims" in lift and by.may(override, unit.path)):
        raise Refused.one("too_many_claims", override=override, claims=made, limit=limit)
    Loan.objects.filter(pk=row.pk).update(claimed_at=now)
    claim = ReturnClaim.objects.create(
        loan_id=row.pk, item_id=row.item_id, patron_id=row.patron_id, claimed_at=now, note=note
    )
    audit.record(by, "loan.claim", object_type="loan", object_id=loan_id, after={"claim": claim.pk})
    outbox.publish("loan.claimed", {"loan": loan_id, "claim": claim.pk})
    return claim.pk


@transaction.atomic
def settle_claim(*, claim_id: int, outcome: str, by: Actor, now: datetime) -> None:
    """Give a claim its outcome: `found` (on a shelf; the loan ends with the day of the claim), `reader_had_it` (the
    loan goes on, late as it is) or `lost`.

    Refused: not_claimed, unknown_outcome, unknown_loan, not_permitted.
    """
    claim = ReturnClaim.objects.filter(pk=claim_id, outcome="").first()
    if claim is None:
        raise Refused.one("not_claimed")
    if outcome not in OUTCOMES:
        raise Refused.one("unknown_outcome", outcome=outcome)
    organisation, row, _patron, item = locked_loan(claim.loan_id, by=by, permission="circulation.claim", now=now)
    if not ReturnClaim.objects.filter(pk=claim_id, outcome="").update(outcome=outcome, settled_at=now):
        raise Refused.one("not_claimed")
    came = row.claimed_at or now
    Loan.objects.filter(pk=row.pk).update(claimed_at=None)
    if outcome == "found":
        unit_id = row.unit_id
        if item.lost:
            facts = returned(row, item, organisation=organisation, desk=item.holding_unit, returned_at=came, now=now)
            cost = settle_found(row, facts, by=by, now=now, organisation=organisation)
        else:
            cost = settle_fine_of(row, by=by, now=now, until=came, organisation=organisation)
        end_loan(row, returned_at=came, now=now, unit_id=unit_id, by=by)
        move(item_id=item.id, place="shelf", now=now, organisation=organisation)
        keep_in_step(item.record_id, organisation=organisation, now=now)
        payload = {"loan": claim.loan_id, "item": item.id, "unit": organisation.by_id[unit_id].code,
                   "returned_at": came.isoformat(), "fine": cost}  # fmt: skip
        outbox.publish("loan.closed", payload)
    elif outcome == "lost":
        _lose(organisation, row, item, kind="lost", by=by, now=now)
    audit.record(by, "loan.claim", object_type="loan", object_id=claim.loan_id, after={"outcome": outcome})


@transaction.atomic
def declare_lost(*, loan_id: int, by: Actor, now: datetime, kind: str = "lost") -> None:
    """The reader has lost the copy. The loan stays open until it is found or settled; the price falls due.

    Refused: unknown_loan, not_permitted.
    """
    organisation, row, _patron, item = locked_loan(loan_id, by=by, permission="circulation.lose", now=now)
    _lose(organisation, row, item, kind=kind, by=by, now=now)
    audit.record(
        by, "loan.lost", object_type="loan", object_id=loan_id, before={"lost": item.lost}, after={"lost": kind}
    )


def age_to_lost(*, by: Actor, now: datetime) -> int:
    """Count loans as long overdue whose library's time for that has passed; returns how many. Run daily.

    A claimed loan does not age. Each loan is one transaction.
    """
    if not tree().policies.get("lost_after"):
        return 0  # no library counts so
    aged = after = 0
    late = Loan.objects.filter(due_at__lt=now - timedelta(days=1), claimed_at=None, item__lost="").order_by("pk")
    while some := list(late.filter(pk__gt=after)[:AT_ONCE].values_list("pk", flat=True)):
        for after in some:
            aged += _age(after, by=by, now=now)
    return aged


@transaction.atomic
def _age(loan_id: int, *, by: Actor, now: datetime) -> bool:
    try:
        organisation, row, patron, item = locked_loan(loan_id, by=by, permission="circulation.lose", now=now)
    except Refused:  # returned meanwhile
        return False
    days = value(organisation, "lost_after", **_cell(organisation, row, patron, item))
    if days is None or row.claimed_at is not None or item.lost or row.due_at + timedelta(days=days) >= now:
        return False
    _lose(organisation, row, item, kind="long_overdue", by=by, now=now)
    after = {"lost": "long_overdue"}
    audit.record(by, "loan.lost", object_type="loan", object_id=loan_id, before={"lost": ""}, after=after)
    return True


def _lose(organisation: Tree, row: Loan, item: ItemFacts, *, kind: str, by: Actor, now: datetime) -> None:
    """Mark the copy, let its fine stand, and charge what the loss costs by the rules: price and processing."""
    set_lost(item_id=item.id, kind=kind, now=now)
    if not item.lost:
        settle_fine_of(row, by=by, now=now, until=now, organisation=organisation)
    cell = Cell(organisation.by_id[row.policy_unit_id].code, row.patron.category_id, item.item_type)
    where = {"unit": cell.unit, "category": cell.category, "item_type": cell.item_type}
    price = item.price_minor if item.price_minor is not None else value(organisation, "default_price", **where)
    charged = value(organisation, "lost_price_charged", **where)
    loan = loan_facts(row, organisation=organisation)
    charge_loss(loan, price=price or 0 if charged else None, cell=cell, organisation=organisation, by=by, now=now)
    payload = {
        "loan": row.pk,
        "item": item.id,
        "patron": row.patron_id,
        "kind": kind,
        "price": price or 0 if charged else 0,
        "processing": value(organisation, "lost_processing_fee", **where),
        "at": now.isoformat(),
    }
    outbox.publish("item.lost", payload)


def locked_loan(
    loan_id: int, *, by: Actor, permission: str, now: datetime
) -> tuple[Tree, Loan, PatronFacts, ItemFacts]:  # fmt: skip
    """Loan, reader and copy, locked in the order of the house. Refused: unknown_loan, not_permitted."""
    seen = Loan.objects.filter(pk=loan_id).first()
    if seen is None:
        raise Refused.one("unknown_loan")
    organisation = tree()
    if not by.may(permission, organisation.by_id[seen.unit_id].path):
        raise Refused.one("not_permitted", permission=permission)
    patron = lock_patron(seen.patron_id, organisation=organisation, now=now)
    item = lock_item(seen.item_id, organisation=organisation)
    row = Loan.objects.select_for_update().filter(pk=loan_id).first()
    if row is None or patron is None or item is None:
        raise Refused.one("unknown_loan")
    return organisation, row, patron, item


def _cell(organisation: Tree, row: Loan, patron: PatronFacts, item: ItemFacts) -> dict[str, str]:
    return {
        "unit": organisation.by_id[row.policy_unit_id].code,
        "category": patron.category,
        "item_type": item.item_type,
    }
