"""kitabxana index"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import click
from rich.progress import Progress

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import json_option, people


@click.group()
def index() -> None:
    """The search index: how it stands, and building it anew."""


@index.command()
@json_option
def status(*, as_json: bool) -> dict[str, Any]:
    """Compare the index with the database."""
    prepare()
    from kitabxana.search.queries import status as read_status

    found = read_status()
    if not as_json:
        state = "in step" if found.in_step else "behind"
        people.print(f"{state}: {found.indexed} of {found.records} records findable, {found.waiting} events waiting")
    return {**asdict(found), "in_step": found.in_step}


@index.command()
@json_option
def rebuild(*, as_json: bool) -> dict[str, Any]:
    """Build the index anew beside the one in use, then switch."""
    prepare()
    from kitabxana.catalogue.queries import count_records
    from kitabxana.search.operations import rebuild as build

    started = time.monotonic()
    with Progress(console=people, disable=as_json, transient=True) as bar:
        task = bar.add_task("indexing", total=count_records())
        done = build(progress=lambda count: bar.update(task, completed=count))
    seconds = round(time.monotonic() - started, 3)
    if not as_json:
        people.print(f"{done} records indexed in {seconds} s")
    return {"indexed": done, "seconds": seconds}
