"""The reading half of an import in processes of their own: they parse and derive while this one stores and indexes."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from itertools import cycle
from queue import Full, Queue
from typing import IO, TYPE_CHECKING, Any

from kitabxana.exchange.rules.prepare import prepare_file
from kitabxana.formats.marc import SourceError, format_of
from kitabxana.kernel.memory import collect_seldom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitabxana.exchange.facts import Prepared, Profile

WAITING_BATCHES = 2
"""How far each reader may run ahead of storing: what bounds the memory."""

WORTH_TWO_BYTES = 8 * 2**20
"""From which size of file on, packed or not, a second reader is worth the second that it takes to start."""

# Not a fork, which would share the database's connection, nor multiprocessing, which runs the caller's script again.
_COMMAND = [sys.executable, "-c", "from kitabxana.exchange.rules.feed import read; read()"]


class ReaderDied(Exception):
    """The reading process ended without saying that it was done."""


@contextmanager
def batches(path: Path, *, start: int, profile: Profile, batch: int) -> Iterator[Iterator[list[Prepared]]]:
    """Batches of prepared records, read ahead in other processes that end with the block.

    The iterator raises SourceError where the file is damaged, after everything before the damage.
    """
    readers = _how_many(path, profile)
    with ExitStack() as stack:
        shares = [((number, readers), start, profile, batch) for number in range(readers)]
        yield _in_turn([stack.enter_context(_reading(path, *share)) for share in shares])


def _how_many(path: Path, profile: Profile) -> int:
    """Two where there are cores for them, the file is worth the start of another, and can be shared out."""
    try:
        worth = path.stat().st_size > WORTH_TWO_BYTES and len(os.sched_getaffinity(0)) > 1
        return 2 if worth and (profile.form or format_of(path)) == "iso2709" else 1
    except SourceError:
        return 1


@contextmanager
def _reading(
    path: Path, share: tuple[int, int], start: int, profile: Profile, batch: int
) -> Iterator[Iterator[list[Prepared]]]:
    process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    assert process.stdin
    assert process.stdout
    with process.stdin as told:
        pickle.dump((path, share, start, profile, batch), told)
    waiting: Queue[Any] = Queue(WAITING_BATCHES)
    over = threading.Event()
    receiver = threading.Thread(target=_receive, args=(process.stdout, waiting, over), daemon=True)
    receiver.start()
    try:
        yield _drain(waiting, process)
    finally:
        over.set()
        process.terminate()
        receiver.join()
        process.stdout.close()
        process.wait()


def _in_turn(readers: list[Iterator[list[Prepared]]]) -> Iterator[list[Prepared]]:
    """The batches in the file's order: who has none in its turn is at the end, and so are the others."""
    for reader in cycle(readers):
        batch = next(reader, None)
        if batch is None:
            return
        yield batch


def read() -> None:
    """The reading process: what to read comes on standard input, batches go to standard output, then None."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the storing process's to answer
    collect_seldom()
    path, share, start, profile, batch = pickle.load(sys.stdin.buffer)  # noqa: S301 - from who started this one
    last: Any = None
    try:
        for prepared in prepare_file(path, start=start, profile=profile, batch=batch, share=share):
            pickle.dump(prepared, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
    except (SourceError, OSError) as error:
        last = error
    pickle.dump(last, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _receive(source: IO[bytes], waiting: Queue[Any], over: threading.Event) -> None:
    item: Any = ()
    while item is not None and not isinstance(item, Exception) and not over.is_set():
        try:
            item = pickle.load(source)  # noqa: S301 - from the process this one started
        except (EOFError, pickle.UnpicklingError):
            item = ReaderDied()
        while not over.is_set():
            try:
                waiting.put(item, timeout=0.2)
                break
            except Full:
                continue


def _drain(waiting: Queue[Any], process: subprocess.Popen[bytes]) -> Iterator[list[Prepared]]:
    while (item := waiting.get()) is not None:
        if isinstance(item, ReaderDied):
            raise ReaderDied(f"exit status {process.wait()}")
        if isinstance(item, Exception):
            raise item
        yield item
