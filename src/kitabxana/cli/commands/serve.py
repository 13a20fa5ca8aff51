"""kitabxana serve, kitabxana worker"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.5
LETTERS_POLL_SECONDS = 2
GRACE_SECONDS = 4
"""How long a web process may take to end; one that is asked twice at once (Ctrl-C and its parent) may never answer."""

WORKER_COMMAND = [sys.executable, "-c", "from kitabxana.cli import main; main()", "worker"]


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that answer.")
@json_option
def serve(*, port: int, host: str, workers: int, as_json: bool) -> None:
    """Serve pages and REST, with the background worker, until ended."""
    prepare()
    refuse_taken(host, port)
    from kitabxana.cli.install import collect_static, compile_translations, ensure_administrator

    compile_translations()
    collect_static()
    ensure_administrator()
    run_server(host=host, port=port, workers=workers, as_json=as_json)


def refuse_taken(host: str, port: int) -> None:
    """Say so early, in one sentence, when the port can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            reason = f"Port {port} on {host} can't be used: {taken.strerror}. Choose another with --port."
            raise Failed(reason, code="port_taken") from taken


def run_server(*, host: str, port: int, workers: int, as_json: bool = False) -> None:
    """Run granian with the worker beside it; returns when it has been ended."""
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connection.close()
    background = subprocess.Popen(WORKER_COMMAND)
    if not as_json:
        people.print(f"Serving on http://{host}:{port} (Ctrl-C ends it)")
    try:
        Granian(
            "kitabxana.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=2,
            log_level=LogLevels.warning,
            websockets=False,
            workers_kill_timeout=GRACE_SECONDS,
        ).serve()
    finally:
        background.send_signal(signal.SIGTERM)
        background.wait(timeout=30)


@click.command()
@click.option("--once", is_flag=True, help="Deliver what waits, then end.")
@json_option
def worker(*, once: bool, as_json: bool) -> dict[str, Any]:
    """Deliver events; do what time brings; work through imports and searches; send notices."""
    prepare()
    delivered, hour, housework = 0, None, threading.Thread()
    parent = os.getppid()
    ended = _until_ended()
    postman = threading.Thread(target=_send_letters, args=(ended,), daemon=True)
    if not once:
        postman.start()
    while True:
        now = datetime.now(tz=UTC)
        if hour != now.replace(minute=0, second=0, microsecond=0) and not housework.is_alive():
            new_day = hour is None or hour.date() != now.date()
            housework = threading.Thread(
                target=_what_time_brings, args=(now,), kwargs={"new_day": new_day}, daemon=True
            )
            housework.start()
            hour = now.replace(minute=0, second=0, microsecond=0)
            if once:
                housework.join()
        count = _deliver()
        delivered += count
        count += _step()
        count += _send_now() if once else 0
        if (once and not count) or ended() or (os.getppid() != parent and not once):
            break
        if not count:
            time.sleep(POLL_SECONDS)
    if postman.is_alive():
        postman.join(timeout=GRACE_SECONDS)
    if once and not as_json:
        people.print(f"{delivered} events delivered")
    return {"delivered": delivered}


def _what_time_brings(now: datetime, new_day: bool) -> None:  # noqa: FBT001 - a thread's arguments have no names
    """Every hour renewals, holds that end or go on, and fines; every day partitions, old keys, lost copies, readers,
    and what readers are told because a day has come.

    Beside the rounds of events, in a thread with a connection of its own: a night's fines must not keep a changed
    record from being found. What fails is logged and tried again the next time; the others go on.
    """
    from django.db import connection

    from kitabxana.base import audit, idempotency
    from kitabxana.base.actor import SYSTEM
    from kitabxana.circulation.operations import (
        accrue_fines,
        advance_rotas,
        age_to_lost,
        ask_again,
        end_false_fines,
        expire_holds,
        forget_ended,
        renew_of_themselves,
        resume_holds,
    )
    from kitabxana.notices.operations import tell_of_the_day
    from kitabxana.patrons.operations import nightly
    from kitabxana.search.operations import forget_misses

    daily: list[Callable[[], object]] = [
        audit.make_partitions,
        lambda: idempotency.forget(now=now),
        lambda: age_to_lost(by=SYSTEM, now=now),
        lambda: ask_again(now=now),
        lambda: advance_rotas(now=now),
        lambda: end_false_fines(by=SYSTEM, now=now),
        lambda: nightly(by=SYSTEM, now=now),
        lambda: forget_ended(now=now),
        lambda: forget_misses(on=now.date()),
        lambda: tell_of_the_day(now=now),
    ]
    hourly: list[Callable[[], object]] = [
        lambda: renew_of_themselves(by=SYSTEM, now=now),
        lambda: expire_holds(by=SYSTEM, now=now),
        lambda: resume_holds(by=SYSTEM, now=now),
        lambda: accrue_fines(by=SYSTEM, now=now),
    ]
    for work in (*(daily if new_day else ()), *hourly):
        try:
            work()
        except Exception:
            logger.exception("what is done by the hour failed")
            connection.close()
    connection.close()


def _deliver() -> int:
    """One round; a database that is away for a while is waited for."""
    from django.db import InterfaceError, OperationalError, connection

    from kitabxana.base import outbox
    from kitabxana.wiring import AT_LEISURE, HANDLERS

    try:
        return outbox.deliver(HANDLERS, at_leisure=AT_LEISURE)
    except (OperationalError, InterfaceError) as away:
        people.print(f"The database does not answer: {away}", soft_wrap=True)
        connection.close()
        time.sleep(2)
        return 0


def _step() -> int:
    """One step of a staged import and of a search for duplicates: events never wait longer than for that."""
    from django.db import InterfaceError, OperationalError

    from kitabxana.catalogue.operations import search_on
    from kitabxana.exchange.operations import advance

    try:
        return int(advance()) + int(search_on())
    except (OperationalError, InterfaceError):  # the next round of events waits for the database
        return 0


def _send_letters(ended: Callable[[], bool]) -> None:
    """E-mail and SMS, in a thread of their own: a slow mail server must not keep a changed record from being found."""
    from django.db import connection

    while not ended():
        if not _send_now(ended):
            connection.close()
            time.sleep(LETTERS_POLL_SECONDS)
    connection.close()


def _send_now(ended: Callable[[], bool] = lambda: False) -> int:
    """One round of messages; what fails beyond its message is logged and waited for."""
    from django.db import connection

    from kitabxana.notices.operations import send_due

    try:
        return send_due(stop=ended)
    except Exception:
        logger.exception("sending messages failed")
        connection.close()
        return 0


def _until_ended() -> Any:
    """Ctrl-C and SIGTERM end the worker between two rounds, never within one."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: asked.append(received))
    return lambda: bool(asked)
