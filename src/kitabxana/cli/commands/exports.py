"""kitabxana export"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people
from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS, format_of
from kitabxana.formats.marc.target import open_target

if TYPE_CHECKING:
    from kitabxana.exchange.queries import Wanted
    from kitabxana.exchange.rules.encoding import LeftOut

_TOLD = 20
_NAMED = 1000


@dataclass(slots=True)
class _Done:
    records: int = 0
    written: int = 0
    left_out: int = 0
    named: list[LeftOut] = field(default_factory=list)


@click.group(name="export")
def exports() -> None:
    """Take records out of the catalogue."""


@exports.command()
@click.option("--output", required=True, help="The file to write, .gz and .zst are compressed; - for standard output.")
@click.option("--format", "form", type=click.Choice(["", *EXPORT_FORMATS]), default="",
              help="Instead of what the file's name tells.")  # fmt: skip
@click.option("--query", default="", help="Only what the search box finds for this.")
@click.option("--items", is_flag=True, help="With the copies of each record, as Koha's 952.")
@click.option("--authorities", is_flag=True, help="Authority records instead of bibliographic ones.")
@click.option("--suppressed", is_flag=True, help="With the records that readers do not find.")
@json_option
def marc(*, output: str, form: str, query: str, as_json: bool, **options: bool) -> dict[str, Any] | None:
    """Export the live records to a file, in order of their numbers.

    The file is written beside its place and moved there when it is whole: broken off (Ctrl-C), nothing is left half.
    """
    if as_json and output == "-":
        raise Failed("The records go to standard output: there is no room for --json beside them.", code="usage")
    prepare()
    from django.utils import timezone

    from kitabxana.exchange.queries import Wanted
    from kitabxana.exchange.rules.encoding import EncoderDied
    from kitabxana.search.languages import box

    if query and (options["authorities"] or options["suppressed"]):
        raise Failed("--query finds what readers find: no authorities and nothing suppressed.", code="usage")
    wanted = Wanted(
        query=box.parse(query, today=timezone.localdate()).node if query else None,
        kind="a" if options["authorities"] else "b",
        suppressed=options["suppressed"],
        items=options["items"],
    )
    name = form or format_of(output)
    started = time.monotonic()
    try:
        done = _write(output, name, wanted, quiet=as_json)
    except KeyboardInterrupt:
        raise Failed("Interrupted: nothing was written.", code="interrupted") from None
    except EncoderDied as died:
        raise Failed("A process of the export ended early: nothing was written. Run the same command again.") from died
    seconds = round(time.monotonic() - started, 3)
    _tell(done, seconds)
    return {
        "output": output,
        "format": name,
        "records": done.records,
        "bytes": done.written,
        "left_out": done.left_out,
        "left_out_records": [{"id": one.record_id, "place": one.place, "why": one.why} for one in done.named],
        "seconds": seconds,
    }


def _write(output: str, name: str, wanted: Wanted, *, quiet: bool) -> _Done:
    from kitabxana.exchange.queries import count_wanted, export
    from kitabxana.exchange.rules.encoding import second_encoder

    done = _Done()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    bar = Progress(*columns, console=people, disable=quiet, transient=True)
    with bar, open_target(output) as stream, second_encoder() as beside:
        task = bar.add_task(output, total=count_wanted(wanted))
        for piece in export(name, wanted, beside=beside):
            stream.write(piece.data)
            done.records += piece.records
            done.written += len(piece.data)
            done.left_out += len(piece.left_out)
            done.named += piece.left_out[: _NAMED - len(done.named)]
            bar.advance(task, piece.records + len(piece.left_out))
    return done


def _tell(done: _Done, seconds: float) -> None:
    rate = f", {done.records / seconds:,.0f} a second" if seconds else ""
    people.print(f"{done.records:,} records, {done.written:,} bytes (before compression). {seconds} s{rate}")
    for one in done.named[:_TOLD]:
        people.print(f"Left out: record {one.record_id}: {one.why}", markup=False)
    if done.left_out > _TOLD:
        people.print(f"… and {done.left_out - _TOLD:,} more; --json names the first {_NAMED:,}.")
