"""The reading half of an import in a process of its own: one core parses and derives, the other stores and indexes."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kitabxana.exchange.rules.prepare import prepare_file
from kitabxana.formats.marc import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue
    from pathlib import Path

    from kitabxana.exchange.facts import Prepared, Profile

WAITING_BATCHES = 3
"""How far reading may run ahead of storing: what bounds the memory."""


class ReaderDied(Exception):
    """The reading process ended without saying that it was done."""


@contextmanager
def batches(path: Path, *, start: int, profile: Profile, batch: int) -> Iterator[Iterator[list[Prepared]]]:
    """Batches of prepared records, read ahead in another process that ends with the block.

    The iterator raises SourceError where the file is damaged, after everything before the damage.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share the database's connection
    queue: Queue[Any] = context.Queue(WAITING_BATCHES)
    process = context.Process(target=_feed, args=(queue, path, start, profile, batch), daemon=True)
    process.start()
    try:
        yield _drain(queue, process)
    finally:
        process.terminate()
        process.join()
        queue.close()
        queue.cancel_join_thread()


def _feed(queue: Queue[Any], path: Path, start: int, profile: Profile, batch: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the storing process's to answer
    try:
        for prepared in prepare_file(path, start=start, profile=profile, batch=batch):
            queue.put(prepared)
        queue.put(None)
    except (SourceError, OSError) as error:
        queue.put(error)


def _drain(queue: Queue[Any], process: Any) -> Iterator[list[Prepared]]:
    from queue import Empty

    while True:
        try:
            item = queue.get(timeout=1)
        except Empty:
            if not process.is_alive():
                raise ReaderDied(f"exit status {process.exitcode}") from None
            continue
        if item is None:
            return
        if isinstance(item, Exception):
            raise item
        yield item
