"""Records that may be one as the desk's pages show them: side by side, with what agrees and what does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.matching import compare, traits_of
from kitabxana.catalogue.messages import SEARCH_STATES
from kitabxana.catalogue.queries import briefs, records_by_id
from kitabxana.catalogue.queries.duplicates import said_different
from kitabxana.catalogue.rules.merging import choosable, entries, fullness, proposed, same_key
from kitabxana.circulation.queries import holds_count
from kitabxana.exchange.messages import POINTS
from kitabxana.fronts.desk.render.editing import as_line
from kitabxana.fronts.desk.render.words import short_moment
from kitabxana.holdings.queries import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.catalogue.facts import ClusterFacts, MergeFacts, RecordFacts, SearchFacts

_WORDS = {"title": "title", "author": "author", "publisher": "publisher"}
"""Points whose own words are keys: the page shows the record's words instead."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the records: what stands of it, its score beside the one that stays, what was compared."""

    id: int
    number: int
    version: int
    brief: dict[str, Any]
    fields: int
    copies: int
    holds: int
    stays: bool
    hidden: bool
    score: int
    differs: str
    said_two: bool
    points: tuple[tuple[str, str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of one record: `place` is its place there, `ticked` whether it will be in the record that stays."""

    record_id: int
    place: int
    text: str
    ticked: bool
    stays: bool


@dataclass(slots=True)
class FieldRow:
    """A field across the records: `same` where all that have it say the same."""

    tag: str
    cells: list[Cell | None] = field(default_factory=list)
    same: bool = False
    keys: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Compared:
    """The records of a cluster, the one that stays first."""

    sides: tuple[Side, ...]
    rows: tuple[FieldRow, ...]

    @property
    def keep(self) -> Side:
        return self.sides[0]


def compared(record_ids: Iterable[int], *, keep: int | None) -> Compared | None:
    """These records beside the one that stays (`keep`, else the fullest); None with fewer than two of them.

    Six statements for any number.
    """
    found = records_by_id(record_ids, hidden=True)
    if len(found) < 2:
        return None
    copies = {pk: len(some) for pk, some in items_of(found, withdrawn=True).items()}
    holds, two = holds_count(found), said_different(found)
    if keep not in found:
        keep = max(found, key=lambda pk: (*fullness(found[pk].marc, copies=copies.get(pk, 0)), -pk))
    order = [keep, *sorted(pk for pk in found if pk != keep)]
    sides = tuple(
        _side(found[pk], found[keep], number=at, copies=copies.get(pk, 0), holds=holds.get(pk, 0),
              said_two=(min(pk, keep), max(pk, keep)) in two)
        for at, pk in enumerate(order, 1)
    )  # fmt: skip
    return Compared(sides, tuple(_rows([found[pk] for pk in order])))


def _side(
    one: RecordFacts, keep: RecordFacts, *, number: int, copies: int, holds: int, said_two: bool
) -> Side:  # fmt: skip
    stays = one.id == keep.id
    match = None if stays else compare(traits_of(keep.marc), traits_of(one.marc))
    points = []
    for point in match.points if match else ():
        key = _WORDS.get(point.name, "")
        mine, theirs = keep.brief.get(key) or point.mine, one.brief.get(key) or point.theirs
        points.append((str(POINTS[point.name]), mine, theirs, point.weight))
    return Side(
        id=one.id, number=number, version=one.version, brief=one.brief, fields=len(entries(one.marc)), copies=copies,
        holds=holds, stays=stays, hidden=one.suppressed, score=match.score if match else 0,
        differs=str(POINTS[match.differs]) if match and match.differs else "", said_two=said_two, points=tuple(points),
    )  # fmt: skip


def _rows(records: Sequence[RecordFacts]) -> list[FieldRow]:
    """The fields of all, each beside its like: the same words first, then the same tag, else in a row of its own."""
    keep, rows = records[0], []
    for at in choosable(keep.marc):
        tag, content = entries(keep.marc)[at]
        rows.append(FieldRow(tag, [_cell(keep, at, ticked=True, stays=True)], keys={same_key((tag, content))}))
    for column, one in enumerate(records[1:], 1):
        wanted, own, left = proposed(keep.marc, one.marc), entries(one.marc), []
        for at in choosable(one.marc):
            cell, key = _cell(one, at, ticked=at in wanted, stays=False), same_key(own[at])
            like = next((row for row in rows if key in row.keys and len(row.cells) <= column), None)
            if like is None:
                left.append((own[at][0], key, cell))
            else:
                _put(like, column, cell, key)
        for tag, key, cell in left:
            free = next((row for row in rows if row.tag == tag and len(row.cells) <= column), None)
            if free is None:
                free = FieldRow(tag)
                rows.insert(next((at for at, row in enumerate(rows) if row.tag > tag), len(rows)), free)
            _put(free, column, cell, key)
    for row in rows:
        row.cells += [None] * (len(records) - len(row.cells))
        row.same = len(row.keys) == 1 and None not in row.cells
    return rows


def _put(row: FieldRow, column: int, cell: Cell, key: str) -> None:
    row.cells += [None] * (column - len(row.cells))
    row.cells.append(cell)
    row.keys.add(key)


def _cell(one: RecordFacts, at: int, *, ticked: bool, stays: bool) -> Cell:
    tag, content = entries(one.marc)[at]
    return Cell(one.id, at, as_line(tag, content)[4:], ticked, stays)


def cluster_rows(some: Sequence[ClusterFacts]) -> list[tuple[ClusterFacts, list[dict[str, Any]]]]:
    """Each cluster with what its first three records say; one statement for all."""
    told = briefs({pk for one in some for pk in one.records[:3]})
    return [(one, [told[pk] for pk in one.records[:3] if pk in told]) for one in some]


def merge_rows(some: Sequence[MergeFacts], *, zone: str) -> list[dict[str, Any]]:
    told = briefs({one.keep for one in some})
    return [{"facts": one, "brief": told.get(one.keep, {}), "when": short_moment(one.made_at, zone)} for one in some]


def search_row(found: SearchFacts | None, *, zone: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"facts": found, "state": SEARCH_STATES[found.state], "when": short_moment(found.made_at, zone)}
