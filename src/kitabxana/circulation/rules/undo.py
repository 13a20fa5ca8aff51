"""Until when, where and by whom a lending or a return is undone as if it had never been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

UNDO_WITHIN = timedelta(minutes=10)
"""Long enough to notice a wrong book on the heap; the reader has hardly left, and nobody has counted it yet."""


@dataclass(frozen=True, slots=True)
class Act:
    """A lending or a return: `alone` when nothing else changed with it, by whom (a login's name), where and when."""

    alone: bool
    by: str
    unit: str
    at: datetime


def undoable(act: Act, *, by: str, unit: str, now: datetime) -> bool:
    """Whether who did it asks, at the desk's own library, and in time."""
    return act.alone and (act.by, act.unit) == (by, unit) and now - act.at <= UNDO_WITHIN
