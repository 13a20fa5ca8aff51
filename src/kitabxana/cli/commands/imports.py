"""kitabxana import"""

from __future__ import annotations

import signal
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people
from kitabxana.formats.marc import READABLE
from kitabxana.formats.unimarc import FLAVOURS

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.exchange.facts import Profile, Summary


ENCODINGS = ("utf-8", "marc-8", "cp1251", "cp866", "koi8-r", "cp1254", "cp1252", "latin-1")


@click.group(name="import")
def imports() -> None:
    """Bring records into the catalogue, and readers."""


@imports.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--items", type=click.Choice(["952", "852"]), default="952", show_default=True,
              help="Where copies stand: Koha's 952, or MARC 21 852 with 876-878.")  # fmt: skip
@click.option("--library", default="", help="Library of copies that name none.")
@click.option("--under", default="", help="Unit below which unknown libraries are added.")
@click.option("--item-type", default="BK", show_default=True, help="Item type of copies that name none.")
@click.option("--source", default="", help="A name for where the records come from.")
@click.option("--flavour", type=click.Choice(["", *FLAVOURS]), default="",
              help="What the records are in, instead of what their fields tell.")  # fmt: skip
@click.option("--encoding", type=click.Choice(["", *ENCODINGS]), default="", help="Instead of what records say.")
@click.option("--format", "form", type=click.Choice(["", *READABLE]), default="",
              help="Instead of what the file's first bytes tell.")  # fmt: skip
@click.option(
    "--matching",
    type=click.Choice(["control", "points"]),
    default="control",
    show_default=True,
    help="How a record finds itself: by control number, or also by numbers, title, author, year, pages.",
)
@click.option("--overlay", type=click.Choice(["keep", "replace"]), default="keep", show_default=True,
              help="What becomes of a record found by points: kept, with the copies added, or replaced.")  # fmt: skip
@click.option("--stage", is_flag=True, help="Only set the files before the librarians: see `kitabxana batch`.")
@json_option
def marc(*, files: tuple[Path, ...], stage: bool, as_json: bool, **options: Any) -> dict[str, Any]:
    """Import files of records, plain, gzip or zstd.

    ISO 2709, MARCXML, MARC-in-JSON (an array, or one a line), MARCMaker's text form (.mrk), Aleph sequential
    and IRBIS' text export. UNIMARC, RUSMARC and IRBIS records become MARC 21.

    Bad records go to a reject file with offset, bytes and reason. Interrupted (Ctrl-C), the same command goes on.
    """
    prepare()
    from kitabxana.exchange.facts import Profile, Summary
    from kitabxana.organisation.queries import tree

    for unit in (options["library"], options["under"]):
        if unit and unit not in tree().units:
            raise Failed(f"There is no unit with the code {unit}.", code="unknown_unit")
    profile = Profile(**options)
    if stage:
        from kitabxana.cli.commands.batches import staged_now

        return {"batches": [staged_now(file, profile, quiet=as_json) for file in files]}
    whole = Summary()
    rejects_files = []
    for file in files:
        summary = _import_one(file, profile, quiet=as_json)
        _add(whole, summary)
        rejects_files += [summary.rejects_file] if summary.rejects_file else []
        if summary.cancelled:
            raise Failed(
                f"Interrupted after {summary.read} records. Run the same command to go on.", code="interrupted"
            )
    whole.rejects_file = ", ".join(rejects_files)
    result = {field.name: getattr(whole, field.name) for field in fields(whole)}
    if not as_json:
        _tell(whole)
    return result | {"rejects_file": whole.rejects_file or None}


def _import_one(file: Path, profile: Profile, *, quiet: bool) -> Summary:
    from kitabxana.base import outbox
    from kitabxana.base.actor import SYSTEM
    from kitabxana.cli.follow_up import follow_up
    from kitabxana.exchange.operations import ImportBusy, import_marc
    from kitabxana.exchange.rules.feed import ReaderDied
    from kitabxana.formats.marc import SourceError
    from kitabxana.wiring import AT_LEISURE, HANDLERS

    cancelled = on_interrupt()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"), TimeElapsedColumn())
    with Progress(*columns, console=people, disable=quiet, transient=True) as bar:
        packed = _is_packed(file)
        task = bar.add_task(file.name, total=None if packed else file.stat().st_size, counts="")
        try:
            summary = import_marc(
                file,
                by=SYSTEM,
                profile=profile,
                cancelled=cancelled,
                between=lambda: outbox.deliver(HANDLERS, at_leisure=AT_LEISURE),
                progress=lambda now: bar.update(
                    task,
                    completed=now.position,
                    counts=f"{now.summary.read:,} read, {now.summary.rejected} rejected",
                ),
            )
            if not summary.cancelled and not follow_up(bar, cancelled):
                raise Failed(f"Interrupted: {file} is imported, the worker fills the browse lists.", code="interrupted")
        except ImportBusy as busy:
            raise Failed("Another import is running. Wait for its end.", code="busy") from busy
        except ReaderDied as died:
            raise Failed(f"Reading {file} ended early ({died}). Run the same command to go on.") from died
        except SourceError as damaged:
            raise Failed(f"{file}: {damaged}. What came before is imported.", code="damaged_file") from damaged
    return summary


def _is_packed(file: Path) -> bool:
    """gzip or zstd: how long it is unpacked is not known beforehand."""
    with file.open("rb") as stream:
        return stream.read(4).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))


def on_interrupt() -> Callable[[], bool]:
    """Ctrl-C ends the import after the batch in hand; pressed again, at once."""
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(number, signal.default_int_handler)

    signal.signal(signal.SIGINT, ask)
    return lambda: bool(asked)


def _add(whole: Summary, part: Summary) -> None:
    for name in (
        "read",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "items_created",
        "items_rejected",
        "incomplete",
    ):
        setattr(whole, name, getattr(whole, name) + getattr(part, name))
    whole.seconds = round(whole.seconds + part.seconds, 3)
    whole.resumed_at = max(whole.resumed_at, part.resumed_at)
    whole.libraries_added += part.libraries_added
    whole.item_types_added += part.item_types_added


def _tell(whole: Summary) -> None:
    rate = f"{whole.read / whole.seconds:,.0f} a second" if whole.seconds else ""
    people.print(
        f"{whole.read:,} read: {whole.created:,} created, {whole.updated:,} updated, {whole.unchanged:,} unchanged, "
        f"{whole.rejected:,} rejected; {whole.items_created:,} copies. {whole.seconds} s, {rate}"
    )
    if whole.resumed_at:
        people.print(f"This went on from byte {whole.resumed_at:,}, where an earlier run had come.")
    if whole.libraries_added:
        people.print(f"Libraries added, to be named: {', '.join(whole.libraries_added)}")
    if whole.item_types_added:
        people.print(f"Item types added, to be named: {', '.join(whole.item_types_added)}")
    if whole.incomplete:
        people.print(
            f"{whole.incomplete:,} were converted with something left behind: see not_carried_over in the file below."
        )
    if whole.rejects_file:
        people.print(f"Rejected: {whole.rejects_file} ({whole.items_rejected} for their copies)")
