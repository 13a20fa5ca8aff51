"""Where the real records lie, and how to make one by hand."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"
ISO_FILES = [f"{kind}.{coding}.mrc.gz" for kind in ("bib", "auth", "holdings") for coding in ("utf8", "nonutf8")]
UNIMARC_FILES = ["unimarc.iso2709.mrc.gz", "unimarc_auth.iso2709.mrc.gz"]
XML_FILES = sorted(path.name for path in DATA.glob("*.marcxml.xml.gz"))


@cache
def unpacked(name: str) -> bytes:
    return gzip.decompress((DATA / name).read_bytes())


def record(*parts: tuple[str, bytes], coding: str = "a", length: int | None = None) -> bytes:
    """An ISO 2709 record with a right directory; ``length`` lies about it."""
    directory, body = b"", b""
    for tag, part in parts:
        directory += f"{tag}{len(part) + 1:04d}{len(body):05d}".encode()
        body += part + b"\x1e"
    base = 25 + len(directory)
    size = base + len(body) + 1 if length is None else length
    leader = f"{size:05d}nam {coding}22{base:05d} a 4500".encode()
    return leader + directory + b"\x1e" + body + b"\x1d"


TITLE = ("245", "10\x1faƏli və Nino /\x1fcQurban Səid.".encode())
SIMPLE = record(("001", b"az-1"), ("008", b"240101s2024    aj "), TITLE)
