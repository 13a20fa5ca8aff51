"""The reject file: one JSON object a line, with where, why and the record's own bytes."""

from __future__ import annotations

import base64
import os
from typing import IO, TYPE_CHECKING, Protocol

import orjson

if TYPE_CHECKING:
    from pathlib import Path

    from kitabxana.exchange.facts import Prepared


class Rejects(Protocol):
    """Where what can't be stored is told."""

    def add(self, record: Prepared, *, reason: str, detail: str) -> None: ...


class RejectFile:
    """Append-only; made at the first reject. `settle` puts what was added on disk before its batch is committed."""

    def __init__(self, path: Path, *, size: int) -> None:
        """`size` is how long the file was at the last commit: what a broken run added after it is cut off."""
        self.path = path
        self._file: IO[bytes] | None = None
        self._size = size
        if path.exists():
            os.truncate(path, size)

    def add(self, record: Prepared, *, reason: str, detail: str) -> None:
        line = {
            "offset": record.offset,
            "reason": reason,
            "detail": detail,
            "control_number": record.control_number,
            "record_base64": base64.b64encode(record.data).decode(),
        }
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab")
        self._size += self._file.write(orjson.dumps(line) + b"\n")

    def settle(self) -> int:
        """Bring the file to disk; returns its size."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._size

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
