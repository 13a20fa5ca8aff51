"""The words of readers' names, kept so that a reader is found by any of them, misspelt or in another script too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from kitabxana.base.bulk import copy_rows
from kitabxana.language import bridge, skeleton
from kitabxana.patrons.models import NameLink, NameWord, Patron
from kitabxana.patrons.rules import LONGEST_WORD, name_words, traces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KNOWN = "SELECT word, id FROM patrons_nameword WHERE word = ANY(%s) ORDER BY word FOR KEY SHARE"
_ADD = """
    INSERT INTO patrons_nameword (word, bridge, skeleton) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
    ON CONFLICT DO NOTHING
"""
_TRACE = """
    INSERT INTO patrons_nametrace (trace, word_id) SELECT * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING
"""
_UNUSED = """
    SELECT id FROM patrons_nameword w WHERE NOT EXISTS (SELECT FROM patrons_namelink l WHERE l.word_id = w.id)
    FOR UPDATE SKIP LOCKED
"""


def index_names(patron_ids: Iterable[int]) -> None:
    """Make these readers findable by their present names and library, and by nothing else.

    In the transaction that wrote them. A word seen for the first time is added with its keys.
    """
    ids = list(patron_ids)
    columns = ("pk", "home_unit_id", "surname", "firstname", "middle_name")
    rows = Patron.objects.filter(pk__in=ids, deleted_at__isnull=True).values_list(*columns)
    named = [(patron, unit, name_words(*names)) for patron, unit, *names in rows]
    known = _vocabulary({word for _, _, found in named for word in found})
    NameLink.objects.filter(patron_id__in=ids).delete()
    links = ((known[word], unit, patron) for patron, unit, found in named for word in found)
    copy_rows("patrons_namelink", ("word_id", "unit_id", "patron_id"), links)


def prune_names() -> int:
    """Forget words that no reader has in the name any more; how many. Words that another transaction uses are left."""
    with connection.cursor() as cursor:
        cursor.execute(_UNUSED)
        unused = [row[0] for row in cursor.fetchall()]
    # Asked again, now that nobody else can take one of them up: what was linked meanwhile stays.
    used = set(NameLink.objects.filter(word_id__in=unused).values_list("word_id", flat=True))
    return NameWord.objects.filter(pk__in=set(unused) - used).delete()[1].get("patrons.NameWord", 0)


def _vocabulary(wanted: set[str]) -> Mapping[str, int]:
    """Word → id of all of these; locked against being pruned until the transaction ends."""
    order = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [order])
        known: dict[str, int] = dict(cursor.fetchall())
        missing = [word for word in order if word not in known]
        if not missing:
            return known
        keys = [bridge(word)[:LONGEST_WORD] for word in missing]
        cursor.execute(_ADD, [missing, keys, [skeleton(word)[:LONGEST_WORD] for word in missing]])
        cursor.execute(_KNOWN, [missing])
        added: dict[str, int] = dict(cursor.fetchall())
        pairs = [(trace, added[word]) for word, key in zip(missing, keys, strict=True) for trace in sorted(traces(key))]
        cursor.execute(_TRACE, [[trace for trace, _ in pairs], [word for _, word in pairs]])
    return known | added
