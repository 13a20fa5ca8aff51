"""What a desk without a connection decides by: policies of a library as plain values, due dates reckoned beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kitabxana.circulation.facts.terms import LimitTerms, LoanTerms, RenewalTerms
from kitabxana.circulation.rules.due_dates import loan_period
from kitabxana.circulation.rules.terms import Cell, terms
from kitabxana.kernel.periods import NeverOpen, due_moment
from kitabxana.organisation.rules import decide

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.periods import Calendar
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.organisation.rules import Decided

DAYS = 120
"""For how many days of beginning, from the extract's own on, the end of a loan or renewal is reckoned."""

HALF_HOURS = 7 * 48
"""The same for loans by the hour: for each half hour of a week."""

STATES = ("withdrawn", "lost", "restricted", "not_for_loan", "damaged")
"""Bit 0, 1, … of a copy's `state` and of a cell's `stops`."""


def state_bits(item: ItemFacts) -> int:
    return sum(1 << bit for bit, name in enumerate(STATES) if getattr(item, name))


class Policies:
    """The cells of some libraries × all categories × all item types, each as the number of its terms.

    Equal terms, due-date tables and limit rows are written once.
    """

    def __init__(
        self, organisation: Tree, *, first: date, categories: Iterable[str], item_types: Iterable[str]
    ) -> None:
        self._tree, self._first = organisation, first
        self._categories, self._item_types = sorted(categories), sorted(item_types)
        self._numbers: dict[str, dict[Any, int]] = {"terms": {}, "tables": {}, "limits": {}}
        self._written: dict[str, list[Any]] = {"terms": [], "tables": [], "limits": []}

    def of(self, units: Iterable[UnitFacts]) -> dict[str, Any]:
        """cells: unit → category → item type → number of `terms`; tables and limits as the terms number them."""
        cells = {
            unit.code: {
                category: {kind: self._cell(Cell(unit.code, category, kind)) for kind in self._item_types}
                for category in self._categories
            }
            for unit in units
        }
        return {"cells": cells, **self._written}

    def _number(self, what: str, key: Any, value: Any) -> int:
        numbers, written = self._numbers[what], self._written[what]
        if key not in numbers:
            numbers[key] = len(written)
            written.append(value)
        return numbers[key]

    def _cell(self, cell: Cell) -> int:
        loan, limits = terms(LoanTerms, self._tree, cell), terms(LimitTerms, self._tree, cell)
        renewal = terms(RenewalTerms, self._tree, cell)
        calendar = self._tree.calendar(cell.unit, since=self._first)
        told = {
            "loan": self._table(loan, calendar, cell.unit, renewal=False),
            "renewal": self._table(loan, calendar, cell.unit, renewal=True),
            "hours": loan.loan_unit == "hours",
            "from_due": loan.renew_from == "due_date",
            "with_card": loan.end_with_card,
            "stops": sum(1 << bit for bit, name in enumerate(STATES) if _stops(limits, name)),
            "debt": limits.debt_limit,
            "any_debt": limits.any_debt_asks,
            "late": limits.overdues_block_loans != "allow",
            "age": limits.minimum_age,
            "several": limits.several_copies_of_record,
            "takes_back": limits.return_for_other == "allow",
            "most": self._limit("max_loans", cell),
            "most_of_all": self._limit("patron_max_loans", cell),
            "onsite_counts": self._said("onsite_counts_as_loan", cell).value,
            "renewals": renewal.renewals_allowed,
            "not_before": renewal.no_renewal_before,
            "late_renewal": renewal.overdues_block_renewal,
            "card_renewal": renewal.card_end_blocks_renewal,
            "barred_renewal": renewal.restriction_blocks_renewal,
        }
        return self._number("terms", tuple(told.values()), told)

    def _said(self, name: str, cell: Cell) -> Decided:
        return decide(self._tree, name, unit=cell.unit, category=cell.category, item_type=cell.item_type)

    def _limit(self, name: str, cell: Cell) -> int | None:
        """The row that sets a limit: its figure, and under which path loans count for it ("": all)."""
        row = self._said(name, cell)
        if row.value is None:
            return None
        path = self._tree.units[row.unit].path if row.unit else ""
        return self._number("limits", (name, row), {"most": row.value, "under": path})

    def _table(self, loan: LoanTerms, calendar: Calendar, unit: str, *, renewal: bool) -> int:
        hours = loan.loan_unit == "hours"
        period = loan_period(loan, card_ends=None, renewal=renewal)
        key = (unit, period)
        if key in self._numbers["tables"]:
            return self._numbers["tables"][key]
        start = datetime.combine(self._first, time(0 if hours else 12), calendar.zone)
        step, count = (timedelta(minutes=30), HALF_HOURS) if hours else (timedelta(days=1), DAYS)
        steps = (start + step * number for number in range(count))
        ends: list[int | None] = []
        for begins in steps:
            try:
                due = due_moment(start=begins.astimezone(UTC), period=period, calendar=calendar)
            except NeverOpen:
                ends.append(None)
            else:
                ends.append(int(due.timestamp()) // 60)
        return self._number("tables", key, ends)


def _stops(limits: LimitTerms, state: str) -> bool:
    """Whether a copy in this state is lent to nobody, or only on a librarian's word that a server must hear."""
    return getattr(limits, f"lend_{state}") in {"deny", "confirm"}


def highest_age(policies: dict[str, Any]) -> int:
    """The highest age any cell asks for, 0 where none does: whoever is older need not tell an age."""
    return max((one["age"] for one in policies["terms"] if one["age"] is not None), default=0)
