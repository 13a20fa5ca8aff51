"""/import_batches and /jobs: files staged, decided, committed and taken back, with the desk's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.urls import reverse
from ninja import Router, Status

from kitabxana.exchange import operations, queries
from kitabxana.exchange.facts import Profile
from kitabxana.fronts.rest import shapes
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.render_imports import batch as batch_told
from kitabxana.fronts.rest.render_imports import job as job_told
from kitabxana.fronts.rest.render_imports import record as record_told
from kitabxana.fronts.rest.session import require, works_at
from kitabxana.fronts.rest.shapes_of_imports import (
    BatchList,
    Decided,
    Decision,
    ImportBatch,
    ImportRecord,
    Job,
    StagedList,
    Upload,
)
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kitabxana.exchange.facts import BatchFacts

router = Router(tags=["import_batches"])
PERMISSION = "catalogue.import"
_BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": _BYTES}}}


@router.get(
    "/import_batches", response={200: list[ImportBatch], **shapes.problems(403)}, operation_id="listImportBatches"
)
def list_import_batches(request: HttpRequest, response: HttpResponse, asked: BatchList) -> list[ImportBatch]:
    """The imports, newest first."""
    require(request, PERMISSION)
    order_of(asked, {})
    offset, limit = window(asked)
    total, some = queries.batches(offset=offset, limit=limit)
    describe(request, response, asked, total=total)
    return [batch_told(one) for one in some]


@router.post(
    "/import_batches",
    response={201: ImportBatch, **shapes.problems(403, 404)},
    operation_id="addImportBatch",
    openapi_extra=FILE,
)
def add_import_batch(request: HttpRequest, response: HttpResponse, asked: Upload) -> Status[ImportBatch]:
    """Stage a file, sent as the body in any format that imports read; it is read in the background."""
    actor = require(request, PERMISSION)
    profile = Profile(matching="points", library=actor.unit if works_at(tree().units, actor.unit) else "")
    if asked.profile:
        stored = queries.profiles().get(asked.profile)
        if stored is None:
            raise Refused.one("unknown_profile", profile=asked.profile)
        profile = stored
    path = operations.keep_upload(request, name=asked.file_name)  # type: ignore[arg-type]  # a request is read as a file
    number = operations.stage(path, file_name=asked.file_name, profile=profile, by=actor)
    response.headers["Location"] = reverse("rest:get_import_batch", args=[number])
    return Status(201, batch_told(_found(number)))


@router.get(
    "/import_batches/{import_batch_id}",
    response={200: ImportBatch, **shapes.problems(403, 404)},
    operation_id="getImportBatch",
)
def get_import_batch(request: HttpRequest, import_batch_id: shapes.Id) -> ImportBatch:
    """One import: how far it is, what its records are."""
    require(request, PERMISSION)
    return batch_told(_found(import_batch_id))


@router.get(
    "/import_batches/{import_batch_id}/records",
    response={200: list[ImportRecord], **shapes.problems(403, 404)},
    operation_id="listImportBatchRecords",
)
def list_import_batch_records(
    request: HttpRequest, response: HttpResponse, import_batch_id: shapes.Id, asked: StagedList
) -> list[ImportRecord]:
    """The records of an import in the order of the file, each with what of ours it may be and what was found in it."""
    require(request, PERMISSION)
    _found(import_batch_id)
    order_of(asked, {})
    offset, limit = window(asked)
    total, some = queries.staged(
        import_batch_id, verdict=asked.verdict or "", undecided=asked.undecided, offset=offset, limit=limit
    )
    describe(request, response, asked, total=total)
    return [record_told(one, batch_id=import_batch_id) for one in some]


@router.put(
    "/import_batches/{import_batch_id}/decisions",
    response={200: Decided, **shapes.problems(403, 404, 409)},
    operation_id="decideImportBatchRecords",
)
def decide_import_batch_records(request: HttpRequest, import_batch_id: shapes.Id, sent: Decision) -> Decided:
    """Decide the records numbered, or all of one verdict."""
    actor = require(request, PERMISSION)
    count = operations.decide(
        batch_id=import_batch_id, decision=sent.decision, verdict=sent.verdict, numbers=sent.import_record_ids, by=actor
    )
    return Decided(records=count)


@router.post(
    "/import_batches/{import_batch_id}/commit",
    response={202: Job, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="commitImportBatch",
)
def commit_import_batch(
    request: HttpRequest, response: HttpResponse, import_batch_id: shapes.Id, asked: shapes.Nothing | None = None,  # noqa: ARG001
) -> Status[Job]:  # fmt: skip
    """Store what was decided, in the background. The body may be left out."""
    operations.commit_batch(batch_id=import_batch_id, by=require(request, PERMISSION))
    return _at_work(response, import_batch_id)


@router.post(
    "/import_batches/{import_batch_id}/undo",
    response={202: Job, **shapes.problems(403, 404, 409, 413, 415)},
    operation_id="undoImportBatch",
)
def undo_import_batch(
    request: HttpRequest, response: HttpResponse, import_batch_id: shapes.Id, asked: shapes.Nothing | None = None,  # noqa: ARG001
) -> Status[Job]:  # fmt: skip
    """Take back all that the import did, in the background. The body may be left out."""
    operations.undo_batch(batch_id=import_batch_id, by=require(request, PERMISSION))
    return _at_work(response, import_batch_id)


@router.get("/jobs", response={200: list[Job], **shapes.problems(403)}, operation_id="listJobs")
def list_jobs(request: HttpRequest, response: HttpResponse, asked: BatchList) -> list[Job]:
    """The last work on every import, newest first."""
    require(request, PERMISSION)
    order_of(asked, {})
    offset, limit = window(asked)
    total, some = queries.batches(offset=offset, limit=limit)
    describe(request, response, asked, total=total)
    return [job_told(one) for one in some]


@router.get("/jobs/{job_id}", response={200: Job, **shapes.problems(403, 404)}, operation_id="getJob")
def get_job(request: HttpRequest, job_id: shapes.Id) -> Job:
    """How far the work on an import is."""
    require(request, PERMISSION)
    return job_told(_found(job_id))


def _found(number: int) -> BatchFacts:
    found = queries.batch(number)
    if found is None:
        raise Refused.one("unknown_batch")
    return found


def _at_work(response: HttpResponse, number: int) -> Status[Job]:
    response.headers["Location"] = reverse("rest:get_job", args=[number])
    return Status(202, job_told(_found(number)))
