"""kill -9 of the server between any two statements: what a client was told stays done, nothing is done by halves.

A few dozen operations in every run, a thousand with `pytest --long`.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from kitabxana.base import embedded
from tests.flows.mortal_server import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
DESKS, MOST_EVENTS = 3, 300
TRIES = 60


@dataclass(frozen=True)
class Asked:
    path: str
    body: dict[str, Any]
    key: str


class Desk:
    """Asks at random; what was not answered it asks again with the same key, as a program must."""

    def __init__(self, world: dict[str, Any], seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.told: list[tuple[Asked, int, Any]] = []
        self.broken = 0

    def work(self, operations: int) -> None:
        loans: list[int] = []
        for _ in range(operations):
            asked = self.anything(loans)
            status, answer = self.ask(asked)
            assert status in (201, 409, 404), (status, answer)
            self.told.append((asked, status, answer))
            if status == 201 and asked.path == "/checkouts":
                loans.append(answer["checkout_id"])

    def anything(self, loans: list[int]) -> Asked:
        pick = self.chance.choice
        item, reader, library = (pick(self.world[name]) for name in ("items", "readers", "libraries"))
        lift = ["on_loan", "held_for_other", "wanted_by_other", "already_lent_to_patron"]
        here = {"item_id": item, "library_id": library}
        kinds = [
            ("/checkouts", {**here, "patron_id": reader, "override": lift}),
            ("/checkouts", {**here, "patron_id": reader}),
            ("/checkins", here),
            ("/checkins", here),
            (f"/patrons/{reader}/account/debits", {"amount": "0.40", "library_id": library}),
            (
                f"/patrons/{reader}/account/credits",
                {"amount": "0.25", "payment_type": "CARD", "library_id": library},
            ),
        ]
        if loans:
            kinds.append((f"/checkouts/{pick(loans)}/renewals", {}))
        path, body = pick(kinds)
        return Asked(path, body, str(uuid.UUID(int=self.chance.getrandbits(128), version=4)))

    def ask(self, asked: Asked) -> tuple[int, Any]:
        for _ in range(TRIES):
            line = http.client.HTTPConnection("127.0.0.1", self.world["port"], timeout=30)
            try:
                headers = {
                    "Authorization": f"Bearer {self.world['token']}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": asked.key,
                }
                line.request("POST", f"/api/v1{asked.path}", json.dumps(asked.body), headers)
                answer = line.getresponse()
                if answer.length is None:  # the server died between the status line and the headers
                    raise http.client.IncompleteRead(b"")
                return answer.status, json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.broken += 1
            finally:
                line.close()
        pytest.fail(f"no answer to {asked.path}")


@pytest.fixture
def home() -> Iterator[Path]:
    """A data directory where the database's own user may go too, which below pytest's own directories it may not."""
    with tempfile.TemporaryDirectory(prefix="kitabxana-test-") as directory:
        yield Path(directory) / "data"


def environment(home: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("KITABXANA_", "DJANGO_", "COV"))}
    return clean | {"KITABXANA_DATA_DIR": str(home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def test_nothing_told_is_lost_and_nothing_is_done_by_halves(home: Path, long: bool) -> None:  # noqa: FBT001 - a fixture
    operations = 1000 if long else 45
    seed = random.randrange(10_000) if long else 7
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "flows" / "mortal_server.py"), str(seed), str(MOST_EVENTS)],
        env=environment(home), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        world = json.loads(server.stdout.readline()) | {"libraries": LIBRARIES}
        desks = [Desk(world, seed + number) for number in range(DESKS)]
        workers = [threading.Thread(target=desk.work, args=(operations // DESKS,)) for desk in desks]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        told = [one for desk in desks for one in desk.told]
        assert len(told) == operations // DESKS * DESKS  # no desk fell over
        done = [one for one in told if one[1] == 201]
        again = [desks[0].ask(asked) for asked, _, _ in done]
        assert again == [(status, answer) for _, status, answer in done]
    finally:
        server.send_signal(signal.SIGTERM)
        last = server.communicate(timeout=60)[0]
    assert json.loads(last)["deaths"] >= operations // 10, "too few died: this proves nothing"
    assert min(counted(done).values()) > 0
    _compare(home, done)


def counted(done: list[tuple[Asked, int, Any]]) -> Counter[str]:
    """How many of each kind were told to be done."""
    return Counter(asked.path.rpartition("/")[2] for asked, _, _ in done)


def _compare(home: Path, done: list[tuple[Asked, int, Any]]) -> None:
    checked = subprocess.run(
        [sys.executable, "-c", "from kitabxana.cli import main; main()", "check", "--json"],
        env=environment(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = json.loads(checked.stdout)
    assert "problems" in answer, answer
    problems = [one for one in answer["problems"] if one["code"] != "index_behind"]
    assert problems == []
    told = counted(done)
    url, server = embedded.start(home)
    with psycopg.connect(url.replace("/postgres?", "/kitabxana?"), autocommit=True) as connection:

        def count(statement: str) -> int:
            row = connection.execute(statement).fetchone()
            assert row is not None
            return int(row[0])

        trail = dict(connection.execute("SELECT action, count(*) FROM base_auditentry GROUP BY 1").fetchall())
        # A copy lent from another's hands was taken back first, one the reader had already was renewed.
        renewals = trail.get("loan.renew", 0)
        assert trail["loan.check_out"] + renewals == told["checkouts"] + told["renewals"]
        assert count("SELECT count(*) FROM charges_debit WHERE kind = 'manual'") == told["debits"]
        assert count("SELECT count(*) FROM charges_credit WHERE kind = 'payment'") == told["credits"]
        whole = count("SELECT count(*) FROM circulation_loan") + count("SELECT count(*) FROM circulation_pastloan")
        assert whole == trail["loan.check_out"]
        assert count("SELECT count(*) FROM charges_debit WHERE kind = 'rental'") == whole
        known = {
            (row[0], row[1], row[2])
            for row in connection.execute(
                "SELECT id, item_id, patron_id FROM circulation_loan"
                " UNION ALL SELECT id, item_id, patron_id FROM circulation_pastloan"
            )
        }
        lent = {
            (answer["checkout_id"], answer["item_id"], answer["patron_id"])
            for asked, _, answer in done
            if asked.path == "/checkouts"
        }
        assert lent == known
    server.cleanup()
