"""One door for every file of records, whatever it is packed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.formats.marc.iso2709 import parse_iso2709, split_iso2709
from kitabxana.formats.marc.marcxml import iter_marcxml
from kitabxana.formats.marc.source import open_source, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitabxana.formats.marc.shape import Parsed


def iter_records(path: str | Path, *, start: int = 0, encoding: str = "") -> Iterator[Parsed]:
    """Every record of an ISO 2709 or MARCXML file, plain, gzip or zstd, in memory bounded by the largest record.

    ``start`` is the ``next_position`` of the last record an earlier run has dealt with. ``encoding`` is for ISO 2709
    only (see ``parse_iso2709``). Raises SourceError, after all that could be read, where the file is damaged.
    """
    with open_source(path) as stream:
        kind = sniff(stream.read(4096))
    with open_source(path) as stream:
        if kind == "marcxml":
            yield from iter_marcxml(stream, start=start)
        else:
            for raw in split_iso2709(stream, start=start):
                yield parse_iso2709(raw, encoding=encoding)
