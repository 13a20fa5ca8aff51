"""Files of records for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import to_iso2709

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def copy_952(barcode: str, *, library: str = "GNC-M", **more: str) -> dict[str, Any]:
    """A copy as Koha exports it."""
    return field("952", a=library, b=library, p=barcode, y="BK", o="821.512.162", **more)


def numbered(count: int, *, title: str = "Kitab", copies: bool = True) -> list[dict[str, Any]]:
    """Records n1 … with a copy each."""
    return [
        marc(*([copy_952(f"B{at}")] if copies else []), title=f"{title} {at}", number=f"n{at}")
        for at in range(1, count + 1)
    ]


def a_file(path: Path, records: Iterable[dict[str, Any]], *, junk_after: int | None = None) -> Path:
    """An ISO 2709 file of these records; with a broken one after the first `junk_after`."""
    chunks = [to_iso2709(record) for record in records]
    if junk_after is not None:
        broken = bytearray(chunks[0])
        broken[12:17] = b"00013"  # a base address inside the leader
        broken[30:40] = b"\xff" * 10
        chunks.insert(junk_after, bytes(broken))
    path.write_bytes(b"".join(chunks))
    return path
