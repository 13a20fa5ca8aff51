"""What a list of overdue loans is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueAsked:
    """Loans made at `unit` or below it that were due before `before`, and not before `since` (None: however long ago).

    `category` and `home_unit` are the reader's, "" for any. `settled` shows also copies that are lost or said to have
    come back. The order is by reader and due moment, or by due moment alone.
    """

    unit: str
    before: datetime
    since: datetime | None = None
    category: str = ""
    home_unit: str = ""
    settled: bool = False
    longest_first: bool = False
