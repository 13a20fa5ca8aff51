"""The shape of what is typed at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST = 200
LAST_PAGE = 5000
LONGEST_RECORD = 1_000_000


def typed(data: QueryDict, name: str) -> str:
    """What was typed or scanned: one line, without what a scanner or a paste brings along unseen."""
    text = "".join(letter if letter.isprintable() else " " for letter in data.get(name, ""))
    return " ".join(text.split())[:LONGEST]


def lines(data: QueryDict, name: str) -> str:
    """A record as it was typed, line by line."""
    return data.get(name, "")[:LONGEST_RECORD]


def page_number(data: QueryDict, name: str = "page") -> int:
    """The page asked for, counted from 1; the first where no sensible one is named."""
    text = data.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def whole_number(data: QueryDict, name: str) -> int | None:
    """The number of that name, None where there is none that a version or record could have."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def whole_numbers(data: QueryDict, name: str) -> list[int]:
    return [int(text) for text in data.getlist(name) if text.isascii() and text.isdecimal()]
