"""Loans that should be back, as the desk's list shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from kitabxana.catalogue.queries import briefs
from kitabxana.charges.facts import Source
from kitabxana.charges.queries import accrued
from kitabxana.circulation.facts import LentTitle
from kitabxana.circulation.models import Loan
from kitabxana.circulation.queries import loan_facts
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.circulation.facts.overdue import OverdueAsked

LOAN = "loan"


def stretch(loan: LoanFacts) -> Source:
    """What one fine is of: a loan up to its renewal, or its use in the library before it is taken home."""
    return Source(LOAN, loan.id, -1 if loan.onsite else loan.renewals)


def overdue_page(asked: OverdueAsked, *, offset: int, limit: int) -> tuple[int, list[LentTitle]]:
    """(number of all, one page) of overdue loans; three statements and the tree, however many.

    Readers are in the order of lists of readers; who may be named is the caller's question.
    """
    rows = _overdue(asked)
    by_reader = () if asked.longest_first else ("patron__search_key", "patron_id")
    some = list(rows.select_related("item").order_by(*by_reader, "due_at", "pk")[offset : offset + limit])
    known, organisation = briefs({row.item.record_id for row in some}), tree()
    return rows.count(), [
        LentTitle(
            loan_facts(row, organisation=organisation), row.item.record_id, row.item.barcode or "", row.item.lost,
            known.get(row.item.record_id, {}),
        )
        for row in some
    ]  # fmt: skip


def _overdue(asked: OverdueAsked) -> QuerySet[Loan]:
    organisation = tree()
    units = [unit.id for unit in organisation.under(organisation.units[asked.unit].path)]
    wanted = Q(due_at__lt=asked.before, unit__in=units)
    if asked.since is not None:
        wanted &= Q(due_at__gte=asked.since)
    if asked.category:
        wanted &= Q(patron__category=asked.category)
    if asked.home_unit:
        wanted &= Q(patron__home_unit=organisation.units[asked.home_unit].id)
    if not asked.settled:
        wanted &= Q(item__lost="", claimed_at=None)
    return Loan.objects.filter(wanted)


def fines_so_far(loans: Iterable[LoanFacts]) -> dict[int, int]:
    """loan id → what its fine stands at in the ledger (minor units of its policy unit's currency); one statement."""
    sources = {stretch(loan): loan.id for loan in loans}
    return {sources[source]: minor for source, minor in accrued(sources).items()}
