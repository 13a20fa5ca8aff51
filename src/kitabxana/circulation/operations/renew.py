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
    unit = tree().by_id[row.unit_id]
    if by.patron_id != row.patron_id and not by.may("circulation.renew", unit.path):
        raise Refused.one("not_permitted", permission="circulation.renew")
    patron, item = lock_patron(row.patron_id), lock_item(row.item_id)
    row = Loan.objects.select_for_update().filter(pk=loan_id).first()
    if row is None or patron is None or item is None:  # returned at another desk meanwhile
        raise Refused.one("unknown_loan")
    policy_unit = tree().by_id[row.policy_unit_id].code
    found = refusals(RENEW, _facts(row, patron, item, policy_unit, now))
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=unit.path)):
        raise Refused(remaining)
    before = row.due_at
    cell = {"unit": policy_unit, "category": patron.category, "item_type": item.item_type}
    row.due_at = renewed_due_at(
        due=before,
        now=now,
        days=value(tree(), "renewal_days", **cell),
        mode=value(tree(), "closed_days", **cell),
        calendar=tree().calendar(policy_unit, since=now.date()),
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
    return loan_facts(row)


def _facts(row: Loan, patron: PatronFacts, item: ItemFacts, policy_unit: str, now: datetime) -> RenewFacts:
    organisation = tree()
    waiting = Hold.objects.filter(record_id=item.record_id, allocation__isnull=True).exclude(patron_id=patron.id)
    wanting_this = waiting.filter(item_id=item.id).count()
    wanting_any = waiting.filter(item_id__isnull=True).count()
    # A hold that another copy on a shelf can fill does not need this one (KB 36331).
    others = [copy for copy in items_of([item.record_id]).get(item.record_id, []) if copy.id != item.id and copy.on_shelf]
    cell = {"unit": policy_unit, "category": patron.category, "item_type": item.item_type}
    return RenewFacts(
        patron=patron,
        today=organisation.calendar(policy_unit, since=now.date()).local_day(now),
        renewals=row.renewals,
        renewals_allowed=value(organisation, "renewals_allowed", **cell),
        holds_unfilled=wanting_this + max(0, wanting_any - len(others)),
        item_lost=bool(item.lost),
    )
