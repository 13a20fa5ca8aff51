"""What circulation has the ledger book: fines that grow with a loan, fees, losses and what is found again.

The rules of `circulation.rules.fines` say how much; the ledger holds it true however often it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import outbox
from kitabxana.charges.facts import Source
from kitabxana.charges.operations import charge, credit_found, let_accrue_again, set_accruing, settle_accruing
from kitabxana.charges.queries import accrued, balances_of, running_of
from kitabxana.circulation.facts import NO_DEBTS, Debts
from kitabxana.circulation.facts.terms import FineTerms, ReturnTerms
from kitabxana.circulation.models import Loan
from kitabxana.circulation.queries import loan_facts
from kitabxana.circulation.queries.overdue import LOAN, stretch
from kitabxana.circulation.rules import Cell, Fine, ReturnFacts, fine, found_choice, found_treatment, late_until, terms
from kitabxana.holdings.operations import set_found
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.operations import lock_patron
from kitabxana.patrons.queries import ward_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree

AT_ONCE = 500


def fines_set(organisation: Tree) -> bool:
    """Whether any library ever said what lateness costs; where none has, the ledger is not asked of it."""
    return bool(organisation.policies.get("fine_amount"))


def fine_of(loan: LoanFacts, *, cell: Cell, price: int | None, organisation: Tree, until: datetime) -> Fine:
    """What a loan's lateness has come to at `until`, no longer than to the day the reader claims (case 37)."""
    return fine(
        due=loan.due_at,
        returned=min(until, loan.claimed_at or until),
        terms=terms(FineTerms, organisation, cell),
        calendar=organisation.calendar(cell.unit, since=loan.due_at.date()),
        price=price,
    )


def settle_fine(loan: LoanFacts, minor: int, *, by: Actor, now: datetime, organisation: Tree) -> None:
    """Let the fine of this stretch stand at `minor` for good. Nothing is asked of a loan that was never late."""
    if fines_set(organisation) and loan.overdue(now):
        settle_accruing(
            patron_id=loan.patron_id, source=stretch(loan), amount_minor=minor, unit=loan.policy_unit, by=by, now=now,
            item_id=loan.item_id,
        )  # fmt: skip


def settle_fine_of(row: Loan, *, by: Actor, now: datetime, until: datetime, organisation: Tree) -> int:
    """`settle_fine` at what a locked loan's lateness came to at `until`, or at the loss; returns that sum."""
    loan = loan_facts(row, organisation=organisation)
    if not loan.overdue(now) or not fines_set(organisation):
        return 0
    if row.item.lost and row.item.lost_at is not None:
        until = min(until, row.item.lost_at)
    return _stands(row, loan, by=by, now=now, until=until, organisation=organisation)


def settle_found(row: Loan, facts: ReturnFacts, *, by: Actor, now: datetime, organisation: Tree) -> int:
    """A lost copy is back and its locked loan ends: its charge is undone and its fine stands, as policy says of both.

    Returns the fine: what it was at the loss, or all lateness where `lost_return` charges that (case 36).
    """
    undo_loss(facts, by=by, now=now)
    loan = loan_facts(row, organisation=organisation)
    if not loan.overdue(now) or not fines_set(organisation):
        return 0
    return _stands(row, loan, by=by, now=now, until=late_until(facts), organisation=organisation)


def go_on_after_loss(row: Loan, facts: ReturnFacts, *, by: Actor, now: datetime, organisation: Tree) -> None:
    """A lost copy was found at the reader's, and its loan goes on: the charge is undone and the fine grows again."""
    undo_loss(facts, by=by, now=now)
    if fines_set(organisation):
        loan = loan_facts(row, organisation=organisation)
        let_accrue_again(patron_id=loan.patron_id, source=stretch(loan), unit=loan.policy_unit)


def _stands(row: Loan, loan: LoanFacts, *, by: Actor, now: datetime, until: datetime, organisation: Tree) -> int:
    minor = _fine_of_row(row, loan, until=until, organisation=organisation)
    settle_fine(loan, minor, by=by, now=now, organisation=organisation)
    return minor


def _fine_of_row(row: Loan, loan: LoanFacts, *, until: datetime, organisation: Tree) -> int:
    cell = Cell(loan.policy_unit, row.patron.category_id, row.item.item_type_id)
    return fine_of(loan, cell=cell, price=row.item.price_minor, organisation=organisation, until=until).minor


def accrue_fines(*, by: Actor, now: datetime) -> int:
    """Bring the fine of every overdue loan to what it is now; returns how many changed.

    Loans are looked through by hundreds in two statements; only one whose fine is another than the ledger's becomes a
    transaction. Copies recorded as lost are left: their fine stood still at the loss. Run again, it changes nothing.
    """
    organisation = tree()
    if not fines_set(organisation):
        return 0
    late = Loan.objects.filter(due_at__lt=now, item__lost="")
    changed = 0
    for rows in _by_hundreds(late.select_related("item", "patron")):
        reckoned = {
            row.pk: (stretch(loan), _fine_of_row(row, loan, until=now, organisation=organisation))
            for row in rows
            for loan in [loan_facts(row, organisation=organisation)]
        }
        booked = accrued(source for source, _minor in reckoned.values())
        for loan_id, (source, minor) in reckoned.items():
            if booked.get(source, 0) != minor:
                changed += _accrue(loan_id, by=by, now=now)
    return changed


def _by_hundreds(loans: QuerySet[Loan]) -> Iterator[list[Loan]]:
    after = 0
    while rows := list(loans.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield rows
        if len(rows) < AT_ONCE:
            break
        after = rows[-1].pk


def end_false_fines(*, by: Actor, now: datetime) -> int:
    """Bring fines to nothing that run although the loan is not late (any more): a sudden closing moved its due date.

    Returns how many; one statement for each five hundred fines that run, and one for their loans.
    """
    changed = after = 0
    while some := running_of(LOAN, after=after, limit=AT_ONCE):
        on_time = Loan.objects.filter(pk__in=some, due_at__gte=now).order_by("pk").values_list("pk", flat=True)
        changed += sum(_accrue(loan_id, by=by, now=now) for loan_id in list(on_time))
        after = some[-1]
        if len(some) < AT_ONCE:
            break
    return changed


@transaction.atomic
def _accrue(loan_id: int, *, by: Actor, now: datetime) -> bool:
    """One loan, read again under the locks that every end of a loan takes: one returned meanwhile is passed over."""
    patron_id = Loan.objects.filter(pk=loan_id).values_list("patron_id", flat=True).first()
    organisation = tree()
    if patron_id is None or lock_patron(patron_id, organisation=organisation, now=now) is None:
        return False
    rows = Loan.objects.select_for_update(of=("self",)).select_related("item", "patron")
    row = rows.filter(pk=loan_id, patron_id=patron_id, item__lost="").first()
    if row is None:
        return False
    loan = loan_facts(row, organisation=organisation)
    minor = _fine_of_row(row, loan, until=now, organisation=organisation) if loan.overdue(now) else 0
    line = set_accruing(
        patron_id=patron_id, source=stretch(loan), amount_minor=minor, unit=loan.policy_unit, by=by, now=now,
        item_id=loan.item_id,
    )  # fmt: skip
    return line is not None


FEES = {
    "rental": "rental_fee",
    "hold": "hold_fee",
    "hold_expiry": "hold_expiry_fee",
    "processing": "lost_processing_fee",
}
"""Kind of debit → the policy that says how much."""


def charge_fee(
    kind: str, source: Source, *, cell: Cell, organisation: Tree, patron_id: int, by: Actor, now: datetime,
    item_id: int | None = None,
) -> None:  # fmt: skip
    """Charge what the fee's policy says in this cell, once for a source; where it says 0, the ledger is not asked."""
    minor = value(organisation, FEES[kind], unit=cell.unit, category=cell.category, item_type=cell.item_type)
    if minor:
        charge(
            patron_id=patron_id, kind=kind, amount_minor=minor, unit=cell.unit, by=by, now=now, source=source,
            item_id=item_id,
        )  # fmt: skip


def charge_loss(
    loan: LoanFacts, *, price: int | None, cell: Cell, organisation: Tree, by: Actor, now: datetime
) -> None:  # fmt: skip
    """The copy is owed, and the work with it. Without a price what is owed is the book itself: a debit of nothing.

    `price` None: nothing is charged for the copy here.
    """
    source = Source(LOAN, loan.id)
    if price is not None:
        charge(
            patron_id=loan.patron_id, kind="lost", amount_minor=price, unit=cell.unit, by=by, now=now, source=source,
            item_id=loan.item_id,
        )  # fmt: skip
    charge_fee(
        "processing", source, cell=cell, organisation=organisation, patron_id=loan.patron_id, by=by, now=now,
        item_id=loan.item_id,
    )  # fmt: skip


def undo_loss(facts: ReturnFacts, *, by: Actor, now: datetime) -> None:
    """A lost copy came back: it is lost no more, and its charge is undone as policy says."""
    item, loan, treatment = facts.item, facts.loan, found_treatment(facts)
    set_found(item_id=item.id)
    if loan is not None:
        credit_found(
            patron_id=loan.patron_id, source=Source(LOAN, loan.id), choice=found_choice(treatment),
            unit=loan.policy_unit, by=by, now=now,
        )  # fmt: skip
    payload = {
        "item": item.id,
        "kind": item.lost,
        "loan": loan.id if loan else None,
        "treatment": treatment,
        "at": facts.returned_at.isoformat(),
    }
    outbox.publish("item.found", payload)


def returned(
    row: Loan, item: ItemFacts, *, organisation: Tree, desk: str, returned_at: datetime, now: datetime
) -> ReturnFacts:
    """What the rules of a return ask, of a copy that is routed nowhere: its loan ends on paper alone."""
    return ReturnFacts(
        item=item,
        desk=desk,
        now=now,
        returned_at=returned_at,
        terms=terms(ReturnTerms, organisation, Cell(item.home_unit, "", item.item_type)),
        loan=loan_facts(row, organisation=organisation),
        on_way_to=None,
        queue=(),
        lost_at=row.item.lost_at,
    )


def debts_of(patron_id: int, *, unit: str, organisation: Tree, asked: Iterable[object]) -> Debts:
    """What limits look at: owed less credit in this library's currency; `other` is owed in another one.

    Where `debts_of_wards` says so, what wards owe counts too; a ward's credit pays nobody else's debt.

    `asked` are the values of the policies that would look: where all are unset, nothing is read.
    """
    if not any(one is not None and one is not False for one in asked):
        return NO_DEBTS
    wards = ward_ids(patron_id) if value(organisation, "debts_of_wards", unit=unit, category="", item_type="") else []
    here, counted, other = organisation.units[unit].currency, 0, 0
    for balances in balances_of([patron_id, *wards]).values():
        counted += max(0, balances[here].net_minor) if here in balances else 0
        other += sum(one.owed_minor for currency, one in balances.items() if currency != here)
    return Debts(counted, other)
