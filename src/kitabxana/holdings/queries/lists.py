"""Lists of codes as they hold at a unit: what is said nearer goes before what is said above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import cached_property

from kitabxana.holdings.facts import Listed
from kitabxana.holdings.models import ItemType, ListEntry
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.organisation.facts import Tree


class Lists:
    """Every list at once, read when first asked for: two statements however many units are asked about."""

    def __init__(self, organisation: Tree | None = None) -> None:
        self._organisation = organisation or tree()

    @cached_property
    def _types(self) -> list[ItemType]:
        return list(ItemType.objects.order_by("code"))

    @cached_property
    def _entries(self) -> dict[tuple[str, int | None], list[ListEntry]]:
        found: dict[tuple[str, int | None], list[ListEntry]] = {}
        for entry in ListEntry.objects.order_by("code"):
            found.setdefault((entry.kind, entry.unit_id), []).append(entry)
        return found

    def at(self, kind: str, unit: str | None) -> dict[str, Listed]:
        """code → entry as it holds at `unit` (None: the whole installation), hidden ones marked."""
        units = self._organisation.units
        lineage = units[unit].lineage if unit else ()
        found: dict[str, Listed] = {}
        for level in (None, *reversed(lineage)):
            level_id = units[level].id if level else None
            if kind == "item_type":
                found |= {
                    row.code: Listed(row.code, row.names, level, not_for_loan=row.not_for_loan)
                    for row in self._types
                    if row.unit_id == level_id
                }
            for entry in self._entries.get((kind, level_id), ()):
                above = found.get(entry.code)
                if above:
                    found[entry.code] = replace(
                        above, names={**above.names, **entry.names}, origin=level, hidden=entry.hidden
                    )
                elif kind != "item_type":
                    found[entry.code] = Listed(entry.code, entry.names, level, hidden=entry.hidden)
        return found

    def below(self, kind: str, unit: str | None) -> dict[str, list[tuple[str, bool]]]:
        """code → (unit, hidden) of what is said otherwise below `unit` (None: the whole installation)."""
        path = self._organisation.units[unit].path if unit else ""
        found: dict[str, list[tuple[str, bool]]] = {}
        for one in self._organisation.under(path):
            if one.code == unit:
                continue
            for entry in self._entries.get((kind, one.id), ()):
                found.setdefault(entry.code, []).append((one.code, entry.hidden))
        return found

    def open_at(self, kind: str, unit: str | None) -> dict[str, Listed]:
        """What can be chosen at `unit`."""
        return {code: entry for code, entry in self.at(kind, unit).items() if not entry.hidden}

    def takes(self, kind: str, unit: str, code: str) -> bool:
        """Whether a copy of `unit` may have this code; where nobody has made such a list, any text is taken."""
        chosen = self.open_at(kind, unit)
        return not code or code in chosen or (kind != "item_type" and not chosen)


def entries_of(kind: str, unit: str | None) -> dict[str, bool]:
    """code → hidden, of what is said at exactly this level."""
    organisation = tree()
    at = Q(unit_id=organisation.units[unit].id) if unit else Q(unit__isnull=True)
    return dict(ListEntry.objects.filter(at, kind=kind).values_list("code", "hidden"))
