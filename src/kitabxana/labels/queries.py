"""Which sheets can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.labels.facts import Sheet
from kitabxana.labels.models import OwnSheet
from kitabxana.labels.rules import LENGTHS, STANDARD
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree

COLUMNS = (*LENGTHS, "columns", "rows", "name")


def sheets_at(unit: str, *, organisation: Tree | None = None) -> dict[str, Sheet]:
    """Code → sheet: the standard ones, and those of the library and all above it, nearest first."""
    organisation = organisation or tree()
    above = [organisation.units[code].id for code in organisation.units[unit].lineage]
    rows = sorted(OwnSheet.objects.filter(unit_id__in=above), key=lambda row: (above.index(row.unit_id), row.name))
    return {one.code: one for one in (_facts(row, organisation) for row in rows)} | dict(STANDARD)


def _facts(row: OwnSheet, organisation: Tree) -> Sheet:
    values = {name: getattr(row, name) for name in COLUMNS}
    return Sheet(code=f"own-{row.pk}", unit=organisation.by_id[row.unit_id].code, **values)
