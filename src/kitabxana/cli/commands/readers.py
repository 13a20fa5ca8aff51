"""kitabxana readers"""

from __future__ import annotations

from typing import Any

import click

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import json_option, people


@click.group()
def readers() -> None:
    """What is done about all readers."""


@readers.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@json_option
def night(*, dry_run: bool, as_json: bool) -> dict[str, Any]:
    """Age moves, and forgetting who left long ago; the worker does it every night."""
    prepare()
    from django.utils import timezone

    from kitabxana.base.actor import SYSTEM
    from kitabxana.patrons.operations import nightly

    told = nightly(by=SYSTEM, now=timezone.now(), dry_run=dry_run)
    if not as_json:
        for move, count in told["moved"].items():
            people.print(f"{count:,} readers: {move}")
        people.print(f"{told['left']['due']:,} readers left long ago: {told['left']['erased']:,} forgotten")
    return told
