"""kitabxana init"""

from __future__ import annotations

from typing import Any

import click

from kitabxana.cli.environment import connect, data_dir, schema_state
from kitabxana.cli.output import Failed, json_option, people


@click.command()
@click.option("--nation", type=click.Choice(["AZ", "TR"]), default="AZ", show_default=True, help="Root of the tree.")
@json_option
def init(*, nation: str, as_json: bool) -> dict[str, Any]:
    """Make the data directory ready, or bring it to this version."""
    connect()
    before = schema_state()
    if before == "newer":
        raise Failed(f"The data in {data_dir()} were written by a newer version of Kitabxana.", code="newer_data")
    from kitabxana.cli.install import ADMINISTRATOR, install, password_file

    install(nation=nation)
    if not as_json:
        people.print(f"Ready: {data_dir()}. Administrator: {ADMINISTRATOR}, password in {password_file()}.")
    return {"data_dir": str(data_dir()), "was": before, "administrator": ADMINISTRATOR}
