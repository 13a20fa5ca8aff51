"""The shape of what a reader types."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST = 250
LONGEST_NUMBER = 18


def typed(data: QueryDict, name: str) -> str:
    """One line, as it was typed."""
    text = "".join(letter if letter.isprintable() else " " for letter in data.get(name, ""))
    return " ".join(text.split())[:LONGEST]


def number_typed(data: QueryDict, name: str) -> int:
    """The number of that name; 0, which nothing is numbered with, for what is none."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def day_typed(data: QueryDict, name: str) -> date | None:
    """The day of that name, as browsers send it; None for none."""
    try:
        return date.fromisoformat(data.get(name, ""))
    except ValueError:
        return None
