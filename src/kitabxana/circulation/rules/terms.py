"""Policy values gathered for one cell of unit × category × item type."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

from kitabxana.organisation.rules import governing_unit, value

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree

Terms = TypeVar("Terms")


@dataclass(frozen=True, slots=True)
class Cell:
    """Whose policies are asked for: the library that governs, the reader's category, the copy's type."""

    unit: str
    category: str
    item_type: str


def terms(kind: type[Terms], organisation: Tree, cell: Cell) -> Terms:
    """The policies named by the fields of `kind` (one of `facts.terms`) as they are in this cell."""
    where = {"unit": cell.unit, "category": cell.category, "item_type": cell.item_type}
    return kind(**{one.name: value(organisation, one.name, **where) for one in fields(kind)})  # type: ignore[arg-type]


def rule_library(organisation: Tree, *, desk: str, item_home: str, item_holding: str, patron_home: str) -> str:
    """The one library whose word counts for loan, fine, notice and lost fee alike (case 7)."""
    return governing_unit(
        organisation, "rule_library", desk=desk, item_home=item_home, item_holding=item_holding,
        patron_home=patron_home,
    )  # fmt: skip
