"""The command line as a person and as a program use it: real processes, an own data directory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.tests.builders import a_file, numbered

# Whoever starts the tests in the background has Ctrl-C ignored for all its children: the commands must hear it.
KITABXANA = [
    sys.executable,
    "-c",
    (
        "import signal\nfrom kitabxana.cli import main\nif __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n    main()"
    ),
]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


def environment(home: Path, **more: str) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("KITABXANA_", "DJANGO_", "COV"))}
    return clean | {"KITABXANA_DATA_DIR": str(home / "data")} | more


def run(home: Path, *words: str, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KITABXANA, *words],
        env=environment(home, **more),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answer(home: Path, *words: str, status: int = 0, **more: Any) -> dict[str, Any]:
    done = run(home, *words, "--json", **more)
    assert done.returncode == status, done.stderr
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


def test_the_main_job_by_command(home: Path, tmp_path: Path) -> None:
    assert answer(home, "init")["was"] == "empty"
    password = home / "data" / "admin_password"
    assert password.stat().st_mode & 0o777 == 0o600
    file = a_file(tmp_path / "a.mrc", numbered(5), junk_after=2)
    summary = answer(home, "import", "marc", str(file))
    assert {key: summary[key] for key in ("read", "created", "updated", "unchanged", "rejected")} == {
        "read": 6, "created": 5, "updated": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert Path(summary["rejects_file"]).exists()
    found = answer(home, "search", "KİTAB 3")
    assert found["total"] == 1
    assert found["hits"][0].keys() == {"biblio_id", "title", "author", "year", "score"}
    assert found["hits"][0]["title"] == "Kitab 3"
    assert answer(home, "search", "kitab", "--limit", "2")["total"] == 5
    assert answer(home, "index", "status")["in_step"] is True
    assert answer(home, "index", "rebuild")["indexed"] == 5
    assert answer(home, "search", "kitab")["total"] == 5
    checked = answer(home, "check")
    assert checked["checked"] > 10
    assert checked["problems"] == []


def test_wrong_use_and_failure_have_their_own_status(home: Path, tmp_path: Path) -> None:
    assert run(home, "import", "marc").returncode == 2
    assert run(home, "import", "marc", str(tmp_path / "missing.mrc")).returncode == 2
    assert run(home, "nonsense").returncode == 2
    weak = run(home, "user", "add", "zeynab", "--role", "librarian", "--password-stdin", "--json", stdin="123\n")
    assert weak.returncode == 1
    assert json.loads(weak.stdout)["error"]["code"] == "weak_password"
    nowhere = run(home, "user", "add", "zeynab", "--role", "librarian", "--unit", "NOPE", "--json")
    assert nowhere.returncode == 1
    assert json.loads(nowhere.stdout)["error"]["code"] == "unknown_unit"
    assert "Traceback" not in weak.stderr + nowhere.stderr


def test_a_login_is_added_once(home: Path) -> None:
    made = answer(home, "user", "add", "kamran", "--role", "librarian", "--api-client")
    assert made["password"]
    assert made["client_secret"]
    assert answer(home, "user", "add", "kamran", "--role", "librarian", status=1)["error"]["code"] == "login_taken"


def test_a_broken_check_tells_and_fails(home: Path, tmp_path: Path) -> None:
    import psycopg

    from kitabxana.base import embedded

    answer(home, "import", "marc", str(a_file(tmp_path / "b1.mrc", numbered(1))))  # in whatever process this test runs
    url, server = embedded.start(home / "data")
    with psycopg.connect(url.replace("/postgres?", "/kitabxana?"), autocommit=True) as connection:
        connection.execute("UPDATE holdings_item SET place = 'loan' WHERE barcode = 'B1'")
        found = answer(home, "check", status=1)
        assert [problem["code"] for problem in found["problems"]] == ["item_on_loan_without_loan"]
        connection.execute("UPDATE holdings_item SET place = 'shelf' WHERE barcode = 'B1'")
    server.cleanup()
    assert answer(home, "check")["problems"] == []


def _wait_for_records(url: str, *, more_than: int, process: subprocess.Popen[bytes]) -> int:
    """How many records are stored as soon as the import has committed some of its own."""
    import psycopg

    with psycopg.connect(url.replace("/postgres?", "/kitabxana?"), autocommit=True) as connection:
        while process.poll() is None:
            row = connection.execute("SELECT count(*) FROM catalogue_record WHERE deleted_at IS NULL").fetchone()
            if row is not None and row[0] > more_than:
                return int(row[0])
            time.sleep(0.02)
    pytest.fail("the import ended before it could be killed")


def test_a_killed_import_loses_and_doubles_nothing(home: Path, tmp_path: Path) -> None:
    file = a_file(tmp_path / "big.mrc", numbered(15_000, title="Böyük"))
    answer(home, "init")
    before = answer(home, "index", "status")["records"]
    from kitabxana.base import embedded

    url, server = embedded.start(home / "data")  # held all the time: only the import is killed
    process = subprocess.Popen([*KITABXANA, "import", "marc", str(file), "--json"], env=environment(home))
    stored = _wait_for_records(url, more_than=before, process=process)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert before < stored < before + 15_000  # killed in the midst of it
    summary = answer(home, "import", "marc", str(file))
    assert summary["read"] == 15_000
    assert summary["created"] + summary["unchanged"] + summary["updated"] == 15_000
    assert answer(home, "search", "böyük")["total"] == 15_000
    answer(home, "worker", "--once")
    assert answer(home, "index", "status")["in_step"] is True
    assert answer(home, "check")["problems"] == []
    server.cleanup()


def test_an_export_comes_back_the_same_and_broken_off_leaves_nothing(home: Path, tmp_path: Path) -> None:
    iso = a_file(tmp_path / "a.mrc", numbered(3000, title="Köçürmə"))
    answer(home, "import", "marc", str(iso))
    whole = answer(home, "export", "marc", "--output", str(tmp_path / "all.json.zst"))
    assert (whole["format"], whole["left_out"]) == ("marcjson", 0)
    assert whole["records"] >= 3000
    again = answer(home, "import", "marc", str(tmp_path / "all.json.zst"))
    assert (again["read"], again["unchanged"]) == (whole["records"], whole["records"])
    done = run(home, "export", "marc", "--output", "-", "--format", "mrk", "--query", "köçürmə", "--items")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("=LDR  ") == done.stdout.count("=952  ") == 3000
    with subprocess.Popen(
        [*KITABXANA, "export", "marc", "--output", str(tmp_path / "b" / "big.mods.gz"), "--items"],
        env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        (tmp_path / "b").mkdir()
        deadline = time.monotonic() + 60
        while not list((tmp_path / "b").iterdir()) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 1
    assert list((tmp_path / "b").iterdir()) == []


def test_data_of_a_newer_version_and_a_taken_port_are_sentences(home: Path) -> None:
    import psycopg

    from kitabxana.base import embedded

    url, server = embedded.start(home / "data")
    with psycopg.connect(url.replace("/postgres?", "/kitabxana?"), autocommit=True) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('base', '9999_future', now())")
        newer = run(home, "search", "kitab", "--json")
        connection.execute("DELETE FROM django_migrations WHERE name = '9999_future'")
    server.cleanup()
    assert newer.returncode == 1
    assert "newer version" in json.loads(newer.stdout)["error"]["message"]
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = run(home, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr + newer.stderr


def test_a_file_is_staged_committed_and_taken_back(home: Path, tmp_path: Path) -> None:
    answer(home, "init")
    before = answer(home, "index", "status")["records"]
    file = a_file(tmp_path / "staged.mrc", numbered(4, title="Mərhələli"), junk_after=1)
    [staged] = answer(home, "import", "marc", str(file), "--stage")["batches"]
    assert (staged["state"], staged["read"], staged["verdicts"]["rejected"]) == ("staged", 5, 1)
    number = str(staged["batch"])
    shown = answer(home, "batch", "show", number, "--verdict", "rejected")
    assert [row["reason"] for row in shown["records"]] == ["bad_directory"]
    assert answer(home, "index", "status")["records"] == before
    committed = answer(home, "batch", "commit", number, "--doubtful", "skip")
    assert committed["state"] == "committed"
    assert answer(home, "batch", "commit", number, status=1)["error"]["code"] == "batch_not_ready"
    undone = answer(home, "batch", "undo", number)
    assert (undone["state"], undone["results"].get("stays")) == ("undone", None)
    assert answer(home, "index", "status")["records"] == before
    assert answer(home, "batch", "list")["batches"][0]["batch"] == staged["batch"]
    assert answer(home, "batch", "show", "99999", status=1)["error"]["code"] == "unknown_batch"


def test_duplicates_are_searched_halted_and_shown(home: Path, tmp_path: Path) -> None:
    answer(home, "init")
    assert answer(home, "duplicates", "show", status=1)["error"]["code"] == "unknown_search"
    twice = [book(title="Qoşa kitab", author="Kimsə, Bir"), book(title="Гоша китаб", author="Кимсә, Бир")]
    answer(home, "import", "marc", str(a_file(tmp_path / "twice.mrc", twice)))
    assert answer(home, "duplicates", "find", "--least", "5", status=1)["error"]["code"] == "bad_score"
    begun = answer(home, "duplicates", "find", "--later")
    assert begun["state"] == "running"
    assert answer(home, "duplicates", "find", status=1)["error"]["code"] == "search_running"
    assert answer(home, "duplicates", "stop")["state"] == "cancelled"
    assert answer(home, "duplicates", "stop", status=1)["error"]["code"] == "unknown_search"
    done = answer(home, "duplicates", "resume")
    assert (done["state"], done["percent"]) == ("done", 100)
    shown = answer(home, "duplicates", "show")
    assert shown["total"] == done["clusters_left"] >= 1
    assert any(len(cluster["records"]) == 2 for cluster in shown["clusters"])
