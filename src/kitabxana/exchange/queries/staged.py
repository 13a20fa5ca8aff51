"""Reads of staged batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from kitabxana.catalogue.facts import Finding
from kitabxana.exchange.facts import BatchFacts, Profile, StagedFacts
from kitabxana.exchange.models import ImportBatch, ImportProfile, StagedRecord

if TYPE_CHECKING:
    from django.db.models import QuerySet


LOST = "not_carried_over: "
"""How the detail of a converted record begins that left something behind."""


def batches(*, offset: int = 0, limit: int = 25) -> tuple[int, list[BatchFacts]]:
    """How many batches there are, and some of them, newest first; three statements."""
    rows = list(ImportBatch.objects.order_by("-pk")[offset : offset + limit])
    counts = _counts([row.pk for row in rows])
    return ImportBatch.objects.count(), [_facts(row, counts.get(row.pk, [])) for row in rows]


def batch(batch_id: int) -> BatchFacts | None:
    row = ImportBatch.objects.filter(pk=batch_id).first()
    return _facts(row, _counts([row.pk]).get(row.pk, [])) if row else None


def staged(
    batch_id: int, *, verdict: str = "", result: str = "", undecided: bool = False, offset: int = 0, limit: int = 25
) -> tuple[int, list[StagedFacts]]:
    """How many records of a batch there are of this kind, and some of them in the order of the file."""
    rows = StagedRecord.objects.filter(batch=batch_id)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if result:
        rows = rows.filter(result=result)
    if undecided:
        rows = rows.filter(decision="")
    return rows.count(), [_staged(row) for row in rows.order_by("number").defer("data")[offset : offset + limit]]


def staged_one(batch_id: int, number: int) -> StagedFacts | None:
    row = StagedRecord.objects.filter(batch=batch_id, number=number).defer("data").first()
    return _staged(row) if row else None


def next_waiting(batch_id: int, *, after: int) -> int | None:
    """The number of the next record that waits for a decision, from the front again after the last; None when none."""
    waiting = (
        StagedRecord.objects.filter(batch=batch_id, decision="").order_by("number").values_list("number", flat=True)
    )
    return waiting.filter(number__gt=after).first() or waiting.first()


def items_brought(batch_id: int, *, limit: int) -> list[int]:
    """Ids of the copies that a batch added, in the order of the file."""
    rows = StagedRecord.objects.filter(batch=batch_id).exclude(items=[]).order_by("number")[:limit]
    return [item for items in rows.values_list("items", flat=True) for item in items][:limit]


def profiles() -> dict[str, Profile]:
    """The stored profiles by name."""
    rows: QuerySet[ImportProfile] = ImportProfile.objects.order_by("name")
    return {row.name: Profile(**row.values) for row in rows}


def _counts(batch_ids: list[int]) -> dict[int, list[tuple[str, str, str, int]]]:
    found: dict[int, list[tuple[str, str, str, int]]] = {}
    rows = StagedRecord.objects.filter(batch__in=batch_ids).values_list("batch", "verdict", "decision", "result")
    for batch_id, verdict, decision, result, count in rows.annotate(count=Count("pk")).order_by():
        found.setdefault(batch_id, []).append((verdict, decision, result, count))
    return found


def _facts(row: ImportBatch, counts: list[tuple[str, str, str, int]]) -> BatchFacts:
    verdicts: dict[str, int] = {}
    results: dict[str, int] = {}
    for verdict, _, result, count in counts:
        verdicts[verdict] = verdicts.get(verdict, 0) + count
        if result:
            results[result] = results.get(result, 0) + count
    return BatchFacts(
        id=row.pk, file_name=row.file_name, state=row.state, size=row.size, position=row.position, read=row.read,
        done=row.done, error=row.error, made_by=row.made_by, made_at=row.made_at, committed_at=row.committed_at,
        verdicts=verdicts, results=results,
        undecided=sum(count for _, decision, _, count in counts if not decision),
        profile=row.profile,
    )  # fmt: skip


def _staged(row: StagedRecord) -> StagedFacts:
    points: list[tuple[str, str, str, int]] = [
        (name, mine, theirs, weight) for name, mine, theirs, weight in row.points
    ]
    marc: dict[str, Any] = row.marc or {"leader": "", "fields": []}
    return StagedFacts(
        number=row.number, verdict=row.verdict, decision=row.decision, result=row.result, reason=row.reason,
        detail=row.detail, score=row.score, differs=row.differs, points=tuple(points), candidate=row.candidate,
        brief=row.brief, marc=marc, record_id=row.record_id,
        findings=tuple(Finding(**one) for one in row.findings),
        lost=tuple(row.detail.removeprefix(LOST).split()) if row.detail.startswith(LOST) else (),
    )  # fmt: skip
