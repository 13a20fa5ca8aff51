"""Pairs that are alike as clusters: the likest first, and never two that somebody has said to be two."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TOGETHER = 40
"""A cluster that would grow larger is no longer one book: it is left in parts."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that may be one, lowest number first; `score` is the lowest by which one was joined to the others."""

    records: tuple[int, ...]
    score: int


def clustered(pairs: Iterable[tuple[int, int, int]], apart: Iterable[tuple[int, int]]) -> list[Cluster]:
    """(one, other, score) joined from the highest score down, unless that would bring together a pair of `apart`."""
    strangers: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        strangers[one].add(other)
        strangers[other].add(one)
    home: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    lowest: dict[int, int] = {}
    for one, other, score in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        mine, theirs = home.setdefault(one, one), home.setdefault(other, other)
        if mine == theirs:
            continue
        few, many = members.get(mine, [one]), members.get(theirs, [other])
        if len(few) + len(many) > MOST_TOGETHER or any(strangers[record] & set(many) for record in few):
            continue
        if len(few) > len(many):
            mine, theirs, few, many = theirs, mine, many, few
        for record in few:
            home[record] = theirs
        members[theirs] = many + few
        members.pop(mine, None)
        lowest[theirs] = score  # pairs come from the highest down
    return [Cluster(tuple(sorted(some)), lowest[top]) for top, some in members.items()]
