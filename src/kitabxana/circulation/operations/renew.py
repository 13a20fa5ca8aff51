"""Prolonging a loan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import LoanFacts, RenewFacts
from kitabxana.circulation.models import Hold, Loan
from kitabxana.circulation.operations.permission import liftable
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.rules import RENEW, renewed_due_at, standing
from kitabxana.holdings.operations import lock_item
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.patrons.facts import PatronFacts


@transaction.atomic
def renew(*, loan_id: int, by: Actor, now: datetime, lift: frozenset[str] = frozenset()) -> LoanFacts:
    """Prolong an open loan, for its reader or a desk of the lending library; returns the loan as it is now.

    Locks patron, item, loan. Refused with every standing refusal of `rules.RENEW`, or unknown_loan, not_permitted.
    """
    row = Loan.objects.filter(pk=loan_id).first()
    if row is None:
        raise Refused.one("unknown_loan")
    organisation = tree()
    unit = organisation.by_id[row.unit_id]
    if by.patron_id != row.patron_id and not by.may("circulation.renew", unit.path):
        raise Refused.one("not_permitted", permission="circulation.renew")
    patron = lock_patron(row.patron_id, organisation=organisation, now=now)
    item = lock_item(row.item_id, organisation=organisation)
    row = Loan.objects.select_for_update().filter(pk=loan_id).first()
    if row is None or patron is None or item is None:  # returned at another desk meanwhile
        raise Refused.one("unknown_loan")
    policy_unit = organisation.by_id[row.policy_unit_id].code
    calendar = organisation.calendar(policy_unit, since=now.date())
    cell = {"unit": policy_unit, "category": patron.category, "item_type": item.item_type}
    facts = RenewFacts(
        patron=patron,
        today=calendar.local_day(now),
        renewals=row.renewals,
        renewals_allowed=value(organisation, "renewals_allowed", **cell),
        holds_unfilled=_holds_unfilled(item, patron),
        item_lost=bool(item.lost),
    )
    found = refusals(RENEW, facts)
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=unit.path)):
        raise Refused(remaining)
    before = row.due_at
    row.due_at = renewed_due_at(
        due=before,
        now=now,
        days=value(organisation, "renewal_days", **cell),
        mode=value(organisation, "closed_days", **cell),
        calendar=calendar,
    )
    row.renewals += 1
    row.renewed_at = now
    row.save(update_fields=["due_at", "renewals", "renewed_at"])
    audit.record(
        by,
        "loan.renew",
        object_type="loan",
        object_id=loan_id,
        before={"due_at": before.isoformat()},
        after={"due_at": row.due_at.isoformat(), "lifted": [refusal.code for refusal in found]},
    )
    outbox.publish("loan.renewed", {"loan": loan_id})
    return loan_facts(row, organisation=organisation)


def _holds_unfilled(item: ItemFacts, patron: PatronFacts) -> int:
    """How many waiting holds need this copy: a hold that another copy on a shelf can fill does not (KB 36331)."""
    waiting = Hold.objects.filter(record_id=item.record_id, allocation__isnull=True).exclude(patron_id=patron.id)
    wanted = list(waiting.values_list("item_id", flat=True))
    if not wanted:
        return 0
    others = [copy for copy in items_of([item.record_id])[item.record_id] if copy.id != item.id and copy.on_shelf]
    wanting_this, wanting_any = (sum(want == copy for want in wanted) for copy in (item.id, None))
    return wanting_this + max(0, wanting_any - len(others))
