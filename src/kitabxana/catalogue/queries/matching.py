"""What the house has that may be the same book: met by keys, then compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection

from kitabxana.catalogue.matching import HOUSE, Candidate, asked_keys, compare, traits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.matching import Traits, Weights

LARGEST_BLOCK = 40
"""A key or number that more records share says nothing: it is passed over."""


def candidates(asked: Sequence[Traits], *, weights: Weights = HOUSE, run: int | None = None) -> list[list[Candidate]]:
    """For each of these records, what the house has that may be the same, the likest first; two statements in all.

    Only what reaches `weights.maybe`; what differs hard comes last, for a person to see. What import `run` has
    written itself is left out: within one file two records are two.
    """
    wanted: list[list[str]] = [[*asked_keys(one), *one.isbns, *one.issns] for one in asked]
    blocks = _blocks({value for values in wanted for value in values})
    near = [{pk for value in values for pk in blocks.get(value, ())} for values in wanted]
    stored = _stored({pk for ids in near for pk in ids}, run=run)
    found: list[list[Candidate]] = []
    for one, ids in zip(asked, near, strict=True):
        some = [
            Candidate(pk, compare(one, traits, weights=weights), digest, brief, import_run)
            for pk in sorted(ids)
            if pk in stored
            for traits, digest, brief, import_run in (stored[pk],)
        ]
        some = [candidate for candidate in some if candidate.match.score >= weights.maybe]
        found.append(sorted(some, key=lambda candidate: (bool(candidate.match.differs), -candidate.match.score)))
    return found


def _blocks(values: set[str]) -> dict[str, list[int]]:
    """The records under each key or number that no more than LARGEST_BLOCK share; one above that is read of any.

    Ordered as the index is: without it a planner that has no statistics yet would scan the table for every value.
    """
    statement = """
        SELECT asked.value, block.ids FROM unnest(%s::text[]) AS asked(value) CROSS JOIN LATERAL (
            SELECT array_agg(record_id) AS ids FROM (
                SELECT record_id FROM catalogue_identifier
                WHERE value = asked.value AND scheme IN ('key', 'isbn', 'issn') ORDER BY value, scheme LIMIT %s
            ) AS first_few
        ) AS block
        WHERE cardinality(block.ids) <= %s"""
    if not values:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(values), LARGEST_BLOCK + 1, LARGEST_BLOCK])
        return dict(cursor.fetchall())


def _stored(ids: set[int], *, run: int | None) -> dict[int, tuple[Traits, bytes, dict[str, Any], int | None]]:
    statement = """
        SELECT id, marc::text, digest, brief::text, import_run FROM catalogue_record
        WHERE id = ANY(%s) AND kind = 'b' AND deleted_at IS NULL AND import_run IS DISTINCT FROM %s"""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(ids), -1 if run is None else run])
        return {
            pk: (traits_of(orjson.loads(marc)), bytes(digest), orjson.loads(brief), wrote)
            for pk, marc, digest, brief, wrote in cursor
        }
