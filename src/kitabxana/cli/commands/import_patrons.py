"""kitabxana import patrons"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kitabxana.cli.commands.imports import imports, on_interrupt
from kitabxana.cli.environment import data_dir, prepare
from kitabxana.cli.output import Failed, json_option, people

if TYPE_CHECKING:
    from kitabxana.patrons.facts import ImportPlan, ImportSummary


@imports.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--library", default="", help="Library of readers whose row names none.")
@click.option("--category", default="", help="Category of readers whose row names none.")
@click.option(
    "--map", "columns", multiple=True, metavar="HEADING=FIELD", help="What a column is, where it is not guessed."
)
@click.option("--lift", multiple=True, metavar="CODE", help="A refusal to lift, for instance likely_duplicate.")
@click.option("--update", is_flag=True, help="Change readers whose card is known; else they are left.")
@click.option("--dry-run", is_flag=True, help="Say what the whole file would do, and do nothing.")
@json_option
def patrons(
    *, file: Path, library: str, category: str, columns: tuple[str, ...], lift: tuple[str, ...], update: bool,
    dry_run: bool, as_json: bool,
) -> dict[str, Any]:  # fmt: skip
    """Import readers from a CSV file with a heading.

    Rows that can't be are set aside in rejects/, with their reason. Interrupted (Ctrl-C), the same command goes on.
    """
    prepare()
    from django.utils import timezone

    from kitabxana.base.actor import SYSTEM
    from kitabxana.patrons.facts import ImportPlan
    from kitabxana.patrons.operations import Unreadable, headings, import_patrons, preview

    defaults = {name: code for name, code in (("home_unit", library), ("category", category)) if code}
    try:
        header, guessed, _ = headings(file)
        plan = ImportPlan(_columns(header, guessed, columns), defaults, frozenset(lift), update)
        now, ended = timezone.now(), on_interrupt()
        if dry_run:
            summary = preview(file, plan=plan, by=SYSTEM, now=now, most=10_000_000)
        else:
            summary = import_patrons(file, plan=plan, by=SYSTEM, now=now, cancelled=ended)
    except Unreadable as unreadable:
        raise Failed(f"{file}: {unreadable}", code="unreadable") from unreadable
    rejects = _rejects(file, plan) if summary.rejected and not dry_run else None
    if ended():
        raise Failed(f"Interrupted after {summary.read} rows. Run the same command to go on.", code="interrupted")
    if not as_json:
        _tell(summary, plan, rejects)
    return asdict(summary) | {"columns": plan.columns, "rejects_file": str(rejects) if rejects else None}


def _columns(header: list[str], guessed: dict[str, str], given: tuple[str, ...]) -> dict[str, str]:
    from kitabxana.patrons.rules.columns import FIELDS

    found = dict(guessed)
    for pair in given:
        heading, _, field = pair.rpartition("=")
        if heading not in header:
            raise Failed(f"There is no column {heading}. There are: {', '.join(header)}", code="no_such_column")
        if field not in FIELDS:
            raise Failed(f"There is no field {field}. There are: {', '.join(FIELDS)}", code="no_such_field")
        found = {name: known for name, known in found.items() if known != field} | {heading: field}
    return found


def _rejects(file: Path, plan: ImportPlan) -> Path:
    from kitabxana.patrons.operations import write_rejects

    place = data_dir() / "rejects"
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{file.stem}.rejects.csv"
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    write_rejects(file, plan=plan, target=target)
    return target


def _tell(summary: ImportSummary, plan: ImportPlan, rejects: Path | None) -> None:
    people.print(", ".join(f"{heading} is {field}" for heading, field in plan.columns.items()), soft_wrap=True)
    people.print(
        f"{summary.read:,} read: {summary.created:,} created, {summary.updated:,} updated, {summary.known:,} known, "
        f"{summary.rejected:,} rejected"
    )
    for problem, count in sorted(summary.problems.items(), key=lambda pair: -pair[1]):
        people.print(f"  {count:,} × {problem}")
    if rejects:
        people.print(f"Rejected: {rejects}")
