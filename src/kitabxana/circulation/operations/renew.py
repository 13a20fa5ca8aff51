"""Prolonging a loan: asked for by its reader or a desk, or of itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit, outbox
from kitabxana.circulation.facts import LoanFacts, RenewalLook, RenewFacts
from kitabxana.circulation.facts.terms import LoanTerms, RenewalTerms
from kitabxana.circulation.models import Hold, Loan
from kitabxana.circulation.operations.money import debts_of, settle_fine_of
from kitabxana.circulation.operations.permission import liftable
from kitabxana.circulation.queries import LINE, all_holds, loan_facts
from kitabxana.circulation.rules import RENEW, Cell, latest, renewed_due_at, soonest, standing, terms, unfilled
from kitabxana.holdings.operations import lock_item
from kitabxana.holdings.queries import items_of
from kitabxana.kernel.decisions import Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import lock_patron

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import Tree
    from kitabxana.patrons.facts import PatronFacts

AT_ONCE = 500
TRIED_AFTER_DUE = timedelta(days=2)
"""How long after its due date a loan is still tried: what stood in the way may be gone meanwhile."""


@transaction.atomic
def renew(
    *, loan_id: int, by: Actor, now: datetime, lift: frozenset[str] = frozenset(), automatic: bool = False,
    unseen: bool = False,
) -> LoanFacts:  # fmt: skip
    """Prolong an open loan, for its reader or a desk of the lending library; returns the loan as it is now.

    `automatic` asks as the nightly job does, by rules of its own; `unseen` without the copy being shown. Locks
    patron, item, loan. Refused with every standing refusal of `rules.RENEW`, or unknown_loan, not_permitted.
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
    found = renewal_refusals(
        row, item=item, patron=patron, organisation=organisation, now=now, automatic=automatic, unseen=unseen
    )
    if remaining := standing(found, lift=lift, liftable=liftable(found, by=by, path=unit.path)):
        raise Refused(remaining)
    row.auto_renewals += automatic
    row.unseen_renewals += unseen
    lifted = [refusal.code for refusal in found]
    return prolong(row, item=item, patron=patron, organisation=organisation, by=by, now=now, lifted=lifted)


@transaction.atomic
def look_at_renewal(*, loan_id: int, by: Actor, now: datetime, unseen: bool = False) -> RenewalLook:
    """Every refusal a renewal would meet now: the same rules, run dry. Refused: unknown_loan, not_permitted."""
    row = Loan.objects.select_related("item").filter(pk=loan_id).first()
    organisation = tree()
    if row is None:
        raise Refused.one("unknown_loan")
    if by.patron_id != row.patron_id and not by.may("circulation.renew", organisation.by_id[row.unit_id].path):
        raise Refused.one("not_permitted", permission="circulation.renew")
    patron = lock_patron(row.patron_id, organisation=organisation, now=now)
    item = lock_item(row.item_id, organisation=organisation)
    if patron is None or item is None:
        raise Refused.one("unknown_loan")
    found = renewal_refusals(row, item=item, patron=patron, organisation=organisation, now=now, unseen=unseen)
    said = terms(RenewalTerms, organisation, _cell(row, organisation, item, patron))
    return RenewalLook(found, said.renewals_allowed)


def renew_of_themselves(*, by: Actor, now: datetime, loan_ids: Iterable[int] | None = None) -> tuple[int, int]:
    """Renew every loan that renews itself, or these, whose time has come: (renewed, not renewed).

    Each loan is one transaction, so one returned meanwhile is passed over (case 21). The reader is told why a loan
    that is due was not prolonged, by the event `loan.not_renewed`, once for each due date.
    """
    renewed = kept = 0
    for loan_id in _renewing_themselves(now) if loan_ids is None else loan_ids:
        try:
            renew(loan_id=loan_id, by=by, now=now, automatic=True, unseen=True)
        except Refused as refused:
            kept += _tell(loan_id, refused, now=now)
        else:
            renewed += 1
    return renewed, kept


def _renewing_themselves(now: datetime) -> Iterator[int]:
    """Loans whose time may have come: due as soon as the widest window of any library, or just past."""
    windows = tree().policies.get("auto_renew_before", {}).values()
    last = now + timedelta(days=1 + max((days for days in windows if days is not None), default=0))
    near = Loan.objects.filter(auto_renew=True, due_at__range=(now - TRIED_AFTER_DUE, last))
    rows, after = near.order_by("pk").values_list("pk", flat=True), 0
    while some := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        yield from some
        after = some[-1]


@transaction.atomic
def _tell(loan_id: int, refused: Refused, *, now: datetime) -> bool:
    codes = [refusal.code for refusal in refused.refusals]
    if set(codes) & {"unknown_loan", "too_soon"}:
        return False
    row = Loan.objects.select_for_update().filter(pk=loan_id).first()
    if row is None or (row.not_renewed_for is not None and row.not_renewed_for == row.due_at):
        return False
    row.not_renewed_for = row.due_at
    row.save(update_fields=["not_renewed_for"])
    payload = {"loan": loan_id, "codes": codes, "at": now.isoformat()}
    outbox.publish("loan.not_renewed", payload)
    return True


def renewal_refusals(
    row: Loan, *, item: ItemFacts, patron: PatronFacts, organisation: Tree, now: datetime, automatic: bool = False,
    unseen: bool = False,
) -> tuple[Refusal, ...]:  # fmt: skip
    """Everything that stands against renewing this loan now; reader and copy are locked by the caller."""
    cell = _cell(row, organisation, item, patron)
    said, loan = terms(RenewalTerms, organisation, cell), loan_facts(row, organisation=organisation)
    calendar = organisation.calendar(cell.unit, since=row.lent_at.date())
    late = said.overdues_block_renewal == "deny"
    facts = RenewFacts(
        patron=patron,
        now=now,
        today=calendar.local_day(now),
        loan=loan,
        terms=said,
        holds_unfilled=holds_unfilled(item, patron, organisation, others_count=said.renew_if_other_copies),
        item_lost=bool(item.lost),
        debt=debts_of(
            patron.id,
            unit=cell.unit,
            organisation=organisation,
            asked=(said.auto_renew_debt_limit if automatic else said.renewal_debt_limit,),
        ).counted,
        overdues=Loan.objects.filter(patron_id=patron.id, due_at__lt=now).count() if late else 0,
        soonest=soonest(loan, said, calendar, automatic=automatic),
        latest=latest(loan, said, calendar),
        automatic=automatic,
        unseen=unseen,
    )
    return refusals(RENEW, facts)


def prolong(
    row: Loan, *, item: ItemFacts, patron: PatronFacts, organisation: Tree, by: Actor, now: datetime,
    lifted: Sequence[str],
) -> LoanFacts:  # fmt: skip
    """Set the new due date of a locked loan, settle the fine so far, count the renewal, audit it and tell of it."""
    cell, before = _cell(row, organisation, item, patron), row.due_at
    settle_fine_of(row, by=by, now=now, until=now, organisation=organisation)
    row.due_at = renewed_due_at(
        due=before,
        now=now,
        terms=terms(LoanTerms, organisation, cell),
        calendar=organisation.calendar(cell.unit, since=now.date()),
        card_ends=patron.expires_on,
    )
    row.renewals += 1
    row.renewed_at = now
    row.save(update_fields=["due_at", "renewals", "renewed_at", "auto_renewals", "unseen_renewals"])
    audit.record(
        by,
        "loan.renew",
        object_type="loan",
        object_id=row.pk,
        before={"due_at": before.isoformat()},
        after={"due_at": row.due_at.isoformat(), "lifted": list(lifted)},
    )
    outbox.publish("loan.renewed", {"loan": row.pk})
    return loan_facts(row, organisation=organisation)


def _cell(row: Loan, organisation: Tree, item: ItemFacts, patron: PatronFacts) -> Cell:
    """The library that governed when the loan was made governs it to its end."""
    return Cell(organisation.by_id[row.policy_unit_id].code, patron.category, item.item_type)


def holds_unfilled(item: ItemFacts, patron: PatronFacts, organisation: Tree, *, others_count: bool) -> int:
    """How many waiting holds need this copy: a hold that another copy on a shelf can fill does not (KB 36331)."""
    rows = Hold.objects.filter(record_id=item.record_id).exclude(patron_id=patron.id)
    queue = all_holds(rows.order_by(*LINE), organisation)
    if not queue:
        return 0
    copies = items_of([item.record_id], organisation=organisation).get(item.record_id, [])
    others = [copy for copy in copies if copy.id != item.id]
    return unfilled(queue, item, others, organisation, others_count=others_count)
