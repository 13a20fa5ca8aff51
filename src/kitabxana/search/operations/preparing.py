"""Documents of all records, made for a rebuild: in this process, or by others beside it."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from queue import Queue
from typing import TYPE_CHECKING, Any, Final

from kitabxana.catalogue.facts import Derived
from kitabxana.catalogue.queries import each_stored
from kitabxana.holdings.queries import stock_of
from kitabxana.kernel.memory import collect_seldom
from kitabxana.organisation.queries import tree
from kitabxana.search.operations.holding import held
from kitabxana.search.rules import document, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from kitabxana.catalogue.facts import Stored
    from kitabxana.search.facts import Document

BATCH: Final = 1000
WAITING: Final = 2
"""How many batches each process may be ahead of the writer: what bounds the memory."""

# Not a fork, which would share the database's connection, nor multiprocessing, which runs the caller's script again.
_COMMAND: Final = "import django; django.setup(); from kitabxana.search.operations.preparing import serve; serve()"


class PreparerDied(Exception):
    """A preparing process ended without saying that it was done."""


def each_prepared(*, processes: int = 0) -> Iterator[list[str]]:
    """Batches of encoded documents of every findable record; `processes` others make them, or this one (0).

    Other processes see only what is committed. They end with the iteration.
    """
    return _prepared(part=0, parts=1) if not processes else _by_others(processes)


def _prepared(*, part: int, parts: int) -> Iterator[list[str]]:
    for batch in each_stored(batch=BATCH, part=part, parts=parts):
        yield [encoded(one) for one in documents(batch)]


def documents(records: Sequence[Stored]) -> Iterator[Document]:
    """The index documents of these records, with what is held of them now; one statement."""
    organisation = tree()
    stock = stock_of(record.id for record in records)
    for record in records:
        derived = Derived("b", record.control_number, "", b"", record.brief, record.identifiers)
        now_held = held(organisation, stock.get(record.id), added=record.created_at)
        yield document(record_id=record.id, marc=record.marc, derived=derived, held=now_held)


def serve() -> None:
    """A preparing process: its part and their number are its arguments; batches go to standard output, then None."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the writing process's to answer
    collect_seldom()
    out = sys.stdout.buffer
    for batch in _prepared(part=int(sys.argv[1]), parts=int(sys.argv[2])):
        pickle.dump(batch, out, pickle.HIGHEST_PROTOCOL)
        out.flush()
    pickle.dump(None, out)
    out.flush()


def _by_others(processes: int) -> Iterator[list[str]]:
    waiting: Queue[Any] = Queue(WAITING * processes)
    started = [
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", _COMMAND, str(part), str(processes)], stdout=subprocess.PIPE
        )
        for part in range(processes)
    ]
    for process in started:
        threading.Thread(target=_receive, args=(process.stdout, waiting), daemon=True).start()
    try:
        ended = 0
        while ended < processes:
            batch = waiting.get()
            if isinstance(batch, PreparerDied):
                raise batch
            ended += batch is None
            if batch is not None:
                yield batch
    finally:
        for process in started:
            process.terminate()
            process.wait()


def _receive(source: IO[bytes], waiting: Queue[Any]) -> None:
    item: Any = ()
    while item is not None and not isinstance(item, PreparerDied):
        try:
            item = pickle.load(source)  # noqa: S301 - from the process this one started
        except (EOFError, pickle.UnpicklingError):
            item = PreparerDied("a process that prepares documents died")
        waiting.put(item)
