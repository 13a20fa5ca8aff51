"""Reads of authority records: looked for by words in any script, with what they are related to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count

from kitabxana.catalogue.models import HeadingLink, Identifier, Record
from kitabxana.catalogue.queries import authorities_by_id
from kitabxana.catalogue.rules.authorities import KEY_SCHEME, WORD_SCHEME, asked_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.catalogue.facts import RecordFacts

MOST_FOUND = 500
"""More are not listed: another word narrows them."""

_FIND = """
    SELECT r.id FROM catalogue_record r
    JOIN (
        SELECT record_id FROM catalogue_identifier
        WHERE scheme = %s AND value LIKE %s
    ) AS first ON first.record_id = r.id
    WHERE r.kind = 'a' AND r.deleted_at IS NULL {more}
    GROUP BY r.id, r.brief ->> 'title' ORDER BY r.brief ->> 'title', r.id LIMIT %s
"""
_ALSO = """
    AND EXISTS (SELECT 1 FROM catalogue_identifier also
        WHERE also.record_id = r.id AND also.scheme = %s AND also.value LIKE %s)"""


def find_authorities(text: str) -> list[int]:
    """The authorities in which every word begins a word of some heading or reference, by heading; one statement."""
    wanted = sorted(asked_words(text), key=len, reverse=True)
    if not wanted:
        return []
    values: list[str | int] = [WORD_SCHEME, _beginning(wanted[0])]
    for word in wanted[1:]:
        values += [WORD_SCHEME, _beginning(word)]
    statement = _FIND.format(more=_ALSO * (len(wanted) - 1))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, MOST_FOUND])
        return [pk for (pk,) in cursor.fetchall()]


def _beginning(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def newest_authorities(*, offset: int, limit: int) -> tuple[int, list[int]]:
    """(number of all, one page) of the authorities, the one changed last first."""
    rows = Record.objects.filter(kind="a", deleted_at__isnull=True)
    return rows.count(), list(rows.order_by("-change_seq").values_list("pk", flat=True)[offset : offset + limit])


def followers_of(authority_ids: Iterable[int]) -> dict[int, int]:
    """How many records that stand follow each of these authorities; one statement."""
    links = HeadingLink.objects.filter(authority_id__in=list(authority_ids), record__deleted_at__isnull=True)
    return dict(links.values_list("authority_id").annotate(records=Count("record_id", distinct=True)))


def authorities_with(keys: Iterable[str]) -> dict[str, int]:
    """Heading key → the authority that has this heading (the first, where two have); one statement."""
    rows = Identifier.objects.filter(
        scheme=KEY_SCHEME, value__in=list(keys), record__kind="a", record__deleted_at__isnull=True
    )
    found: dict[str, int] = {}
    for key, pk in rows.order_by("record_id").values_list("value", "record_id"):
        found.setdefault(key, pk)
    return found


def in_this_order(authority_ids: list[int]) -> list[RecordFacts]:
    """These authorities as they are listed, without what has gone since; one statement."""
    found = authorities_by_id(authority_ids)
    return [found[pk] for pk in authority_ids if pk in found]
