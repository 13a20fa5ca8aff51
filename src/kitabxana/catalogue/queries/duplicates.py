"""Reads of what may be double, and of what was merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from kitabxana.catalogue.facts import ClusterFacts, MergeFacts, SearchFacts
from kitabxana.catalogue.models import (
    ClusterMember,
    DuplicateCluster,
    DuplicatePair,
    DuplicateSearch,
    Merge,
    MergedRecord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

_MOST_STEPS = 50
_MERGE = ("keep__kind", "keep_id", "made_by", "made_at", "undone_at", "undone_by")


def merged_into(record_id: int) -> int | None:
    """The record in which this one went on, through all merges that stand; None when it was not merged."""
    reached, found = record_id, None
    for _ in range(_MOST_STEPS):
        rows = MergedRecord.objects.filter(gone_id=reached, standing=True, gone__deleted_at__isnull=False)
        further = rows.values_list("merge__keep_id", flat=True).first()
        if further is None:
            break
        reached = found = further
    return found


def merges(*, limit: int, offset: int = 0, record_id: int | None = None) -> list[MergeFacts]:
    """Merges of bibliographic records, newest first; with `record_id` those into this record, an authority too."""
    rows = Merge.objects.filter(keep__kind="b") if record_id is None else Merge.objects.filter(keep_id=record_id)
    listed = rows.order_by("-pk").select_related("keep").only(*_MERGE).prefetch_related("records")
    return [_merge(row) for row in listed[offset : offset + limit]]


def merge(merge_id: int) -> MergeFacts | None:
    row = Merge.objects.filter(pk=merge_id).select_related("keep").only(*_MERGE).first()
    return _merge(row) if row else None


def _merge(row: Merge) -> MergeFacts:
    gone = tuple(sorted(one.gone_id for one in row.records.all()))
    return MergeFacts(row.pk, row.keep_id, row.keep.kind, gone, row.made_by, row.made_at, row.undone_at, row.undone_by)


def search() -> SearchFacts | None:
    """The newest search for duplicates."""
    row = DuplicateSearch.objects.order_by("-pk").first()
    if row is None:
        return None
    percent = 100 if row.state == "done" else min(99, row.position * 100 // max(row.last, 1))
    return SearchFacts(
        row.pk, row.state, row.least, percent, row.compared, row.pairs, row.made_by, row.made_at, row.finished_at
    )


def clusters_page(*, offset: int, limit: int) -> tuple[int, list[ClusterFacts]]:
    """(number of all, one page) of the clusters: largest first, then surest, put off ones last. Three statements."""
    return DuplicateCluster.objects.count(), _clusters(_ordered()[offset : offset + limit])


def cluster(cluster_id: int) -> ClusterFacts | None:
    found = _clusters(DuplicateCluster.objects.filter(pk=cluster_id))
    return found[0] if found else None


def next_cluster(*, but: int = 0) -> int | None:
    """The cluster to look at next, other than `but`."""
    return _ordered().exclude(pk=but).values_list("pk", flat=True).first()


def cluster_of(record_id: int) -> int | None:
    return ClusterMember.objects.filter(record_id=record_id).values_list("cluster_id", flat=True).first()


def said_different(record_ids: Iterable[int]) -> set[tuple[int, int]]:
    """The pairs among these records that somebody has said to be two, lower number first."""
    ids = list(record_ids)
    rows = DuplicatePair.objects.filter(one_id__in=ids, other_id__in=ids, different=True)
    return set(rows.values_list("one_id", "other_id"))


def _ordered() -> QuerySet[DuplicateCluster]:
    return DuplicateCluster.objects.order_by(F("put_off_at").asc(nulls_first=True), "-size", "-score", "pk")


def _clusters(rows: QuerySet[DuplicateCluster]) -> list[ClusterFacts]:
    return [
        ClusterFacts(
            row.pk, row.size, row.score, row.put_off_at is not None,
            tuple(sorted(member.record_id for member in row.members.all())),
        )
        for row in rows.prefetch_related("members")
    ]  # fmt: skip
