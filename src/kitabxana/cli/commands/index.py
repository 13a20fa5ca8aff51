"""kitabxana index"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click
from rich.progress import Progress

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import json_option, people

PREPARERS = 2
"""How many processes make documents while the index is written."""


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
        done = build(processes=PREPARERS, progress=lambda count: bar.update(task, completed=count))
    seconds = round(time.monotonic() - started, 3)
    lines = _gather(as_json=as_json)
    if not as_json:
        people.print(f"{done} records indexed in {seconds} s; {lines} lines in the browse lists")
    return {"indexed": done, "seconds": seconds, "lines": lines}


def _gather(*, as_json: bool) -> int:
    from kitabxana.catalogue.queries import count_records
    from kitabxana.search.operations import gather_headings

    with Progress(console=people, disable=as_json, transient=True) as bar:
        task = bar.add_task("browse lists", total=count_records())
        return gather_headings(progress=lambda count: bar.update(task, completed=count))


@index.command()
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
@json_option
def misses(*, days: int, as_json: bool) -> dict[str, Any]:
    """What readers looked for in vain."""
    prepare()
    from django.utils import timezone

    from kitabxana.search.queries import misses as read_misses

    found = read_misses(since=timezone.localdate() - timedelta(days=days))
    if not as_json:
        for words, times in found:
            people.print(f"{times:6}  {words}", highlight=False, markup=False)
    return {"misses": [{"words": words, "times": times} for words, times in found]}
