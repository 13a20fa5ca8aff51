"""A file set before a librarian: read step by step in the background, each record held against the house."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import transaction

from kitabxana.base import audit
from kitabxana.catalogue.rules import validate
from kitabxana.exchange.facts import Prepared, Profile
from kitabxana.exchange.models import ImportBatch, ImportProfile, StagedRecord
from kitabxana.exchange.operations.matching import alike, known_by_number
from kitabxana.exchange.queries.inbox import inbox_folder, is_plain, lying_file
from kitabxana.exchange.rules import prepare
from kitabxana.exchange.rules.copying import profile_problem
from kitabxana.exchange.rules.matching import surely
from kitabxana.formats.marc import SourceError, iter_records
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import Known
    from kitabxana.catalogue.matching import Candidate
    from kitabxana.formats.marc import Parsed

STEP = 500
"""How many records one step reads, stores or takes back: what a page's progress waits for."""

_open: dict[int, tuple[int, Iterator[Parsed]]] = {}
"""Files this process reads on from one step to the next: batch → (position, records from there)."""


def stage(path: Path, *, file_name: str, profile: Profile, by: Actor) -> int:
    """Set a file before the librarians; returns the batch. The worker (or `advance`) reads it.

    Refused: not_permitted.
    """
    allowed(by)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            file_name=file_name[:255],
            path=str(path),
            size=path.stat().st_size,
            profile=asdict(profile),
            made_by=by.name,
        )
        audit.record(by, "batch.stage", object_type="batch", object_id=batch.pk, after={"file": batch.file_name})
    return batch.pk


def stage_lying(name: str, *, profile: Profile, by: Actor) -> int:
    """Stage a file of the server's inbox by the name it is listed under; it is read where it lies.

    Refused: not_permitted, unknown_file (no such name is listed, or it has gone since).
    """
    allowed(by)
    path = lying_file(name)
    try:
        if path:
            return stage(path, file_name=name, profile=profile, by=by)
    except FileNotFoundError:
        pass
    raise Refused.one("unknown_file", file=name[:255])


def keep_upload(source: IO[bytes], *, name: str) -> Path:
    """Put an uploaded file where the worker finds it: batches/ of the data directory, under a name of our own."""
    folder = Path(settings.DATA_DIR) / "batches"
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(1 for _ in folder.iterdir())
    while True:
        target = folder / f"{number:06d}{''.join(Path(name).suffixes[-2:])[:16]}"
        try:
            with target.open("xb") as file:
                shutil.copyfileobj(source, file)
        except FileExistsError:
            number += 1
        else:
            return target


def keep_profile(name: str, profile: Profile, *, by: Actor) -> None:
    """Store a profile under a name, in place of the one of that name. Refused: not_permitted, bad_overlay_rule."""
    allowed(by)
    if problem := profile_problem(profile):
        raise Refused.one(problem)
    with transaction.atomic():
        ImportProfile.objects.update_or_create(name=name[:80], defaults={"values": asdict(profile)})
        audit.record(by, "import_profile.set", object_type="import_profile", object_id=name, after=asdict(profile))


def allowed(by: Actor) -> None:
    if not by.may_anywhere("catalogue.import"):
        raise Refused.one("not_permitted", permission="catalogue.import")


def read_on(batch: ImportBatch) -> None:
    """Read the next step of a locked batch; at the end, or where the file is damaged, it is staged."""
    profile = Profile(**batch.profile)
    matched = replace(profile, matching="points")  # a person looks: the best that is known is shown
    position, records = _open.pop(batch.pk, (-1, iter(())))
    if position != batch.position:
        records = _records(Path(batch.path), start=batch.position, profile=profile)
    some: list[Parsed] = []
    ended = False
    try:
        while len(some) < STEP and not ended:
            parsed = next(records, None)
            if parsed is None:
                ended = True
            else:
                some.append(parsed)
    except SourceError as damaged:
        ended, batch.error = True, str(damaged)[:500]
    except OSError as failed:
        ended, batch.error = True, (failed.strerror or str(failed))[:500]  # without the server's own paths
    _hold_against_house(batch, some, matched)
    batch.read += len(some)
    if some:
        batch.position = some[-1].next_position
    if ended:
        batch.state = "staged"
    else:
        _open[batch.pk] = (batch.position, records)
    batch.save(update_fields=["read", "position", "state", "error"])


def _records(path: Path, *, start: int, profile: Profile) -> Iterator[Parsed]:
    """The records from there on; OSError where the file has gone, or a link has come into the inbox in its place."""
    if path.parent == inbox_folder() and not is_plain(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    yield from iter_records(path, start=start, encoding=profile.encoding, form=profile.form)


def _hold_against_house(batch: ImportBatch, some: list[Parsed], profile: Profile) -> None:
    prepared = [prepare(parsed, profile) for parsed in some]
    good = [at for at, record in enumerate(prepared) if not record.reason]
    records = [prepared[at] for at in good]
    known = known_by_number(records, run=None)
    near = alike(records, run=None, but=set(known))
    rows = []
    places = {at: place for place, at in enumerate(good)}
    for at, record in enumerate(prepared):
        row = StagedRecord(batch=batch, number=batch.read + at + 1)
        if record.reason:
            row.verdict, row.decision, row.reason, row.detail = "rejected", "skip", record.reason, record.detail[:500]
            row.data = record.data
        else:
            row.marc, row.brief = some[at].marc, record.brief
            row.findings = [asdict(finding) for finding in validate(orjson.loads(record.marc))]
            row.detail = _left_behind(record)
            _judge(row, record, known.get(places[at]), near.get(places[at], []), overlay=profile.overlay)
            if any(finding["level"] == "error" for finding in row.findings) and row.verdict != "same":
                row.verdict, row.decision = "doubt", ""  # only a person lets it in
        rows.append(row)
    StagedRecord.objects.bulk_create(rows)


def _left_behind(record: Prepared) -> str:
    return f"not_carried_over: {' '.join(record.lost)}"[:500] if record.lost else ""


def _judge(row: StagedRecord, record: Prepared, known: Known | None, near: list[Candidate], *, overlay: str) -> None:
    """The verdict on one record, and the decision that is taken unless a librarian takes another."""
    if known:
        row.candidate = known.id
        row.verdict = "same" if known.digest == record.digest and not known.deleted else "match"
        row.decision = "join" if row.verdict == "same" or known.merged else "overlay"
        row.points = [["control", record.control_number, record.control_number, 0]]
        return
    if not near:
        row.verdict, row.decision = "new", "add"
        return
    best, sure = near[0], surely(near)
    row.candidate, row.score, row.differs = best.record_id, best.match.score, best.match.differs
    row.points = [_told(point) for point in best.match.points]
    if sure:
        row.verdict, row.decision = "match", "overlay" if overlay == "replace" else "join"
    elif best.match.differs:
        row.verdict, row.decision = "new", "add"
    else:
        row.verdict, row.decision = "doubt", ""


def _told(point: Any) -> list[Any]:
    return [point.name, point.mine[:200], point.theirs[:200], point.weight]
