"""The `kitabxana` command and its subcommands."""

from __future__ import annotations

import signal
import sys
from typing import Any

import click

from kitabxana import __version__
from kitabxana.cli.commands import import_patrons as _import_patrons  # noqa: F401 - a command of its group
from kitabxana.cli.commands.batches import batch
from kitabxana.cli.commands.check import check
from kitabxana.cli.commands.demo import demo
from kitabxana.cli.commands.duplicates import duplicates
from kitabxana.cli.commands.exports import exports
from kitabxana.cli.commands.imports import imports
from kitabxana.cli.commands.index import index
from kitabxana.cli.commands.init import init
from kitabxana.cli.commands.readers import readers
from kitabxana.cli.commands.search import search
from kitabxana.cli.commands.serve import serve, worker
from kitabxana.cli.commands.user import user


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def kitabxana() -> None:
    """Kitabxana, a national library system.

    Data live in KITABXANA_DATA_DIR (./data). Without KITABXANA_DATABASE_URL a command starts the embedded database
    and leaves it as it found it.
    """


for command in (init, serve, worker, imports, batch, duplicates, exports, index, search, readers, check, user, demo):
    kitabxana.add_command(command)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; a polite end (SIGTERM) lets what was started stop as it does on Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return kitabxana.main(args=arguments, prog_name="kitabxana")
