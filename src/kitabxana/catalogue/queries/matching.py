"""What the house has that may be the same book: met by keys, then compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from kitabxana.catalogue.matching import HOUSE, Candidate, asked_keys, compare, differs, traits_of, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.catalogue.matching import Match, Traits, Weights

LARGEST_BLOCK = 40
"""A key or number that more records share says nothing: it is passed over."""

_NEAR = """
    SELECT asked.place, array_agg(DISTINCT one.record_id)
    FROM unnest(%s::text[], %s::int[]) AS asked (value, place)
    CROSS JOIN LATERAL (
        SELECT array_agg(record_id) AS ids FROM (
            SELECT record_id FROM catalogue_identifier
            WHERE value = asked.value AND scheme IN ('key', 'isbn', 'issn') ORDER BY value, scheme LIMIT %s
        ) AS first_few
    ) AS block
    CROSS JOIN LATERAL unnest(block.ids) AS one (record_id)
    WHERE cardinality(block.ids) <= %s GROUP BY asked.place"""
# What was stored before traits were kept has its MARC read.
_STORED = """
    SELECT id, traits, CASE WHEN traits IS NULL THEN marc::text END, digest, brief::text, import_run
    FROM catalogue_record
    WHERE id = ANY(%s::bigint[]) AND kind = 'b' AND deleted_at IS NULL AND import_run IS DISTINCT FROM %s"""
_TRAITS = """
    SELECT id, traits, CASE WHEN traits IS NULL THEN marc::text END FROM catalogue_record
    WHERE id = ANY(%s::bigint[]) AND kind = 'b' AND deleted_at IS NULL"""


def candidates(
    asked: Sequence[Traits], *, weights: Weights = HOUSE, run: int | None = None, least: int | None = None
) -> list[list[Candidate]]:
    """For each of these records, what the house has that may be the same, the likest first; two statements in all.

    Only what reaches `weights.maybe`; what differs hard comes last, for a person to see. With `least` only what
    reaches that and does not differ hard: for who decides alone. What import `run` has written itself is left out:
    within one file two records are two.
    """
    near = _near(asked)
    stored = _stored({pk for ids in near.values() for pk in ids}, run=run)
    found: list[list[Candidate]] = []
    for place, one in enumerate(asked):
        some = [
            Candidate(pk, match, digest, orjson.loads(brief), import_run)
            for pk in near.get(place, ())
            if pk in stored
            for traits, digest, brief, import_run in (stored[pk],)
            if (match := _promising(one, traits, weights, least))
        ]
        found.append(sorted(some, key=lambda candidate: (bool(candidate.match.differs), -candidate.match.score)))
    return found


def traits_by_id(ids: Iterable[int]) -> dict[int, Traits]:
    """What matching compares of these bibliographic records; deleted ones are left out. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TRAITS, [_array(sorted(ids))])
        return {pk: _read(kept, marc) for pk, kept, marc in cursor}


def _promising(mine: Traits, theirs: Traits, weights: Weights, least: int | None) -> Match | None:
    if least is not None and differs(mine, theirs):  # most strangers do, and it costs a tenth of comparing
        return None
    match = compare(mine, theirs, weights=weights)
    return match if match.score >= (weights.maybe if least is None else least) else None


def _near(asked: Sequence[Traits]) -> dict[int, list[int]]:
    """By the place of each record those that share a key or number with it; what more than LARGEST_BLOCK share is none.

    Of such a one LARGEST_BLOCK and one more are read. Ordered as the index is: without it a planner that has no
    statistics yet would scan the table for every value.
    """
    values: list[str] = []
    places: list[int] = []
    for place, one in enumerate(asked):
        wanted = [*asked_keys(one), *one.isbns, *one.issns]
        values += wanted
        places += [place] * len(wanted)
    if not values:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [_array(values), _array(places), LARGEST_BLOCK + 1, LARGEST_BLOCK])
        return dict(cursor.fetchall())


def _stored(ids: set[int], *, run: int | None) -> dict[int, tuple[Traits, bytes, str, int | None]]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [_array(sorted(ids)), -1 if run is None else run])
        return {pk: (_read(kept, marc), bytes(digest), brief, wrote) for pk, kept, marc, digest, brief, wrote in cursor}


def _read(kept: str | None, marc: str | None) -> Traits:
    return unpacked(kept) if kept else traits_of(orjson.loads(marc or ""))


def _array(values: Sequence[Any]) -> str:
    """An array as PostgreSQL writes it, of numbers and keys: the driver's own way goes through each in Python."""
    return f"{{{','.join(map(str, values))}}}"
