"""Searches for tests."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kitabxana.search.languages import box

if TYPE_CHECKING:
    from kitabxana.search.facts import Node

TODAY = date(2026, 11, 23)


def typed(text: str) -> Node:
    """What the search box asks for with this text."""
    return box.parse(text, today=TODAY).node
