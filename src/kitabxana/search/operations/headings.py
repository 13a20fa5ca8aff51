"""The lists that are browsed: filled from the records, after the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from kitabxana.base import outbox
from kitabxana.catalogue.operations import link_later
from kitabxana.catalogue.queries import authorities_by_id, each_authority, each_record, records_by_id
from kitabxana.search.facts import SearchRequest
from kitabxana.search.models import LANGUAGES, Heading, store
from kitabxana.search.queries.browsing import records_with
from kitabxana.search.rules import facet_headings
from kitabxana.search.rules.headings import Listed, followers_by_words, headings_of, place_of, references_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kitabxana.catalogue.facts import RecordFacts

BATCH: Final = 1000
LINES_AT_ONCE: Final = 10_000
LINKED_AT_ONCE: Final = 1000
_INSERT: Final = f"""
    INSERT INTO search_heading (kind, text, see, also, {", ".join(f"key_{language}" for language in LANGUAGES)})
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[]{", %s::bytea[]" * len(LANGUAGES)})
    ON CONFLICT DO NOTHING"""  # noqa: S608 - our own column names
_UNKNOWN: Final = """
    SELECT asked.kind, asked.text, asked.see
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[]) AS asked (kind, text, see, also)
    WHERE NOT EXISTS (SELECT 1 FROM search_heading h
        WHERE h.kind = asked.kind AND h.text = asked.text AND h.see = asked.see)"""


def headings_changed(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of record.changed and headings.wanted: {"records": [ids]}. Safe to repeat.

    Of records brought in bulk the lines are told ("lines", each a Listed): only those in "changed" are read.
    """
    told = [Listed(*line) for payload in payloads for line in payload.get("lines", ())]
    for start in range(0, len(told), LINES_AT_ONCE):
        remember_headings(told[start : start + LINES_AT_ONCE])
    wanted = sorted({record_id for payload in payloads for record_id in payload.get("changed", payload["records"])})
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        remember_headings(_lines(records_by_id(batch).values(), authorities_by_id(batch).values()))


def headings_added(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of heading.added: {"authority": id, "after": record id}. Records follow the authority from now on.

    The index tells which records have the words; catalogue.operations.link_later looks whether they have the heading.
    At most LINKED_AT_ONCE records each time, the rest with the next such event: none is locked for long. May repeat.
    """
    wanted: dict[int, int] = {}
    for payload in payloads:
        after = payload.get("after", 0)
        wanted[payload["authority"]] = min(after, wanted.get(payload["authority"], after))
    for record_id, authority in authorities_by_id(wanted).items():
        node = followers_by_words(authority.marc)
        if node is None:
            continue
        found = store.current().ids_after(SearchRequest(node), wanted[record_id], LINKED_AT_ONCE)
        link_later(found)
        if len(found) == LINKED_AT_ONCE:
            with transaction.atomic():
                outbox.publish("heading.added", {"authority": record_id, "after": found[-1]})


def gather_headings(*, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Make the lists anew: put in what is missing, take out what no record has; returns how many lines they have."""
    done = 0
    for batch in each_record(batch=BATCH):
        remember_headings(_lines(batch, ()))
        done += len(batch)
        progress(done)
    for batch in each_authority(batch=BATCH):
        remember_headings(_lines((), batch))
    _forget_unused()
    return Heading.objects.count()


def remember_headings(lines: Iterable[Listed]) -> None:
    """Put lines into the lists that are not there yet. One transaction, two statements."""
    given = {(line.kind, line.text, line.see): line for line in lines}
    if not given:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, _columns(list(given.values())))
        # In the order of the unique index, so that two writers never wait for each other in a ring.
        fresh = [given[key] for key in sorted((kind, text, see) for kind, text, see in cursor.fetchall())]
        if fresh:
            places = [[place_of(line.filed or line.text, language) for line in fresh] for language in LANGUAGES]
            cursor.execute(_INSERT, [*_columns(fresh), *places])


def _columns(lines: Sequence[Listed]) -> list[list[Any]]:
    return [
        [line.kind for line in lines],
        [line.text for line in lines],
        [line.see for line in lines],
        [line.also for line in lines],
    ]


def _lines(records: Iterable[RecordFacts], authorities: Iterable[RecordFacts]) -> Iterable[Listed]:
    for record in records:
        yield from headings_of(record.brief, facet_headings(record.marc))
    for record in authorities:
        yield from references_of(record.marc)


def _forget_unused() -> None:
    last = 0
    while rows := list(Heading.objects.filter(pk__gt=last, see="").order_by("pk")[:BATCH]):
        gone = [row.pk for row in rows if not records_with(row.kind, row.text)]
        Heading.objects.filter(pk__in=gone).delete()
        last = rows[-1].pk
