"""The shape of what is typed about a reader."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kitabxana.fronts.desk.forms import typed
from kitabxana.kernel.decisions import Refusal
from kitabxana.patrons.facts import CHANNELS

if TYPE_CHECKING:
    from django.http import QueryDict

LINES = (
    "surname", "firstname", "middle_name", "email", "phone", "address", "city", "postcode", "language", "category",
    "history",
)  # fmt: skip
DAYS = ("birth_date", "expires_on")
NOTES = ("staff_note", "public_note")
LONGEST_NOTE = 4000
LONGEST = {"surname": 100, "firstname": 100, "middle_name": 100, "phone": 40, "city": 80, "postcode": 20, "language": 5}


def posted(data: QueryDict) -> dict[str, Any]:
    """Every field as it was typed, for showing the form again; no PIN among them."""
    values: dict[str, Any] = {name: typed(data, name)[: LONGEST.get(name, 200)] for name in (*LINES, *DAYS)}
    values |= {name: data.get(name, "").replace("\0", "").strip()[:LONGEST_NOTE] for name in NOTES}
    values |= {name: typed(data, name) for name in ("card", "guarantor", "number", "number_kind")}
    values["contact_by"] = [channel for channel in CHANNELS if channel in data.getlist("contact_by")]
    return values


def fields_of(values: dict[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """(fields of a `Draft`, what can't be read as a day)."""
    fields = {name: values[name] for name in (*LINES, *NOTES)} | {"contact_by": tuple(values["contact_by"])}
    wrong = []
    for name in DAYS:
        try:
            fields[name] = date.fromisoformat(values[name]) if values[name] else None
        except ValueError:
            fields[name] = None
            wrong.append(Refusal("bad_birth_date" if name == "birth_date" else "bad_term"))
    if fields["expires_on"] is None:
        del fields["expires_on"]
    fields["history"] = fields["history"] or "default"
    return fields, wrong


def day_of(data: QueryDict, name: str) -> date | None:
    """A day, None where none or no sensible one was given."""
    try:
        return date.fromisoformat(typed(data, name))
    except ValueError:
        return None
