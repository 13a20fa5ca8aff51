from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from kitabxana.base import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(embedded.__file__).parents[2]
DEAD = 2**22 + 12345
"""Above the largest process number a Linux gives."""


def run(home: Path, script: str) -> subprocess.Popen[str]:
    """A process of its own, `start`ed on `home`: it says what the script prints, and ends when its input does."""
    whole = "from pathlib import Path\nfrom kitabxana.base import embedded\n"
    whole += f"home = Path({str(home)!r})\n" + textwrap.dedent(script)
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, "-c", whole], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


HOLD = """
url, server = embedded.start(home)
print(server.get_pid(), url, flush=True)
input()
"""


def said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def end(process: subprocess.Popen[str]) -> int:
    process.communicate("\n", timeout=60)
    return process.returncode


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with a database in it, not running."""
    directory = tmp_path_factory.mktemp("embedded")
    os.chmod(directory.parent.parent, 0o755)  # noqa: PTH101, S103 - the database's own user must reach its directory
    process = run(directory, HOLD)
    assert said(process)
    assert end(process) == 0
    yield directory
    assert not embedded.running(directory)


@pytest.mark.slow
def test_the_second_start_joins_and_the_last_to_leave_stops_the_server(home: Path) -> None:
    first, second = run(home, HOLD), run(home, HOLD)
    postmaster, url = said(first)
    assert said(second) == [postmaster, url]
    assert embedded.running(home)
    assert end(first) == 0
    assert embedded.running(home)
    assert psutil.pid_exists(int(postmaster))
    assert end(second) == 0
    assert not embedded.running(home)


@pytest.mark.slow
def test_a_stale_pid_file_that_names_a_stranger_is_forgotten(home: Path) -> None:
    pid_file = home / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{home}/postgres\n1700000000\n5432\n\n\n\n")
    assert not embedded.running(home)
    process = run(home, HOLD)
    postmaster, _ = said(process)
    assert int(postmaster) != os.getpid()
    assert end(process) == 0


@pytest.mark.slow
def test_a_killed_holder_does_not_keep_the_server_alive(home: Path) -> None:
    killed = run(home, HOLD)
    said(killed)
    killed.kill()
    killed.communicate(timeout=30)
    assert embedded.running(home)  # nobody was left to stop it
    process = run(home, HOLD)
    said(process)
    assert end(process) == 0
    assert not embedded.running(home)


@pytest.mark.slow
def test_the_server_listens_on_a_socket_only_its_owner_opens(home: Path) -> None:
    process = run(home, HOLD)
    _, url = said(process)
    assert "?host=/" in url
    socket = next(Path(url.split("?host=")[1]).glob(".s.PGSQL.*[0-9]"))
    assert socket.stat().st_mode & 0o077 == 0
    assert (home / "run").stat().st_mode & 0o777 == 0o700
    assert end(process) == 0


def test_dead_holders_are_forgotten_and_live_ones_kept(tmp_path: Path) -> None:
    holders = tmp_path / ".handle_pids.json"
    holders.write_text(json.dumps([DEAD, os.getpid()]))
    embedded._forget_the_dead(tmp_path)
    assert json.loads(holders.read_text()) == [os.getpid()]


@pytest.mark.parametrize("text", ["", "7", "{", '["x"]'])
def test_a_broken_list_of_holders_is_no_obstacle(tmp_path: Path, text: str) -> None:
    holders = tmp_path / ".handle_pids.json"
    holders.write_text(text)
    embedded._forget_the_dead(tmp_path)
    assert not holders.exists() or json.loads(holders.read_text()) == []


@pytest.mark.parametrize("text", ["", "nonsense\n", f"{DEAD}\n"])
def test_nothing_runs_where_the_pid_file_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text(text)
    assert not embedded.running(tmp_path)


def test_a_full_disk_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LEAST_FREE_BYTES", 2**62)
    with pytest.raises(embedded.DatabaseUnavailable, match=r"^The disk of .* is full: \d+ MB are free, \d+ MB are"):
        embedded.start(tmp_path)
    assert not (tmp_path / "postgres").exists()


def test_another_version_s_data_are_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "postgres"
    home.mkdir()
    (home / "PG_VERSION").write_text("19\n")
    with pytest.raises(embedded.DatabaseUnavailable, match="belongs to PostgreSQL 19; this version of Kitabxana carr"):
        embedded.start(tmp_path)
    assert sorted(path.name for path in home.iterdir()) == ["PG_VERSION"]


def test_a_data_directory_that_can_t_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(embedded.DatabaseUnavailable, match="can't be used: Not a directory"):
        embedded.start(tmp_path / "file" / "data")


def test_the_package_s_lock_lies_inside_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/somewhere/else")
    with embedded._runtime_dir(tmp_path):
        assert os.environ["XDG_RUNTIME_DIR"] == str(tmp_path / "run")
    assert os.environ["XDG_RUNTIME_DIR"] == "/somewhere/else"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    with embedded._runtime_dir(tmp_path):
        pass
    assert "XDG_RUNTIME_DIR" not in os.environ


@pytest.mark.parametrize(
    ("memory", "free", "buffers", "log"),
    [(1, 5, 128, 512), (2, 20, 256, 1280), (4, 40, 512, 2560), (64, 500, 1024, 4096)],
)
def test_the_server_is_cut_to_the_machine(memory: int, free: int, buffers: int, log: int) -> None:
    told = embedded.settings_for(memory=memory << 30, free=free << 30).splitlines()
    assert f"shared_buffers = {buffers}MB" in told
    assert f"max_wal_size = {log}MB" in told


@pytest.mark.parametrize("limit", ["max\n", "", "1073741824\n", None])
def test_a_containers_limit_counts_as_its_memory(
    limit: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "memory.max"
    if limit is not None:
        file.write_text(limit)
    monkeypatch.setattr(embedded, "MEMORY_LIMIT", file)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8 << 30))
    assert embedded._memory() == (1 << 30 if limit and limit[0] == "1" else 8 << 30)
