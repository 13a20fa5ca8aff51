"""The shape of what is typed at the desk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from kitabxana.organisation.rules import POLICIES

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST = 200
LAST_PAGE = 5000


def typed(data: QueryDict, name: str) -> str:
    """What was typed or scanned: one line, without what a scanner or a paste brings along unseen."""
    text = "".join(letter if letter.isprintable() else " " for letter in data.get(name, ""))
    return " ".join(text.split())[:LONGEST]


def page_number(data: QueryDict, name: str = "page") -> int:
    """The page asked for, counted from 1; the first where no sensible one is named."""
    text = data.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def whole_numbers(data: QueryDict, name: str) -> list[int]:
    return [int(text) for text in data.getlist(name) if text.isascii() and text.isdecimal()]


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
        return _minor(text)
    if kind.type is int and text.lstrip("-").isdecimal() and text.isascii():
        return int(text)
    return text


def _minor(text: str) -> int | str:
    try:
        amount = Decimal(text.replace(",", ".")) * 100
    except InvalidOperation:
        return text
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else text
