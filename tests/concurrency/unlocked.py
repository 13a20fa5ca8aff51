"""The house without its locks: what operations ask of the database, less the locks, all looking before any writes.

With it a test shows that a race is there, in the operations themselves and not in an imitation of them.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

ROW_LOCK = re.compile(r'\s+FOR (NO KEY )?UPDATE( OF "?\w+"?)?( SKIP LOCKED)?', re.IGNORECASE)
ADVISORY = re.compile(r"\bpg_advisory_xact_lock\(%s\)")
WRITES = ("INSERT", "UPDATE", "DELETE")
LONGEST = 10


class Unlocked:
    """Wraps desks that shall race: `[race(desk) for desk in desks]`, with as many as it was made for."""

    def __init__(self, desks: int) -> None:
        self.seen = threading.Barrier(desks)
        self.taken_out = 0

    def __call__(self, desk: Callable[[], object]) -> Callable[[], object]:
        def work() -> None:
            waited: list[bool] = []

            def asked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own signature
                if not waited and sql.lstrip().startswith(WRITES):
                    waited.append(True)
                    self._look_before_writing()
                bare, rows = ROW_LOCK.subn("", sql)
                bare, lines = ADVISORY.subn("%s", bare)
                self.taken_out += rows + lines
                return execute(bare, params, many, context)

            with connection.execute_wrapper(asked):
                try:
                    desk()
                finally:
                    self.seen.abort()  # who ended without writing keeps nobody waiting

        return work

    def _look_before_writing(self) -> None:
        try:
            self.seen.wait(LONGEST)
        except threading.BrokenBarrierError:
            return
