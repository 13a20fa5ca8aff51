"""What a record says of itself: 001 and 003 that stay, 005 that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.catalogue.facts import MarcJson

_KEPT = ("001", "003")


def stamp_of(now: datetime) -> str:
    """MARC 005 for a moment in UTC: date, time and tenths of a second."""
    return f"{now:%Y%m%d%H%M%S}.{now.microsecond // 100_000}"


def stamped(marc: MarcJson, *, kept: MarcJson | None, now: datetime) -> MarcJson:
    """The record with 005 saying `now`, and with 001 and 003 of `kept` where it has them.

    The stamp stands where a 005 stood, else after 001 and 003.
    """
    own = {
        tag: content for entry in (kept or {"fields": []})["fields"] for tag, content in entry.items() if tag in _KEPT
    }
    fields = [{tag: content} for entry in marc["fields"] for tag, content in entry.items() if tag not in own]
    fields = [{tag: content} for tag, content in own.items()] + fields
    at = next((number for number, entry in enumerate(fields) if "005" in entry), None)
    if at is None:
        at = sum(tag in _KEPT for entry in fields[:2] for tag in entry)
        fields.insert(at, {})
    fields[at] = {"005": stamp_of(now)}
    return {"leader": marc["leader"], "fields": fields}
