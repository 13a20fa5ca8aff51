"""What a record says of itself: 001 and 003 that stay, 005 that moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kitabxana.catalogue.rules import control_field

if TYPE_CHECKING:
    from kitabxana.catalogue.facts import MarcJson

_KEPT = ("001", "003")


def stamp_of(now: datetime) -> str:
    """MARC 005 for a moment in UTC: date, time and tenths of a second."""
    return f"{now:%Y%m%d%H%M%S}.{now.microsecond // 100_000}"


def _later(now: datetime, seen: str) -> str:
    """The stamp for now, or the next tenth after the one that was `seen`: no two states of a record share one."""
    stamp = stamp_of(now)
    if seen < stamp:
        return stamp
    try:
        before = datetime.strptime(seen[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return stamp
    tenth = int(seen[15:16]) if seen[15:16].isdecimal() else 0
    return stamp_of(before + timedelta(milliseconds=100 * (tenth + 1)))


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
    fields[at] = {"005": _later(now, control_field(kept, "005") if kept else "")}
    return {"leader": marc["leader"], "fields": fields}
