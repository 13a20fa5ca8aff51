"""Imports as they go over the wire: batches and their records as Koha's tables name them, work in hand as its jobs."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Any

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from kitabxana.fronts.rest.shapes import Finding  # noqa: TC001 - pydantic reads the annotations
from kitabxana.fronts.rest.shapes_of_lists import Page

BATCH_STATUSES = {
    "reading": "staging", "staged": "staged", "committing": "importing", "committed": "imported",
    "undoing": "reverting", "undone": "reverted",
}  # fmt: skip
"""Our states in Koha's words (import_batches.import_status)."""

OVERLAYS = {"new": "no_match", "same": "auto_match", "match": "auto_match", "doubt": "no_match", "rejected": "no_match"}
"""Our verdicts in Koha's words (import_records.overlay_status)."""

RESULTS = {
    "": "staged", "added": "imported", "overlaid": "imported", "joined": "imported", "skipped": "ignored",
    "gone": "error", "undone": "reverted", "stays": "imported",
}  # fmt: skip
"""What came of a record in Koha's words (import_records.status); a rejected one is "error"."""


class ImportBatch(BaseModel):
    import_batch_id: int
    file_name: str
    import_status: str = Field(description="staging, staged, importing, imported, reverting or reverted")
    num_records: int
    upload_timestamp: datetime
    uploaded_by: str
    import_timestamp: datetime | None
    error: str | None = Field(description="where the file is damaged; what came before was read")
    undecided: int = Field(description="records that a person has to decide before the batch can be committed")
    verdicts: dict[str, int] = Field(description="new, same, match, doubt, rejected")
    results: dict[str, int]
    profile: dict[str, Any]


class ImportMatch(BaseModel):
    candidate_match_id: int = Field(description="the record of ours")
    score: int
    differs: str | None = Field(description="the hard difference that makes them two")
    points: list[dict[str, Any]]


class ImportRecord(BaseModel):
    import_record_id: int
    import_batch_id: int
    record_sequence: int
    status: str = Field(description="staged, imported, ignored, reverted or error")
    overlay_status: str = Field(description="no_match or auto_match")
    verdict: str
    decision: str | None = Field(description="add, overlay, join or skip; null: to be decided")
    title: str | None
    author: str | None
    isbn: str | None
    matched_biblio_id: int | None
    biblio_id: int | None = Field(description="what it has become")
    matches: list[ImportMatch]
    findings: list[Finding]
    not_carried_over: list[str]
    reason: str | None


class Decision(BaseModel):
    """What becomes of one record, or of all of a verdict."""

    model_config = ConfigDict(extra="forbid")

    decision: str = Field(pattern="^(add|overlay|join|skip)$")
    import_record_ids: list[int] = Field(default=[], max_length=10_000)
    verdict: str = Field(default="", pattern="^(new|same|match|doubt)?$")


class Decided(BaseModel):
    records: int


class Job(BaseModel):
    """The work on an import batch: its number is the batch's."""

    job_id: int
    type: str = Field(description="stage_marc_for_import, marc_import_commit_batch or marc_import_revert_batch")
    status: str = Field(description="started, finished or failed")
    progress: int
    size: int
    queue: str = "long_tasks"
    enqueued_date: datetime
    data: dict[str, Any]


class _BatchPage(Page):
    pass


class _RecordPage(Page):
    verdict: str | None = Field(None, pattern="^(new|same|match|doubt|rejected)$")
    undecided: bool = False


class _Upload(BaseModel):
    file_name: str = Field("upload", min_length=1, max_length=255)
    profile: str = Field(
        "", max_length=80, description="a stored profile; without one, Koha's 952 and matching by points"
    )


BatchList = Annotated[_BatchPage, Query()]
StagedList = Annotated[_RecordPage, Query()]
Upload = Annotated[_Upload, Query()]
