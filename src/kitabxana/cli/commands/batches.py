"""kitabxana batch"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.progress import Progress

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people

if TYPE_CHECKING:
    from pathlib import Path

    from kitabxana.exchange.facts import BatchFacts, Profile


@click.group()
def batch() -> None:
    """Staged imports: files set before the librarians, committed or taken back whole."""


@batch.command(name="list")
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True)
@json_option
def list_batches(*, limit: int, as_json: bool) -> dict[str, Any]:
    """The batches, newest first."""
    prepare()
    from kitabxana.exchange.queries import batches

    total, some = batches(limit=limit)
    if not as_json:
        for one in some:
            people.print(_line(one))
    return {"total": total, "batches": [_told(one) for one in some]}


@batch.command()
@click.argument("number", type=int)
@click.option("--verdict", type=click.Choice(["new", "same", "match", "doubt", "rejected"]), default=None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=25, show_default=True)
@json_option
def show(*, number: int, verdict: str | None, limit: int, as_json: bool) -> dict[str, Any]:
    """One batch and its records: what each was found to be, with its score, and what was decided."""
    prepare()
    from kitabxana.exchange.queries import staged

    found = _found(number)
    total, rows = staged(number, verdict=verdict or "", limit=limit)
    if not as_json:
        people.print(_line(found))
        for row in rows:
            title = row.brief.get("title", row.reason)
            people.print(f"{row.number:>7} {row.verdict:<8} {row.score or '':>4} {row.decision or '?':<8} {title[:80]}")
    records = [
        {
            "number": row.number, "verdict": row.verdict, "decision": row.decision, "result": row.result,
            "score": row.score, "points": row.points, "differs": row.differs, "candidate": row.candidate,
            "record": row.record_id, "title": row.brief.get("title", ""), "reason": row.reason, "detail": row.detail,
        }
        for row in rows
    ]  # fmt: skip
    return _told(found) | {"total": total, "records": records}


@batch.command()
@click.argument("number", type=int)
@click.option("--doubtful", type=click.Choice(["add", "join", "overlay", "skip"]), default=None,
              help="What becomes of the records that a person should have looked at.")  # fmt: skip
@json_option
def commit(*, number: int, doubtful: str | None, as_json: bool) -> dict[str, Any]:
    """Store what was decided."""
    prepare()
    from kitabxana.base.actor import SYSTEM
    from kitabxana.exchange.operations import commit_batch, decide
    from kitabxana.kernel.decisions import Refused

    try:
        if doubtful:
            decide(batch_id=number, decision=doubtful, verdict="doubt", by=SYSTEM)
        commit_batch(batch_id=number, by=SYSTEM)
    except Refused as refused:
        raise _not_now(number, refused) from refused
    return _worked(number, quiet=as_json)


@batch.command()
@click.argument("number", type=int)
@json_option
def undo(*, number: int, as_json: bool) -> dict[str, Any]:
    """Take back all that a batch did; what others have built on since stays, and is counted."""
    prepare()
    from kitabxana.base.actor import SYSTEM
    from kitabxana.exchange.operations import undo_batch
    from kitabxana.kernel.decisions import Refused

    try:
        undo_batch(batch_id=number, by=SYSTEM)
    except Refused as refused:
        raise _not_now(number, refused) from refused
    return _worked(number, quiet=as_json)


@batch.command()
@json_option
def keys(*, as_json: bool) -> dict[str, Any]:
    """Give all records the keys by which imports find them; once, for those stored by an older version."""
    prepare()
    from kitabxana.catalogue.operations import put_keys

    keyed, last = 0, 0
    with Progress(console=people, disable=as_json, transient=True) as bar:
        task = bar.add_task("records", total=None)
        while True:
            last, count = put_keys(last, batch=1000)
            keyed += count
            if not last:
                break
            bar.update(task, completed=keyed)
    if not as_json:
        people.print(f"{keyed:,} records have their keys")
    return {"keyed": keyed}


@batch.command()
@json_option
def headings(*, as_json: bool) -> dict[str, Any]:
    """Let headings that follow nothing yet follow authorities that came after their records; safe to repeat."""
    prepare()
    from kitabxana.catalogue.operations import link_next

    linked, last = 0, 0
    with Progress(console=people, disable=as_json, transient=True) as bar:
        task = bar.add_task("record", total=None)
        while True:
            last, count = link_next(last, batch=1000)
            linked += count
            if not last:
                break
            bar.update(task, completed=last)
    if not as_json:
        people.print(f"{linked:,} headings follow an authority now")
    return {"linked": linked}


def staged_now(file: Path, profile: Profile, *, quiet: bool) -> dict[str, Any]:
    """Stage one file and read it to its end."""
    from kitabxana.base.actor import SYSTEM
    from kitabxana.exchange.operations import stage

    return _worked(stage(file.resolve(), file_name=file.name, profile=profile, by=SYSTEM), quiet=quiet)


def _worked(number: int, *, quiet: bool) -> dict[str, Any]:
    """Do the batch's work here, or see it done by a worker that was quicker."""
    import time

    from kitabxana.base import outbox
    from kitabxana.cli.follow_up import follow_up
    from kitabxana.exchange.operations import advance
    from kitabxana.wiring import AT_LEISURE, HANDLERS

    with Progress(console=people, disable=quiet, transient=True) as bar:
        task = bar.add_task(f"batch {number}", total=100)
        while (found := _found(number)).busy:
            bar.update(task, completed=found.percent)
            if not advance(number):
                time.sleep(0.2)
            outbox.deliver(HANDLERS, at_leisure=AT_LEISURE)
        follow_up(bar, lambda: False)
    if not quiet:
        people.print(_line(found))
    return _told(found)


def _found(number: int) -> BatchFacts:
    from kitabxana.exchange.queries import batch as one_batch

    found = one_batch(number)
    if found is None:
        raise Failed(f"There is no batch {number}.", code="unknown_batch")
    return found


def _not_now(number: int, refused: Any) -> Failed:
    refusal = refused.refusals[0]
    texts = {
        "unknown_batch": f"There is no batch {number}.",
        "batch_not_ready": f"Batch {number} is {refusal.params.get('state')}: this can't be done with it now.",
        "batch_undecided": f"{refusal.params.get('records')} records of batch {number} are not decided: see "
        "`batch show --verdict doubt`, or say what becomes of them with --doubtful.",
    }
    return Failed(texts.get(refusal.code, refusal.code), code=refusal.code)


def _line(found: BatchFacts) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in (found.results or found.verdicts).items())
    return f"{found.id:>5} {found.state:<10} {found.file_name}: {found.read:,} read ({counts}) {found.error}".rstrip()


def _told(found: BatchFacts) -> dict[str, Any]:
    return {
        "batch": found.id, "file": found.file_name, "state": found.state, "read": found.read,
        "undecided": found.undecided, "verdicts": found.verdicts, "results": found.results, "error": found.error,
        "made_by": found.made_by, "made_at": found.made_at, "profile": found.profile,
    }  # fmt: skip
