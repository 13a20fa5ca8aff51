"""How many loans at once. A limit counts the loans that fall under the row that set it, and no others (case 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.circulation.facts import TooMany
from kitabxana.organisation.rules import decide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.circulation.facts import LentItem
    from kitabxana.circulation.rules.terms import Cell
    from kitabxana.organisation.facts import Tree
    from kitabxana.organisation.rules import Decided


def too_many(
    loans: Sequence[LentItem], *, organisation: Tree, cell: Cell, patron_home: str, onsite: bool, switches: bool
) -> TooMany | None:
    """The first limit that lending one more would pass: of this kind of loan first, then of the reader altogether.

    `loans` are the reader's open ones, `onsite` asks for use in the library, `switches` says that an on-site loan of
    this very copy turns into one to take home.
    """
    for name, onsite_name in (("max_loans", "max_onsite_loans"), ("patron_max_loans", "patron_max_onsite_loans")):
        row = _said(organisation, name, cell)
        if row.value is None:
            continue
        counted = [one for one in loans if _falls_under(row, one, organisation, name, cell, patron_home)]
        onsite_limit = _said(organisation, onsite_name, cell).value
        kind = "patron" if name.startswith("patron") else "loans"
        used_here = sum(one.loan.onsite for one in counted)
        if onsite and onsite_limit is not None and used_here >= onsite_limit:
            return TooMany(f"{kind}_onsite", used_here, onsite_limit)
        whole = _said(organisation, "onsite_counts_as_loan", cell).value
        if onsite and not whole:
            continue
        open_now = len(counted) if whole else len(counted) - used_here
        if open_now >= row.value + (1 if whole and switches else 0):
            return TooMany(kind, open_now, row.value)
    return None


def _said(organisation: Tree, name: str, cell: Cell) -> Decided:
    return decide(organisation, name, unit=cell.unit, category=cell.category, item_type=cell.item_type)


def _falls_under(
    row: Decided, one: LentItem, organisation: Tree, name: str, cell: Cell, patron_home: str
) -> bool:  # fmt: skip
    its_row = decide(organisation, name, unit=cell.unit, category=cell.category, item_type=one.item_type)
    if its_row != row:
        return False
    if row.unit is None:
        return True
    setting = decide(organisation, "rule_library", unit=organisation.nation_of(cell.unit), category="", item_type="")
    units = {
        "desk": one.loan.unit, "item_home": one.home_unit, "item_holding": one.home_unit, "patron_home": patron_home
    }  # fmt: skip
    return organisation.units[units[setting.value]].path.startswith(organisation.units[row.unit].path)
