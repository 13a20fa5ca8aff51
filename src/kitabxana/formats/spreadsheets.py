"""Rows as a file that spreadsheets open: RFC 4180, UTF-8 with its mark, a semicolon between the columns.

The semicolon is what spreadsheets set to Azerbaijani, Turkish or Russian take for a column's end.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def spreadsheet(rows: Iterable[Sequence[str | int]]) -> bytes:
    """All rows, the heading first. A text that a spreadsheet would reckon with gets an apostrophe before it."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([_plain(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _plain(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
