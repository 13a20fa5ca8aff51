"""What every command needs first: the data directory, a running database of the right version, Django set up."""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path

from kitabxana.kernel.memory import collect_seldom


def data_dir() -> Path:
    return Path(os.environ.get("KITABXANA_DATA_DIR") or "./data").resolve()


def connect() -> None:
    """Start or join the database, and set up Django. Raises `embedded.DatabaseUnavailable`, a sentence for people."""
    os.environ["KITABXANA_DATA_DIR"] = str(data_dir())
    if not os.environ.get("KITABXANA_DATABASE_URL"):
        os.environ["KITABXANA_DATABASE_URL"] = _embedded_url()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitabxana.settings")
    import django

    django.setup()
    collect_seldom()


def prepare() -> None:
    """`connect`, and see that the tables are this version's. An empty database is made ready at once."""
    from kitabxana.base.embedded import DatabaseUnavailable

    connect()
    state = schema_state()
    if state == "newer":
        raise DatabaseUnavailable(
            f"The data in {data_dir()} were written by a newer version of Kitabxana. Start that version, "
            "or choose another directory with KITABXANA_DATA_DIR."
        )
    if state == "empty":
        from kitabxana.cli.install import install

        install()
    elif state == "older":
        raise DatabaseUnavailable("The tables are of an older version. Make a backup, then run: kitabxana init")


def schema_state() -> str:
    """How the tables stand to this version's: "empty", "older", "same" or "newer"."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _ in known}
    if any(migration not in known for migration in applied if migration[0] in ours):
        return "newer"
    if not applied:
        return "empty"
    return "older" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "same"


def _embedded_url() -> str:
    """Our database in the embedded server, made at first use. C collation: order is the language engine's work."""
    import psycopg

    from kitabxana.base import embedded

    url, _server = embedded.start(data_dir())
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'kitabxana'").fetchone()
        if not known:
            connection.execute("CREATE DATABASE kitabxana ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(parts._replace(path="/kitabxana"))
