"""Records encoded for an export, and a second process that encodes beside the first: two cores write twice as much."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import orjson

from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS
from kitabxana.formats.marc import Unwritable
from kitabxana.kernel.memory import collect_seldom

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitabxana.formats.marc import MarcJson

# As in `feed`: not a fork, which would share the database's connection, nor multiprocessing.
_COMMAND = [sys.executable, "-c", "from kitabxana.exchange.rules.encoding import work; work()"]

Rows = list[tuple[int, str]]
"""Ids and records as MARC-in-JSON texts."""

Copies = dict[int, list[dict[str, object]]]
"""The fields that describe a record's copies, by its id."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record its format cannot carry; `place` as in formats' Unwritable."""

    record_id: int
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """Records in the bytes of a format, with what stands between them; how many, and which were left out."""

    data: bytes
    records: int
    left_out: tuple[LeftOut, ...] = ()


def encoded(name: str, rows: Sequence[tuple[int, str]], copies: Mapping[int, list[dict[str, object]]]) -> Encoded:
    """These records in the format of this name, each with its copies' fields at its end."""
    form, done, left_out = EXPORT_FORMATS[name], list[bytes](), list[LeftOut]()
    for record_id, text in rows:
        marc: MarcJson = orjson.loads(text)
        if record_id in copies:
            marc["fields"] += copies[record_id]
        try:
            done.append(form.encode(marc, record_id))
        except Unwritable as error:
            left_out.append(LeftOut(record_id, error.place, str(error)))
    return Encoded(form.between.join(done), len(done), tuple(left_out))


class EncoderDied(Exception):
    """The second process ended before it was told to."""


class SecondEncoder:
    """The other process: what is given is taken in the same order. Raises EncoderDied."""

    def __init__(self, given: IO[bytes], taken: IO[bytes]) -> None:
        self._given, self._taken = given, taken

    def give(self, name: str, rows: Rows, copies: Copies) -> None:
        try:
            pickle.dump((name, rows, copies), self._given, pickle.HIGHEST_PROTOCOL)
            self._given.flush()
        except BrokenPipeError as broken:
            raise EncoderDied from broken

    def take(self) -> Encoded:
        try:
            done: Encoded = pickle.load(self._taken)  # noqa: S301 - from the process that this one started
        except (EOFError, pickle.UnpicklingError) as broken:
            raise EncoderDied from broken
        return done


@contextmanager
def second_encoder() -> Iterator[SecondEncoder]:
    """A process that encodes beside this one and ends with the block."""
    process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    assert process.stdin
    assert process.stdout
    try:
        yield SecondEncoder(process.stdin, process.stdout)
    finally:
        process.terminate()
        process.stdout.close()
        with suppress(BrokenPipeError):  # it may have died before this one
            process.stdin.close()
        process.wait()


def work() -> None:
    """The second process: what to encode comes on standard input, what came of it goes to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first one's to answer
    collect_seldom()
    try:
        while True:
            name, rows, copies = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
            pickle.dump(encoded(name, rows, copies), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
            sys.stdout.buffer.flush()
    except EOFError:
        pass
