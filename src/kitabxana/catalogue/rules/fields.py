"""The small readers of a record in MARC-in-JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kitabxana.catalogue.facts import MarcJson

_TRAILING = " /:;,="
_INITIAL = re.compile(r"(?:^|[\s.])\w\.$")

Field = dict[str, Any]


def data_fields(marc: MarcJson) -> list[tuple[str, Field]]:
    """(tag, field) of the variable data fields, in order."""
    return [(tag, content) for entry in marc["fields"] for tag, content in entry.items() if content.__class__ is dict]


def control_field(marc: MarcJson, tag: str) -> str:
    """The first control field with this tag, "" when there is none."""
    return next((entry[tag] for entry in marc["fields"] if isinstance(entry.get(tag), str)), "")


def pick(field: Field, codes: str, *, separator: str = " ") -> str:
    """The subfields with one of these codes, in the record's order, joined."""
    texts = [text for pair in field["subfields"] for code, text in pair.items() if code in codes and text]
    return separator.join(texts).strip()


def clean(text: str) -> str:
    """A part of a description without the ISBD punctuation that only led to the next part."""
    text = text.strip().rstrip(_TRAILING)
    if text.endswith(".") and not text.endswith("...") and not _INITIAL.search(text):
        text = text[:-1].rstrip(_TRAILING)
    if text.startswith("[") and text.endswith("]") and "]" not in text[1:-1]:
        text = text[1:-1]
    return text.strip()


def linked_tag(field: Field) -> str:
    """The tag an 880 stands for ("245" of $6 245-01/(N), "" without a proper $6."""
    link = pick(field, "6")
    return link[:3] if link[3:4] == "-" else ""
