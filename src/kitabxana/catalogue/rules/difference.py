"""What two states of a record have apart, field by field, and what two changes of one state are together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from kitabxana.catalogue.facts import Change, ThreeWay, ThreeWayRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.facts import Line, MarcJson

LEADER = "LDR"
_STAMP = "005"
"""When the record was last changed differs always and says nothing."""
_MOST_CELLS = 1_000_000
_MOST_LIKENESSES = 40_000
"""Above so many pairs of differing fields (1,000 by 1,000; 200 by 200 in one gap) only what is plain is matched."""

_STRANGERS = -1.0

Pair = tuple[int | None, int | None]


def lines_of(marc: MarcJson) -> list[Line]:
    """(tag, content) of the leader and every field but 005, in order."""
    fields = [(tag, content) for entry in marc["fields"] for tag, content in entry.items() if tag != _STAMP]
    return [(LEADER, marc["leader"]), *fields]


def same_but_stamp(one: MarcJson, other: MarcJson) -> bool:
    return lines_of(one) == lines_of(other)


def difference(before: MarcJson, after: MarcJson) -> list[Change]:
    """Every field of both states in reading order: same, added, removed or changed."""
    old, new = lines_of(before), lines_of(after)
    found = []
    for i, j in _aligned(old, new):
        was, now = None if i is None else old[i], None if j is None else new[j]
        kind = "added" if was is None else "removed" if now is None else "same" if was == now else "changed"
        found.append(Change(kind, was, now))
    return found


def three_way(base: MarcJson, theirs: MarcJson, mine: MarcJson) -> ThreeWay:
    """What both made of `base`. What only one side touched is that side's; touched by both, it is a conflict."""
    old, their_lines, my_lines = lines_of(base), lines_of(theirs), lines_of(mine)
    their_places, my_places = _places(_aligned(old, their_lines)), _places(_aligned(old, my_lines))
    rows: list[ThreeWayRow] = []
    for at in range(-1, len(old)):
        their_place, my_place = their_places[at], my_places[at]
        if at >= 0:
            now_theirs = None if their_place.kept is None else their_lines[their_place.kept]
            now_mine = None if my_place.kept is None else my_lines[my_place.kept]
            rows.append(ThreeWayRow(_side(old[at], now_theirs, now_mine), old[at], now_theirs, now_mine))
        added_there = [their_lines[j] for j in their_place.after]
        added_here = [my_lines[j] for j in my_place.after]
        rows += [ThreeWayRow("both", None, line, line) for line in added_here if line in added_there]
        rows += [ThreeWayRow("theirs", None, line, None) for line in added_there if line not in added_here]
        rows += [ThreeWayRow("mine", None, None, line) for line in added_here if line not in added_there]
    merged = [line for row in rows if (line := row.theirs if row.side == "theirs" else row.mine) is not None]
    leader = next((content for tag, content in merged if tag == LEADER), mine["leader"])
    fields = [{tag: content} for tag, content in merged if tag != LEADER]
    return ThreeWay(tuple(rows), {"leader": leader, "fields": fields})


def _side(base: Line, theirs: Line | None, mine: Line | None) -> str:
    if theirs == mine:
        return "same" if mine == base else "both"
    if mine == base:
        return "theirs"
    return "mine" if theirs == base else "conflict"


class _Place:
    """What became of one field of the base: where it is now, and what was put in after it."""

    def __init__(self) -> None:
        self.kept: int | None = None
        self.after: list[int] = []


def _places(pairs: Sequence[Pair]) -> dict[int, _Place]:
    """Base index → its place; -1 stands for the record's beginning."""
    found = {-1: _Place()}
    last = -1
    for i, j in pairs:
        if i is None:
            assert j is not None
            found[last].after.append(j)
        else:
            last = i
            found[i] = _Place()
            found[i].kept = j
    return found


def _aligned(old: Sequence[Line], new: Sequence[Line]) -> list[Pair]:
    """Which field became which: equal ones by their longest common subsequence, the rest of each gap by likeness."""
    one, two = [_key(line) for line in old], [_key(line) for line in new]
    pairs: list[Pair] = []
    i = j = 0
    for next_i, next_j in [*_common(one, two), (len(one), len(two))]:
        pairs += _gap(old, new, range(i, next_i), range(j, next_j))
        if next_i < len(one):
            pairs.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return pairs


def _key(line: Line) -> bytes:
    return orjson.dumps(line)


def _common(one: Sequence[bytes], two: Sequence[bytes]) -> list[tuple[int, int]]:
    """Index pairs of a longest common subsequence."""
    head = 0
    while head < min(len(one), len(two)) and one[head] == two[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(two)) - head and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    middle = _longest(one[head : len(one) - tail], two[head : len(two) - tail])
    return [
        *((at, at) for at in range(head)),
        *((i + head, j + head) for i, j in middle),
        *((len(one) - tail + at, len(two) - tail + at) for at in range(tail)),
    ]


def _longest(one: Sequence[bytes], two: Sequence[bytes]) -> list[tuple[int, int]]:
    if len(one) * len(two) > _MOST_CELLS:
        return [(at, at) for at in range(min(len(one), len(two))) if one[at] == two[at]]
    lengths = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        row, below = lengths[i], lengths[i + 1]
        for j in range(len(two) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if one[i] == two[j] else max(below[j], row[j + 1])
    found, i, j = [], 0, 0
    while i < len(one) and j < len(two):
        if one[i] == two[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _gap(old: Sequence[Line], new: Sequence[Line], left: range, right: range) -> list[Pair]:
    """The fields between two equal ones, in order: those of one tag that are alike are one field, changed."""
    if len(left) * len(right) > _MOST_LIKENESSES:
        return [*((i, None) for i in left), *((None, j) for j in right)]
    best = _likest(old, new, left, right)
    pairs: list[Pair] = []
    i, j = left.start, right.start
    while i < left.stop or j < right.stop:
        if i < left.stop and j < right.stop and best[i, j] == best.get((i + 1, j + 1), 0.0) + _weight(old[i], new[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < left.stop and (j >= right.stop or best.get((i + 1, j), 0.0) >= best.get((i, j + 1), 0.0)):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _likest(old: Sequence[Line], new: Sequence[Line], left: range, right: range) -> dict[tuple[int, int], float]:
    """Index pair → the greatest sum of likenesses that the rest of the gap from there on can have."""
    best: dict[tuple[int, int], float] = {}
    for i in reversed(left):
        for j in reversed(right):
            paired = best.get((i + 1, j + 1), 0.0) + _weight(old[i], new[j])
            best[i, j] = max(paired, best.get((i + 1, j), 0.0), best.get((i, j + 1), 0.0))
    return best


def _weight(one: Line, other: Line) -> float:
    """Fields of one tag are one field rather than two even where they share nothing."""
    return likeness(one[1], other[1]) + 0.01 if one[0] == other[0] else _STRANGERS


def likeness(one: Any, other: Any) -> float:
    """0 to 1: the share of subfields that two fields have in common; control fields by their equal places."""
    if isinstance(one, str) or isinstance(other, str):
        if one.__class__ is not other.__class__:
            return 0.0
        return float(sum(a == b for a, b in zip(one, other, strict=False)) / max(len(one), len(other), 1))
    mine = [pair for subfield in one["subfields"] for pair in subfield.items()]
    theirs = [pair for subfield in other["subfields"] for pair in subfield.items()]
    shared = sum(min(mine.count(pair), theirs.count(pair)) for pair in set(mine))
    return float(2 * shared / max(len(mine) + len(theirs), 1))
