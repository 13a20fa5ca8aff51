"""MARC records in and out, streamed, losing and inventing nothing: every format to MARC-in-JSON and back.

MARC-in-JSON is Unicode whatever the file was; the leader stays as found, also its place 09 (the file's encoding).
``to_iso2709`` alone writes "a" there.
"""

from __future__ import annotations

from kitabxana.formats.marc.alephseq import iter_alephseq, parse_alephseq
from kitabxana.formats.marc.irbis import iter_irbis, parse_irbis
from kitabxana.formats.marc.iso2709 import ENCODINGS, parse_iso2709, split_iso2709
from kitabxana.formats.marc.marcjson import iter_marcjson, parse_marcjson
from kitabxana.formats.marc.marcxml import iter_marcxml, parse_marcxml
from kitabxana.formats.marc.mrk import iter_mrk, parse_mrk, to_mrk
from kitabxana.formats.marc.reading import READABLE, format_of, iter_batches, iter_records
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
from kitabxana.formats.marc.source import FileFormat, SourceError, open_source, sniff
from kitabxana.formats.marc.writing import marcxml_collection, to_iso2709, to_marcjson, to_marcxml

__all__ = [
    "ENCODINGS",
    "READABLE",
    "DataField",
    "FileFormat",
    "MarcJson",
    "Parsed",
    "RawRecord",
    "SourceError",
    "TooLong",
    "Unwritable",
    "control",
    "fields",
    "format_of",
    "iter_alephseq",
    "iter_batches",
    "iter_irbis",
    "iter_marcjson",
    "iter_marcxml",
    "iter_mrk",
    "iter_records",
    "marcxml_collection",
    "open_source",
    "parse_alephseq",
    "parse_irbis",
    "parse_iso2709",
    "parse_marcjson",
    "parse_marcxml",
    "parse_mrk",
    "sniff",
    "split_iso2709",
    "subfield",
    "subfields",
    "to_iso2709",
    "to_marcjson",
    "to_marcxml",
    "to_mrk",
]
