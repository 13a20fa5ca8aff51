"""A server that dies by SIGKILL between two statements, and is there again at once: lives are forked one after another.

Usage: mortal_server.py SEED MOST    (with KITABXANA_DATA_DIR, which it fills). Prints one JSON line when it listens:
port, token, readers, items. Each life ends at a random event of its first MOST: before or after a statement, before or
after a commit, before an answer. On SIGTERM the life that runs is the last.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import threading
from typing import Any

READERS, ITEMS, TITLES = 6, 12, 4
LIBRARIES = ("GNC-M", "GNC-2", "SAK-M")


def a_small_world() -> dict[str, Any]:
    """Readers, copies, and a program that may do everything; returns what a client must know."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from kitabxana.base.actor import SYSTEM
    from kitabxana.base.models import ApiClient
    from kitabxana.catalogue.tests.builders import a_record
    from kitabxana.circulation.operations import place_hold
    from kitabxana.fronts.rest.session import issue_token
    from kitabxana.holdings.tests.builders import a_copy
    from kitabxana.organisation.operations import add_unit, set_policy
    from kitabxana.organisation.tests.builders import a_login
    from kitabxana.patrons.tests.builders import a_reader

    for code in LIBRARIES:
        add_unit(code=code, kind="library", parent="AZ", names={}, by=SYSTEM)
    for name, value in {"max_loans": 6, "renewals_allowed": 50, "rental_fee": 30}.items():
        set_policy(name=name, value=value, by=SYSTEM)
    titles = [a_record() for _ in range(TITLES)]
    items = [a_copy(titles[n % TITLES], barcode=f"B{n}", unit=LIBRARIES[n % 3]) for n in range(ITEMS)]
    readers = [a_reader(card=f"R{n}") for n in range(READERS)]
    for number, title in enumerate(titles):
        place_hold(
            record_id=title, patron_id=readers[number], pickup_unit=LIBRARIES[number % 3], by=SYSTEM,
            now=timezone.now(),
        )  # fmt: skip
    login = a_login("program", role="administrator")
    ApiClient.objects.create(client_id="program", secret_hash=make_password("-"), user=login)
    return {"token": issue_token("program"), "readers": readers, "items": items}


class Fate:
    """Counts what happens in this life; at the hour that is set for it, the process is gone."""

    def __init__(self, hour: int) -> None:
        self.left = hour
        self.lock = threading.Lock()

    def event(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around_statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own signature
        self.event()
        done = execute(sql, params, many, context)
        self.event()
        return done

    def watch(self) -> None:
        """Hang on to every connection of this life and to its commits."""
        from django.db.backends.postgresql.base import DatabaseWrapper
        from django.db.backends.signals import connection_created

        commit = DatabaseWrapper._commit

        def watched(wrapper: DatabaseWrapper) -> Any:
            self.event()
            done = commit(wrapper)
            self.event()
            return done

        DatabaseWrapper._commit = watched  # type: ignore[method-assign]
        connection_created.connect(
            lambda connection, **_: connection.execute_wrappers.append(self.around_statement), weak=False
        )


def live(listening: socket.socket, fate: Fate) -> None:
    """Answer requests, several at once, until death."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    from kitabxana.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

        def server_bind(self) -> None:
            self.socket = listening
            self.server_address = listening.getsockname()
            self.server_name, self.server_port = "localhost", self.server_address[1]
            self.setup_environ()

        def server_activate(self) -> None:
            pass

    def answered(environ: Any, start: Any) -> Any:
        whole = application(environ, start)
        fate.event()
        return whole

    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(answered)
    server.serve_forever()


def _warm_up() -> None:
    """Import and build what a first request needs, once for all lives."""
    from django.test import Client

    assert Client(SERVER_NAME="localhost").get("/api/v1/nothing").status_code == 404


def main() -> None:
    chance, most = random.Random(int(sys.argv[1])), int(sys.argv[2])
    from kitabxana.cli.environment import prepare

    prepare()
    from django.db import connection

    world = a_small_world()
    _warm_up()
    connection.close()
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    print(json.dumps({"port": listening.getsockname()[1], **world}), flush=True)  # noqa: T201 - to who started it
    deaths = 0
    while not ended:
        hour = chance.randint(1, most)
        life = os.fork()
        if life == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            fate = Fate(hour)
            fate.watch()
            live(listening, fate)
        while not ended:
            done, _ = os.waitpid(life, os.WNOHANG)
            if done:
                deaths += 1
                break
            signal.sigtimedwait([signal.SIGCHLD], 0.05)
    os.kill(life, signal.SIGKILL)
    print(json.dumps({"deaths": deaths}), flush=True)  # noqa: T201 - to who started it


if __name__ == "__main__":
    main()
