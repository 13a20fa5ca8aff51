"""What every command needs first: the data directory, a running database of the right version, Django set up."""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path


def data_dir() -> Path:
    return Path(os.environ.get("KITABXANA_DATA_DIR") or "./data").resolve()


def prepare() -> None:
    """Start or join the database, and set up Django. Raises `embedded.DatabaseUnavailable` with a sentence for people."""
    if not os.environ.get("KITABXANA_DATABASE_URL"):
        os.environ["KITABXANA_DATABASE_URL"] = _embedded_url()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitabxana.settings")
    import django

    django.setup()


def _embedded_url() -> str:
    """The embedded server's own database for us, made at first use (C collation: order is the language engine's work)."""
    import psycopg

    from kitabxana.base import embedded

    url, _server = embedded.start(data_dir())
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'kitabxana'").fetchone()
        if not known:
            connection.execute("CREATE DATABASE kitabxana ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(parts._replace(path="/kitabxana"))
