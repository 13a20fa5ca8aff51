"""What every MARC codec gives and takes, and the small readers of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

MarcJson = dict[str, Any]
"""MARC-in-JSON: ``{"leader": str, "fields": [{"001": "x"}, {"245": DataField}, …]}``, all in the file's order."""

MAX_RECORD_BYTES = 20_000_000
"""A stretch without an end longer than this is given up as junk, so that memory stays bounded."""


class DataField(TypedDict):
    ind1: str
    ind2: str
    subfields: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record's own bytes and where they begin in the decompressed file."""

    offset: int
    data: bytes


@dataclass(slots=True)
class Parsed:
    """One record read, or refused: then ``marc`` is None, ``reason`` a code and ``detail`` an English technical remark.

    ``mended`` lists what had to be put right in a record that was read (no letter or digit of its text is changed):
    length, base_address, directory, terminator; leader (its fixed end); indicators (missing ones are blank, signs
    after the second left out); empty_subfield; no_subfields (the field is kept as a string); utf8_under_marc8,
    marc8_under_utf8, utf8_in_unimarc; foreign_element (passed over).
    ``offset`` and ``next_position`` count bytes of the decompressed file (of its text as UTF-8 for MARCXML in another
    encoding); reading again from ``next_position`` goes on exactly after this record.
    """

    offset: int
    data: bytes
    marc: MarcJson | None
    next_position: int
    reason: str = ""
    detail: str = ""
    mended: tuple[str, ...] = ()


class Refused(Exception):
    """A record that cannot be read without guessing; never leaves the codecs."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Unwritable(ValueError):
    """The format asked for cannot carry this record; ``place`` is "leader" or tag and ordinal, as "520[12]"."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place}: {detail}" if place else detail)
        self.place = place


class TooLong(Unwritable):
    """A field over 9,999 bytes or a record over 99,999 (ISO 2709); ``place`` is empty for the record as a whole."""


def control(marc: MarcJson, tag: str) -> str:
    """The first control field of this tag, or an empty string."""
    for field in marc["fields"]:
        if tag in field and isinstance(field[tag], str):
            return str(field[tag])
    return ""


def fields(marc: MarcJson, tag: str) -> list[DataField]:
    """All data fields of this tag, in the record's order."""
    return [field[tag] for field in marc["fields"] if tag in field and isinstance(field[tag], dict)]


def subfields(field: DataField, codes: str) -> list[str]:
    """The values of the subfields with one of these codes, in the field's order."""
    return [value for pair in field["subfields"] for code, value in pair.items() if code in codes]


def subfield(field: DataField, code: str) -> str:
    """The first value of this code, or an empty string."""
    for pair in field["subfields"]:
        if code in pair:
            return pair[code]
    return ""
