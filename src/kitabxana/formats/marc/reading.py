"""One door for every file of records, whatever it is packed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from kitabxana.formats.marc.alephseq import iter_alephseq
from kitabxana.formats.marc.irbis import iter_irbis
from kitabxana.formats.marc.iso2709 import parse_iso2709, split_iso2709
from kitabxana.formats.marc.marcjson import iter_marcjson
from kitabxana.formats.marc.marcxml import iter_marcxml
from kitabxana.formats.marc.mrk import iter_mrk
from kitabxana.formats.marc.source import SourceError, open_source, sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from kitabxana.formats.marc.shape import Parsed
    from kitabxana.formats.marc.source import FileFormat

_Piece = TypeVar("_Piece")


def iter_records(
    path: str | Path, *, start: int = 0, encoding: str = "", form: FileFormat | Literal[""] = ""
) -> Iterator[Parsed]:
    """Every record of a file, plain, gzip or zstd, in memory bounded by the largest record.

    ``form`` is told by the first bytes unless given. ``start`` is the ``next_position`` of the last record an earlier
    run has dealt with. ``encoding`` is for ISO 2709, MARCMaker's form and IRBIS (see ``parse_iso2709``). Raises
    SourceError, after all that could be read, where the file is damaged.
    """
    form = form or format_of(path)
    with open_source(path) as stream:
        yield from _READERS[form](stream, start, encoding)


def iter_batches(
    path: str | Path, *, size: int, start: int = 0, encoding: str = "", form: FileFormat | Literal[""] = "",
    share: tuple[int, int] = (0, 1),
) -> Iterator[list[Parsed]]:  # fmt: skip
    """`iter_records` by lists of `size`, the last one shorter, and so is one that damage cuts short.

    `share` (number, of how many) is for processes that read one file together: they give its batches in turn. What is
    another's share costs next to nothing in ISO 2709, which is cut without being parsed, and all of the reading else.
    """
    form = form or format_of(path)
    with open_source(path) as stream:
        if form == "iso2709":
            for raws in _dealt(split_iso2709(stream, start=start), size, share):
                yield [parse_iso2709(raw, encoding=encoding) for raw in raws]
        else:
            yield from _dealt(_READERS[form](stream, start, encoding), size, share)


def format_of(path: str | Path) -> FileFormat:
    """What a file's first bytes tell. Raises SourceError where it can't be unpacked."""
    with open_source(path) as stream:
        return sniff(stream.read(4096))


def _dealt(pieces: Iterator[_Piece], size: int, share: tuple[int, int]) -> Iterator[list[_Piece]]:
    number, of = share
    batch: list[_Piece] = []
    turn = 0
    damage = None
    try:
        for piece in pieces:
            batch.append(piece)
            if len(batch) == size:
                if turn % of == number:
                    yield batch
                batch, turn = [], turn + 1
    except SourceError as error:
        damage = error
    if batch and turn % of == number:
        yield batch
    if damage:
        raise damage


def _iter_iso2709(stream: BinaryIO, start: int, encoding: str) -> Iterator[Parsed]:
    for raw in split_iso2709(stream, start=start):
        yield parse_iso2709(raw, encoding=encoding)


_READERS: dict[FileFormat, Callable[[BinaryIO, int, str], Iterator[Parsed]]] = {
    "iso2709": _iter_iso2709,
    "marcxml": lambda stream, start, _: iter_marcxml(stream, start=start),
    "marcjson": lambda stream, start, _: iter_marcjson(stream, start=start),
    "mrk": lambda stream, start, encoding: iter_mrk(stream, start=start, encoding=encoding),
    "alephseq": lambda stream, start, _: iter_alephseq(stream, start=start),
    "irbis": lambda stream, start, encoding: iter_irbis(stream, start=start, encoding=encoding),
}
READABLE: tuple[FileFormat, ...] = tuple(_READERS)
