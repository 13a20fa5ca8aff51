"""Readers from a CSV file: previewed, resumable, a bad row set aside with its reason."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.facts import Draft, ImportSummary
from kitabxana.patrons.models import Card, PatronImport, PatronImportReject
from kitabxana.patrons.operations.edit import CHANGEABLE, edit
from kitabxana.patrons.operations.numbers import set_number
from kitabxana.patrons.operations.register import enrol
from kitabxana.patrons.rules.columns import delimiter_of, fields_of, guess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.patrons.facts import ImportPlan

BATCH = 100
UPLOADS_KEPT = timedelta(days=7)
Row = dict[str, str | None]


class Unreadable(ValueError):
    """The file is no CSV in UTF-8 or UTF-16 with a heading; the text says why."""


def headings(file: Path) -> tuple[list[str], dict[str, str], list[Row]]:
    """(the columns, what is guessed of them, the first twenty rows). Raises Unreadable."""
    source = _rows(file)
    some = [row for _, row in itertools.islice(source, 20)]
    header = list(some[0]) if some else []
    return header, guess(header), some


def preview(file: Path, *, plan: ImportPlan, by: Actor, now: datetime, most: int = 200) -> ImportSummary:
    """What an import of the first rows would do; it is done and undone again. Raises Unreadable."""
    summary = ImportSummary()
    with transaction.atomic():
        for number, row in itertools.islice(_rows(file), most):
            _count(summary, _one(row, plan, by, now), number)
        transaction.set_rollback(True)
    return summary


def import_patrons(
    file: Path, *, plan: ImportPlan, by: Actor, now: datetime, most: int | None = None,
    progress: Callable[[ImportSummary], None] = lambda _: None, cancelled: Callable[[], bool] = lambda: False,
) -> ImportSummary:  # fmt: skip
    """Register the readers of a file, a hundred rows a transaction; ends early after `most` rows or when `cancelled`.

    The same file under the same plan goes on where it ended; when it had ended whole, nothing is done again. Rows whose
    card is known change that reader (`plan.update`) or are left. Raises Unreadable. Refused: not_permitted
    (`patrons.import`). Each reader is registered or changed by `by` with the same rules as at a desk.
    """
    if not by.may_anywhere("patrons.import"):
        raise Refused.one("not_permitted", permission="patrons.import")
    run, _ = PatronImport.objects.get_or_create(
        fingerprint=_fingerprint(file, plan), defaults={"started_by": by.name, "started_at": now}
    )
    begun = run.rows_done
    source = itertools.islice(_rows(file), begun, None if most is None else begun + most)
    while run.finished_at is None and not cancelled():
        batch = list(itertools.islice(source, BATCH))
        _batch(run, batch, plan, by, now, whole=most is None)
        progress(summary_of(run, resumed_at=begun))
        if len(batch) < BATCH:
            break
    return summary_of(run, resumed_at=begun)


def summary_of(run: PatronImport, *, resumed_at: int = 0) -> ImportSummary:
    counts: dict[str, Any] = dict(run.counts)
    counts["problems"] = dict(counts.get("problems", {}))
    return ImportSummary(**counts, resumed_at=resumed_at, finished=run.finished_at is not None)


def write_rejects(file: Path, *, plan: ImportPlan, target: Path) -> int:
    """Copy the rows that were set aside, with a column "problem", for mending and importing again; how many."""
    run = PatronImport.objects.get(fingerprint=_fingerprint(file, plan))
    problems = dict(run.rejects.values_list("row", "problem"))
    if not problems:
        return 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        target.chmod(0o600)
        writer: csv.DictWriter[str] | None = None
        for number, row in _rows(file):
            if number not in problems:
                continue
            if writer is None:
                writer = csv.DictWriter(stream, [*row, "problem"], extrasaction="ignore")
                writer.writeheader()
            writer.writerow(row | {"problem": problems[number]})
    return len(problems)


def forget_uploads(*, now: datetime) -> int:
    """Delete files of readers that were sent up to be imported more than a week ago; how many."""
    uploads = Path(settings.DATA_DIR) / "uploads"
    old = [file for file in uploads.glob("*.csv") if file.stat().st_mtime < (now - UPLOADS_KEPT).timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


@transaction.atomic
def _batch(
    run: PatronImport, batch: Sequence[tuple[int, Row]], plan: ImportPlan, by: Actor, now: datetime, *, whole: bool
) -> None:
    """One transaction: the rows, how far it came, what was set aside. Who imports the same file meanwhile waits."""
    fresh = PatronImport.objects.select_for_update().get(pk=run.pk)
    run.rows_done, run.counts, run.finished_at = fresh.rows_done, fresh.counts, fresh.finished_at
    summary = summary_of(run)
    for number, row in batch:
        if number - 2 < run.rows_done:
            continue
        problem = _count(summary, _one(row, plan, by, now), number)
        if problem:
            PatronImportReject.objects.create(run=run, row=number, problem=problem[:200])
    run.rows_done = max([run.rows_done, *(number - 1 for number, _ in batch)])
    run.counts = {
        "read": summary.read,
        "created": summary.created,
        "updated": summary.updated,
        "known": summary.known,
        "rejected": summary.rejected,
        "problems": summary.problems,
    }
    if len(batch) < BATCH and (whole or not batch):
        run.finished_at = now
        audit.record(by, "patrons.import", object_type="import", object_id=run.pk, after=run.counts)
    run.save()


def _one(row: Row, plan: ImportPlan, by: Actor, now: datetime) -> tuple[str, str]:
    """("created", "updated" or "known", "") or ("rejected", the codes of what stood in the way)."""
    fields, problem = fields_of(row, plan.columns, plan.defaults)
    if problem:
        return "rejected", problem
    number = {name: fields.pop(name, "") for name in ("number", "number_kind")}
    card = fields.pop("card", "")
    try:
        with transaction.atomic():
            known = Card.objects.filter(number=card).values_list("patron_id", flat=True).first() if card else None
            if known is not None and not plan.update:
                return "known", ""
            if known is not None:
                _change(known, fields, number, plan, by, now)
                return "updated", ""
            missing = {"surname", "home_unit", "category"} - fields.keys()
            if missing:
                return "rejected", "missing " + ", ".join(sorted(missing))
            enrol(Draft(card=card, **number, **fields), by=by, now=now, lift=plan.lift, tell=False)
    except Refused as refused:
        return "rejected", ", ".join(sorted({refusal.code for refusal in refused.refusals}))
    return "created", ""


def _change(
    patron: int, fields: dict[str, Any], number: dict[str, str], plan: ImportPlan, by: Actor, now: datetime
) -> None:
    changes = {name: value for name, value in fields.items() if name in CHANGEABLE and name not in plan.defaults}
    edit(patron_id=patron, changes=changes, by=by, now=now, lift=plan.lift)
    if number["number"]:
        set_number(patron_id=patron, kind=number["number_kind"], number=number["number"], by=by)


def _count(summary: ImportSummary, outcome: tuple[str, str], _number: int) -> str:
    kind, problem = outcome
    summary.read += 1
    setattr(summary, kind, getattr(summary, kind) + 1)
    if problem:
        summary.problems[problem] = summary.problems.get(problem, 0) + 1
    return problem


def _rows(file: Path) -> Iterator[tuple[int, Row]]:
    """(row number, heading → cell); the heading is row 1."""
    with file.open("rb") as begin:
        wide = begin.read(2) in (b"\xff\xfe", b"\xfe\xff")
    try:
        with file.open(encoding="utf-16" if wide else "utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            reader = csv.DictReader(stream, delimiter=delimiter_of(first), restval="")
            if not reader.fieldnames or len(reader.fieldnames) < 2:
                raise Unreadable("no columns were found in the first line")
            for number, row in enumerate(reader, 2):
                yield number, {name: text for name, text in row.items() if isinstance(name, str)}
    except (UnicodeError, csv.Error) as broken:
        raise Unreadable(str(broken)) from broken


def _fingerprint(file: Path, plan: ImportPlan) -> str:
    whole = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            whole.update(block)
    told = [sorted(plan.columns.items()), sorted(plan.defaults.items()), sorted(plan.lift), plan.update]
    whole.update(json.dumps(told).encode())
    return whole.hexdigest()
