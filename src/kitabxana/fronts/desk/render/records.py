"""Records and their copies as the desk's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.queries import briefs, in_order
from kitabxana.circulation.queries import loans_by_item
from kitabxana.fronts.desk.render.words import PLACES, flags_of, local_day, named, short_date, unit_name
from kitabxana.holdings.queries import item_types, items_of
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import visible_patrons

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts

BLANK = "#"
"""How a blank is written in indicators and fixed fields, as in the MARC 21 documentation."""


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy: `mark` is how its state is drawn (in, out, late, hold, move, stop).

    The reader is filled only where this librarian may see them.
    """

    id: int
    barcode: str
    library: str
    here: bool
    call_number: str
    location: str
    kind: str
    place: str
    state: str
    mark: str
    flags: tuple[str, ...]
    due: str
    reader_id: int | None
    reader: str

    @property
    def tone(self) -> str:
        """The colour of the copy's own panel."""
        return {"in": "ok", "hold": "hold", "stop": "stop", "late": "stop"}.get(self.mark, "send")


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A found record with what it has on shelves: here, and in all libraries."""

    id: int
    title: str
    rest: str
    author: str
    year: str
    copies: int
    on_shelf: int
    on_shelf_here: int


@dataclass(frozen=True, slots=True)
class MarcLine:
    """One field; a control field has `text` and no subfields."""

    tag: str
    indicators: str
    text: str
    subfields: tuple[tuple[str, str], ...]


def copy_rows(items: Sequence[ItemFacts], *, actor: Actor, where: UnitFacts, now: datetime) -> list[CopyRow]:
    """A constant number of statements however many copies."""
    loans = loans_by_item(item.id for item in items)
    scopes = actor.scopes("patrons.view") if actor.scopes("circulation.view") else ()
    readers = visible_patrons({loan.patron_id for loan in loans.values()}, scopes=scopes) if loans and scopes else {}
    organisation, kinds = tree(), item_types()
    rows = []
    for item in items:
        loan = loans.get(item.id)
        reader = readers.get(loan.patron_id) if loan else None
        kind = named(kinds.get(item.item_type, {}).get("names", {}), item.item_type)
        rows.append(
            CopyRow(
                id=item.id,
                barcode=item.barcode or "",
                library=unit_name(organisation.units, item.holding_unit),
                here=item.holding_unit == where.code,
                call_number=item.call_number,
                location=item.location,
                kind=kind,
                place=item.place,
                state=str(PLACES[item.place]),
                mark=_mark(item, late=bool(loan and loan.overdue(now))),
                flags=tuple(flags_of(item)),
                due=short_date(_due_day(loan, organisation)) if loan else "",
                reader_id=reader.id if reader else None,
                reader=reader.name if reader else "",
            )
        )
    return rows


def _mark(item: ItemFacts, *, late: bool) -> str:
    if item.lost or item.withdrawn:
        return "stop"
    if late:
        return "late"
    return "in" if item.on_shelf else {"hold_shelf": "hold", "transit": "move"}.get(item.place, "out")


def nearest_first(items: Sequence[ItemFacts], *, where: UnitFacts) -> list[ItemFacts]:
    """This library's copies, then those of its library system, then the others, each in shelf order."""
    organisation = tree()
    system = organisation.system_of(where.code).path

    def distance(item: ItemFacts) -> int:
        if item.holding_unit == where.code:
            return 0
        return 1 if organisation.units[item.holding_unit].path.startswith(system) else 2

    return sorted(items, key=distance)


def record_rows(record_ids: Sequence[int], *, where: UnitFacts) -> list[RecordRow]:
    """Found records in the order in which the search ranked them; four statements for any number."""
    if not record_ids:
        return []
    copies = items_of(record_ids)
    return [
        _record_row(record_id, brief, copies.get(record_id, []), where)
        for record_id, brief in in_order(record_ids, briefs(record_ids))
    ]


def _record_row(record_id: int, brief: dict[str, Any], copies: Sequence[ItemFacts], where: UnitFacts) -> RecordRow:
    standing = [copy for copy in copies if copy.on_shelf]
    return RecordRow(
        id=record_id,
        title=brief.get("title", ""),
        rest=brief.get("rest", ""),
        author=brief.get("author", ""),
        year=str(brief.get("year", "")),
        copies=len(copies),
        on_shelf=len(standing),
        on_shelf_here=sum(copy.holding_unit == where.code for copy in standing),
    )


def marc_lines(marc: MarcJson) -> Iterator[MarcLine]:
    """The record field by field, in its own order."""
    yield MarcLine("LDR", "", marc["leader"].replace(" ", BLANK), ())
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if isinstance(content, str):
                yield MarcLine(tag, "", content.replace(" ", BLANK), ())
            else:
                indicators = f"{content['ind1']}{content['ind2']}".replace(" ", BLANK)
                yield MarcLine(tag, indicators, "", tuple(next(iter(pair.items())) for pair in content["subfields"]))


def _due_day(loan: LoanFacts, organisation: Tree) -> Any:
    return local_day(loan.due_at, organisation.units[loan.unit].zone)
