"""The shape of what is typed at the desk."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kitabxana.kernel.money import parse_minor
from kitabxana.organisation.rules import POLICIES

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST = 200
LAST_PAGE = 5000
_AMOUNT = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,2})?")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,8})?")
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


def amount(data: QueryDict, name: str) -> int:
    """An amount as people write it, in minor units; -1, which nothing accepts, for what is none."""
    text = "".join(data.get(name, "").split())
    minor = parse_minor(text) if _AMOUNT.fullmatch(text) else None
    return -1 if minor is None else minor


def coordinate(data: QueryDict, name: str) -> float | None:
    """Degrees as people write them, with a point or a comma; None for nothing, and 999, which no place has, for what is
    no number."""
    text = typed(data, name).replace(",", ".")
    if not text:
        return None
    return float(text) if _DEGREES.fullmatch(text) else 999.0


def request_key(data: QueryDict) -> UUID | None:
    """The number that the page gave its form, so that a form sent twice counts once."""
    try:
        return UUID(data.get("key", ""))
    except ValueError:
        return None


def day_typed(data: QueryDict, name: str) -> date | None:
    """A day as a date field sends it (ISO 8601), None where there is none or it is no day."""
    try:
        return date.fromisoformat(data.get(name, ""))
    except ValueError:
        return None


def policy_value(name: str, text: str) -> Any:
    """What was typed for a policy as its value; text that is none is left as it is, for the operation to refuse.

    Nothing typed means "no limit" or "not set"; money is typed in whole units with at most two decimals.
    """
    kind, text = POLICIES[name], " ".join(text.split())
    if not text:
        return None
    if kind.type is bool:
        return {"yes": True, "no": False}.get(text, text)
    if kind.measure == "money":
        minor = parse_minor(text) if _AMOUNT.fullmatch(text) else None
        return text if minor is None else minor
    if kind.type is int and text.lstrip("-").isdecimal() and text.isascii():
        return int(text)
    return text
