"""kitabxana demo"""

from __future__ import annotations

import os
import shutil
from typing import Any

import click

from kitabxana.cli.commands.serve import refuse_taken, run_server
from kitabxana.cli.environment import data_dir, prepare
from kitabxana.cli.output import Failed, json_option, people


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--load-only", is_flag=True, help="Fill the database and stop.")
@click.option("--reset", is_flag=True, help="Throw the demonstration's data away and start again.")
@json_option
def demo(*, port: int, load_only: bool, reset: bool, as_json: bool) -> dict[str, Any] | None:
    """Load the demonstration nation and serve it."""
    if not load_only:
        refuse_taken("127.0.0.1", port)
    if reset:
        _throw_away()
    prepare()
    from kitabxana.catalogue.queries import count_records
    from kitabxana.cli.demo import load, logins
    from kitabxana.cli.install import (
        ADMINISTRATOR,
        collect_static,
        compile_translations,
        ensure_administrator,
        password_file,
    )
    from kitabxana.organisation.queries import tree

    compile_translations()
    collect_static()
    ensure_administrator()
    loaded = load(tell=lambda line: None if as_json else people.print(line))
    result: dict[str, Any] = {
        "loaded": loaded,
        "records": count_records(),
        "libraries": len(tree().libraries()),
        "data_dir": str(data_dir()),
    }
    if load_only:
        return result
    if not as_json:
        password = password_file().read_text().strip() if password_file().exists() else "as configured"
        _tell_addresses(port, {ADMINISTRATOR: password} | logins())
    run_server(host="127.0.0.1", port=port, workers=2, as_json=as_json)
    return None


def _throw_away() -> None:
    """Empty the data directory, if it is the demonstration's and nobody works in it."""
    from kitabxana.base import embedded

    home = data_dir()
    if not home.exists() or not any(home.iterdir()):
        return
    if not (home / "demo.json").exists():
        raise Failed(f"{home} does not hold the demonstration: --reset leaves it alone.", code="not_a_demo")
    if os.environ.get("KITABXANA_DATABASE_URL"):
        raise Failed("--reset works with the embedded database only.", code="not_embedded")
    if embedded.running(home):
        raise Failed("A server is running on these data. End it first.", code="running")
    for entry in home.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _tell_addresses(port: int, logins: dict[str, str]) -> None:
    people.print()
    people.print(f"  Readers  http://127.0.0.1:{port}/")
    people.print(f"  Desk     http://127.0.0.1:{port}/desk/")
    people.print(f"  REST     http://127.0.0.1:{port}/api/v1/openapi.json")
    people.print()
    for login, password in logins.items():
        people.print(f"  {login:<16} {password}", markup=False)
    people.print()
