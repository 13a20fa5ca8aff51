"""Duplicates of the whole catalogue: searched in steps in the background, kept up with every change, judged by people.

Pairs are what is known; clusters are computed from them and written anew where a pair comes or goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.catalogue.matching import HOUSE, compare, differs
from kitabxana.catalogue.matching.clusters import clustered
from kitabxana.catalogue.models import ClusterMember, DuplicateCluster, DuplicatePair, DuplicateSearch, Record
from kitabxana.catalogue.queries import last_id
from kitabxana.catalogue.queries.matching import LARGEST_BLOCK, candidates, traits_by_id
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.base.actor import Actor

STEP = 2000
"""How many record numbers one step of a search looks at: what a page's progress waits for."""

_CLUSTERS_LOCK = 0x6B697461_02
"""Advisory lock of who computes clusters: two at once would put one record into two."""

_MEETING = """
    SELECT DISTINCT mine.record_id, other.record_id
    FROM catalogue_identifier mine
    CROSS JOIN LATERAL (
        SELECT array_agg(record_id) AS ids FROM (
            SELECT record_id FROM catalogue_identifier
            WHERE value = mine.value AND scheme IN ('key', 'isbn', 'issn') ORDER BY value, scheme LIMIT %(most)s
        ) AS first_few
    ) AS block
    CROSS JOIN LATERAL unnest(block.ids) AS other (record_id)
    WHERE mine.record_id > %(after)s AND mine.record_id <= %(upto)s AND mine.scheme IN ('key', 'isbn', 'issn')
        AND cardinality(block.ids) BETWEEN 2 AND %(largest)s AND other.record_id > mine.record_id
    ORDER BY 1, 2
"""
_PUT = """
    INSERT INTO catalogue_duplicatepair (one_id, other_id, score, search_id, different, said_by)
    SELECT one, other, score, %s, false, ''
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS found (one, other, score)
    ON CONFLICT (one_id, other_id) DO UPDATE SET score = excluded.score, search_id = excluded.search_id
"""


@transaction.atomic
def begin_search(*, by: Actor, least: int = HOUSE.sure) -> int:
    """Let the worker look for duplicates in the whole catalogue; returns the search.

    `least` is the score from which on two records are proposed. Refused: not_permitted, search_running, bad_score.
    """
    _allowed(by)
    if not HOUSE.maybe <= least <= 200:
        raise Refused.one("bad_score", least=HOUSE.maybe)
    if DuplicateSearch.objects.filter(state="running").exists():
        raise Refused.one("search_running")
    search = DuplicateSearch.objects.create(least=least, last=last_id(), made_by=by.name)
    audit.record(by, "duplicates.search", object_type="duplicate_search", object_id=search.pk, after={"least": least})
    return search.pk


@transaction.atomic
def stop_search(*, search_id: int, by: Actor) -> None:
    """Halt a search where it is; `resume_search` goes on from there. Refused: not_permitted, unknown_search."""
    _turn(search_id, "running", "cancelled", by)


@transaction.atomic
def resume_search(*, search_id: int, by: Actor) -> None:
    """Go on with a search that was halted. Refused: not_permitted, unknown_search, search_running."""
    _allowed(by)
    if DuplicateSearch.objects.filter(state="running").exists():
        raise Refused.one("search_running")
    _turn(search_id, "cancelled", "running", by)


def _turn(search_id: int, before: str, after: str, by: Actor) -> None:
    _allowed(by)
    if not DuplicateSearch.objects.filter(pk=search_id, state=before).update(state=after):
        raise Refused.one("unknown_search")
    audit.record(by, f"duplicates.{after}", object_type="duplicate_search", object_id=search_id)


def _allowed(by: Actor) -> None:
    if not by.may_anywhere("records.merge"):
        raise Refused.one("not_permitted", permission="records.merge")


def search_on() -> bool:
    """Do one step of the search that is running; False when there is none. One transaction, safe beside other workers.

    Locks the search. At its end pairs that were not found again go, and the clusters are written anew.
    """
    with transaction.atomic():
        rows = DuplicateSearch.objects.select_for_update(skip_locked=True).filter(state="running")
        search = rows.first()
        if search is None:
            return False
        if search.position >= search.last:
            _finish(search)
            return True
        upto = min(search.position + STEP, search.last)
        met = _meeting(search.position, upto)
        found = _compared(met, least=search.least)
        _put(found, search.pk)
        search.position, search.compared, search.pairs = upto, search.compared + len(met), search.pairs + len(found)
        search.save(update_fields=["position", "compared", "pairs"])
    return True


def _meeting(after: int, upto: int) -> list[tuple[int, int]]:
    """Records that share a key or number, the first of each pair in this range of numbers; one statement."""
    values: dict[str, int] = {
        "after": after,
        "upto": upto,
        "most": LARGEST_BLOCK + 1,
        "largest": LARGEST_BLOCK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEETING, values)
        return list(cursor.fetchall())


def _compared(met: Sequence[tuple[int, int]], *, least: int) -> list[tuple[int, int, int]]:
    """(one, other, score) of those that reach `least` and have no hard difference."""
    traits = traits_by_id({pk for pair in met for pk in pair})
    found = []
    for one, other in met:
        mine, theirs = traits.get(one), traits.get(other)
        if mine is None or theirs is None or differs(mine, theirs):
            continue
        score = compare(mine, theirs).score
        if score >= least:
            found.append((one, other, score))
    return found


def _put(found: Sequence[tuple[int, int, int]], search_id: int) -> None:
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_PUT, [search_id, *(list(column) for column in zip(*found, strict=True))])


def _finish(search: DuplicateSearch) -> None:
    _hold_clusters()
    DuplicatePair.objects.filter(different=False).exclude(search=search).delete()
    put_off = dict(
        DuplicateCluster.objects.filter(put_off_at__isnull=False).values_list("members__record_id", "put_off_at")
    )
    DuplicateCluster.objects.all().delete()
    pairs = DuplicatePair.objects.values_list("one_id", "other_id", "score", "different")
    _write([row[:3] for row in pairs if not row[3]], [row[:2] for row in pairs if row[3]], put_off=put_off)
    search.state, search.finished_at = "done", timezone.now()
    search.save(update_fields=["state", "finished_at"])


def _write(
    pairs: Iterable[tuple[int, int, int]], apart: Iterable[tuple[int, int]], *, put_off: dict[int, Any]
) -> None:  # fmt: skip
    found = clustered(pairs, apart)
    rows = DuplicateCluster.objects.bulk_create(
        (
            DuplicateCluster(size=len(one.records), score=one.score, put_off_at=put_off.get(one.records[0]))
            for one in found
        ),
        batch_size=5000,
    )
    ClusterMember.objects.bulk_create(
        (
            ClusterMember(cluster_id=row.pk, record_id=record)
            for row, one in zip(rows, found, strict=True)
            for record in one.records
        ),
        batch_size=5000,
    )


def look_again(payloads: Sequence[dict[str, Any]]) -> None:
    """Outbox handler of record.changed and headings.wanted: find the pairs of changed records anew. Safe to repeat.

    Nothing is done before the catalogue has been searched once as a whole.
    """
    search = DuplicateSearch.objects.exclude(state="cancelled").order_by("-pk").values_list("pk", "least").first()
    if search is None:
        return
    wanted = sorted({record_id for payload in payloads for record_id in payload["records"]})
    for start in range(0, len(wanted), STEP):
        with transaction.atomic():
            _look_again(wanted[start : start + STEP], *search)


def _look_again(ids: list[int], search_id: int, least: int) -> None:
    traits = sorted(traits_by_id(ids).items())
    found = {
        (min(pk, near.record_id), max(pk, near.record_id), near.match.score)
        for (pk, _), some in zip(traits, candidates([one for _, one in traits], least=least), strict=True)
        for near in some
        if near.record_id != pk
    }
    known = DuplicatePair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids), different=False)
    before = set(known.values_list("one_id", "other_id", "score"))
    if before == found:
        return
    _hold_clusters()
    known.delete()
    _put(sorted(found), search_id)
    _rebuild({pk for one, other, _ in before | found for pk in (one, other)})


def _hold_clusters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLUSTERS_LOCK])


def _rebuild(touched: set[int]) -> None:
    """Compute the clusters around these records anew. Call with the clusters held."""
    around, fresh = set(touched), set(touched)
    while fresh:
        mates = ClusterMember.objects.filter(cluster__members__record_id__in=fresh).values_list("record_id", flat=True)
        pairs = DuplicatePair.objects.filter(Q(one_id__in=fresh) | Q(other_id__in=fresh), different=False)
        reached = {pk for pair in pairs.values_list("one_id", "other_id") for pk in pair} | set(mates)
        fresh = reached - around
        around |= fresh
    DuplicateCluster.objects.filter(members__record_id__in=around).delete()
    rows = DuplicatePair.objects.filter(one_id__in=around, other_id__in=around)
    told = list(rows.values_list("one_id", "other_id", "score", "different"))
    _write([row[:3] for row in told if not row[3]], [row[:2] for row in told if row[3]], put_off={})


def forget(gone: Sequence[int]) -> None:
    """Records that went into another one are no longer proposed; in the transaction that merged them.

    Only takes out of clusters, so it waits for nobody who computes them.
    """
    DuplicatePair.objects.filter(Q(one_id__in=gone) | Q(other_id__in=gone), different=False).delete()
    clusters = set(ClusterMember.objects.filter(record_id__in=gone).values_list("cluster_id", flat=True))
    left = ClusterMember.objects.filter(record_id__in=gone).delete()[0]
    if left:
        for cluster in clusters:
            size = ClusterMember.objects.filter(cluster_id=cluster).count()
            DuplicateCluster.objects.filter(pk=cluster).update(size=size)
        DuplicateCluster.objects.filter(pk__in=clusters, size__lt=2).delete()


@transaction.atomic
def say_different(*, record_id: int, others: Sequence[int], by: Actor) -> None:
    """Remember that a record is another book than each of these: they are never proposed as one again.

    Refused: not_permitted, unknown_record.
    """
    _allowed(by)
    wanted = sorted({record_id, *others})
    if Record.objects.filter(pk__in=wanted, kind="b").count() != len(wanted) or len(wanted) < 2:
        raise Refused.one("unknown_record")
    _hold_clusters()
    now = timezone.now()
    for other in others:
        pair = {"one_id": min(record_id, other), "other_id": max(record_id, other)}
        told = {"different": True, "said_by": by.name, "said_at": now}
        DuplicatePair.objects.update_or_create(**pair, defaults=told, create_defaults=told | pair | {"score": 0})
    audit.record(by, "record.different", object_type="record", object_id=record_id, after={"others": sorted(others)})
    _rebuild(set(wanted))


@transaction.atomic
def put_off(*, cluster_id: int, by: Actor) -> None:
    """Let a cluster wait: it comes after all others. Refused: not_permitted."""
    _allowed(by)
    DuplicateCluster.objects.filter(pk=cluster_id).update(put_off_at=timezone.now())
