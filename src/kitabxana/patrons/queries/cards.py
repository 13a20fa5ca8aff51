"""Readers by the thousand, as a desk without a connection needs them: who may borrow, and no more of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from kitabxana.patrons.facts import CardHolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kitabxana.organisation.facts import Tree

_HOLDERS = """
    SELECT p.id, p.surname, p.firstname, p.middle_name, p.category_id, p.home_unit_id, p.expires_on, p.birth_date,
        (SELECT array_agg(c.number ORDER BY c.state <> 'valid', c.id DESC)
         FROM patrons_card c WHERE c.patron_id = p.id),
        EXISTS (SELECT FROM patrons_card c WHERE c.patron_id = p.id AND c.state = 'valid'),
        EXISTS (SELECT FROM patrons_restriction r WHERE r.patron_id = p.id AND r.lifted_at IS NULL
                AND (r.until IS NULL OR r.until >= %(today)s))
    FROM patrons_patron p
    WHERE p.home_unit_id = ANY(%(units)s) AND p.id > %(last)s AND p.deleted_at IS NULL
    ORDER BY p.id LIMIT %(limit)s"""


def card_holders(
    *, units: Iterable[int], after: int, limit: int, today: date, organisation: Tree
) -> list[CardHolder]:  # fmt: skip
    """Up to `limit` readers of these units with higher ids than `after`, by id; one statement.

    `today` is the day on which restrictions must be in force.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"units": list(units), "last": after, "limit": limit, "today": today})
        return [
            CardHolder(
                id=row[0],
                name=" ".join(part for part in row[1:4] if part),
                category=row[4],
                home_unit=organisation.by_id[row[5]].code,
                expires_on=row[6],
                birth_date=row[7],
                cards=tuple(row[8] or ()),
                valid=row[9],
                restricted=row[10],
            )
            for row in cursor.fetchall()
        ]
