"""MARC records in and out: ISO 2709 and MARCXML to MARC-in-JSON and back, streamed, losing and inventing nothing.

MARC-in-JSON is Unicode whatever the file was; the leader stays as found, also its place 09 (the file's encoding).
``to_iso2709`` alone writes "a" there.
"""

from __future__ import annotations

from kitabxana.formats.marc.iso2709 import parse_iso2709, split_iso2709
from kitabxana.formats.marc.marcxml import iter_marcxml, parse_marcxml
from kitabxana.formats.marc.reading import iter_records
from kitabxana.formats.marc.shape import (
    DataField,
    MarcJson,
    Parsed,
    RawRecord,
    TooLong,
    Unwritable,
    control,
    fields,
    subfield,
    subfields,
)
from kitabxana.formats.marc.source import SourceError, open_source, sniff
from kitabxana.formats.marc.writing import marcxml_collection, to_iso2709, to_marcxml

__all__ = [
    "DataField",
    "MarcJson",
    "Parsed",
    "RawRecord",
    "SourceError",
    "TooLong",
    "Unwritable",
    "control",
    "fields",
    "iter_marcxml",
    "iter_records",
    "marcxml_collection",
    "open_source",
    "parse_iso2709",
    "parse_marcxml",
    "sniff",
    "split_iso2709",
    "subfield",
    "subfields",
    "to_iso2709",
    "to_marcxml",
]
