"""The formats records go out in: one table, a line a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.formats.crosswalks import bibframe
from kitabxana.formats.crosswalks.mods import NAMESPACE as MODS
from kitabxana.formats.crosswalks.mods import to_mods
from kitabxana.formats.marc import to_iso2709, to_marcjson, to_marcxml, to_mrk
from kitabxana.formats.marc.writing import NAMESPACE as MARCXML

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.formats.marc import MarcJson

_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """`encode` makes the bytes of one record from its MARC and its id, or raises Unwritable.

    A whole file is `head`, the records with `between` between them, and `tail`. `endings` are those of file names.
    """

    encode: Callable[[MarcJson, int], bytes]
    endings: tuple[str, ...]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


EXPORT_FORMATS: dict[str, ExportFormat] = {
    "iso2709": ExportFormat(lambda marc, _: to_iso2709(marc), ("mrc", "marc", "iso")),
    "marcxml": ExportFormat(
        lambda marc, _: to_marcxml(marc), ("xml", "marcxml"),
        _XML + f'<collection xmlns="{MARCXML}">\n'.encode(), b"\n", b"\n</collection>\n",
    ),
    "marcjson": ExportFormat(lambda marc, _: to_marcjson(marc), ("json", "jsonl", "ndjson")),
    "mrk": ExportFormat(lambda marc, _: to_mrk(marc), ("mrk", "mrk8")),
    "mods": ExportFormat(
        lambda marc, _: to_mods(marc), ("mods",),
        _XML + f'<modsCollection xmlns="{MODS}">\n'.encode(), b"\n", b"\n</modsCollection>\n",
    ),
    "bibframe": ExportFormat(
        lambda marc, record_id: bibframe.bibframe_of(marc, name=f"r{record_id}"), ("rdf",), bibframe.HEAD, b"",
        bibframe.TAIL,
    ),
}  # fmt: skip

_PACKED = (".gz", ".zst")


def format_of(file_name: str) -> str:
    """The format a file's name speaks of, packed or not; ISO 2709 where it speaks of none."""
    name = file_name.lower()
    for ending in _PACKED:
        name = name.removesuffix(ending)
    last = name.rpartition(".")[2]
    return next((name for name, form in EXPORT_FORMATS.items() if last in form.endings), "iso2709")
