"""Imports in the words of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.fronts.rest.records import findings
from kitabxana.fronts.rest.shapes_of_imports import (
    BATCH_STATUSES,
    OVERLAYS,
    RESULTS,
    ImportBatch,
    ImportMatch,
    ImportRecord,
    Job,
)

if TYPE_CHECKING:
    from kitabxana.exchange.facts import BatchFacts, StagedFacts

_TYPES = {
    "reading": "stage_marc_for_import", "staged": "stage_marc_for_import",
    "committing": "marc_import_commit_batch", "committed": "marc_import_commit_batch",
    "undoing": "marc_import_revert_batch", "undone": "marc_import_revert_batch",
}  # fmt: skip


def batch(facts: BatchFacts) -> ImportBatch:
    return ImportBatch(
        import_batch_id=facts.id, file_name=facts.file_name, import_status=BATCH_STATUSES[facts.state],
        num_records=facts.read, upload_timestamp=facts.made_at, uploaded_by=facts.made_by,
        import_timestamp=facts.committed_at, error=facts.error or None, undecided=facts.undecided,
        verdicts=facts.verdicts, results=facts.results, profile=facts.profile,
    )  # fmt: skip


def record(one: StagedFacts, *, batch_id: int) -> ImportRecord:
    points = [
        {"name": name, "theirs": mine, "ours": theirs, "weight": weight} for name, mine, theirs, weight in one.points
    ]
    matches = [
        ImportMatch(candidate_match_id=one.candidate, score=one.score, differs=one.differs or None, points=points)
    ] if one.candidate else []  # fmt: skip
    return ImportRecord(
        import_record_id=one.number, import_batch_id=batch_id, record_sequence=one.number,
        status="error" if one.verdict == "rejected" else RESULTS[one.result], overlay_status=OVERLAYS[one.verdict],
        verdict=one.verdict, decision=one.decision or None, title=one.brief.get("title"),
        author=one.brief.get("author"), isbn=one.brief.get("isbn"), matched_biblio_id=one.candidate,
        biblio_id=one.record_id, matches=matches, not_carried_over=list(one.lost),
        reason=f"{one.reason}: {one.detail}" if one.reason else None,
        findings=findings(one.findings),
    )  # fmt: skip


def job(facts: BatchFacts) -> Job:
    """Bytes of the file while it is read, records afterwards."""
    reading = facts.state == "reading"
    return Job(
        job_id=facts.id, type=_TYPES[facts.state],
        status="started" if facts.busy else "failed" if facts.error and not facts.read else "finished",
        progress=facts.position if reading else facts.done if facts.busy else facts.read,
        size=max(facts.size, facts.position) if reading else facts.read,
        enqueued_date=facts.committed_at or facts.made_at,
        data={"import_batch_id": facts.id, "report": facts.results or facts.verdicts},
    )  # fmt: skip
