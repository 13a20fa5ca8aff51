"""The reader's pages through HTTP: results (20 hits with their live copies) and detail, beside an empty view.

Usage: bench/pages.py [RECORDS] [CLIENTS]   (default 20,000 multiplied records, 4 clients, 2 workers)
Prints one JSON object: requests a second, p50 and p95 in milliseconds, the ratio to the empty view (robots.txt) of the
same server in the same run, and the memory of a worker. The queries are those of the relevance set.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent))

from search import COMMAND, ENVIRONMENT, QUERIES, make_file, run

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 12
WORKERS = 2


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=2).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return


def drive(port: int, paths: Sequence[str], clients: int) -> dict[str, float]:
    """Requests from `clients` at once over kept connections for some seconds; what was not answered 200 raises."""
    taken: list[float] = []
    failed: list[int] = []
    until = time.perf_counter() + SECONDS

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < until:
            started = time.perf_counter()
            connection.request("GET", chance.choice(paths))
            answer = connection.getresponse()
            answer.read()
            taken.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                failed.append(answer.status)
                return

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"answered {failed[0]}")
    taken.sort()
    return {
        "per_second": round(len(taken) / SECONDS, 1),
        "p50_ms": round(taken[len(taken) // 2], 1),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 1),
    }


def worker_memory(server: subprocess.Popen[bytes]) -> int:
    """Private memory of the largest process of the server, the database's own left out, in MB."""
    family = psutil.Process(server.pid).children(recursive=True)
    ours = [one for one in family if "postgres" not in one.name()]
    return max(one.memory_full_info().uss for one in ours) >> 20


def measure(port: int, records: int, clients: int, server: subprocess.Popen[bytes]) -> dict[str, Any]:
    texts = [line.split("\t")[4] for line in QUERIES.read_text("utf-8").splitlines()[1:]]
    results = ["/search?" + urllib.parse.urlencode({"q": text}) for text in texts]
    details = [f"/records/{number}/" for number in range(1, records + 1, max(1, records // 2000))]
    for path in (*results[:40], *details[:20]):  # the first of each page makes what is kept
        drive_once(port, path)
    empty = drive(port, ["/robots.txt"], clients)
    figures = {"empty": empty, "results": drive(port, results, clients), "detail": drive(port, details, clients)}
    for name in ("results", "detail"):
        figures[name]["ratio_to_empty"] = round(figures[name]["per_second"] / empty["per_second"], 3)
    return {**figures, "worker_private_mb": worker_memory(server)}


def drive_once(port: int, path: str) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).close()


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        environment = {**ENVIRONMENT, "KITABXANA_DATA_DIR": f"{home}/data", "KITABXANA_SEARCHES_PER_MINUTE": "0"}
        file = Path(home) / "bench.mrc"
        make_file(file, records)
        run("init", environment=environment)
        run("import", "marc", str(file), environment=environment)
        port = free_port()
        server = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), "--workers", str(WORKERS)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            figures = measure(port, records, clients, server)
        finally:
            server.terminate()
            server.wait(timeout=60)
        print(json.dumps({"bench": "pages", "records": records, "clients": clients, "workers": WORKERS, **figures}))


if __name__ == "__main__":
    main()
