"""Where the real records lie, and how to make one by hand."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kitabxana.formats.marc import (
    RawRecord,
    Unwritable,
    iter_marcxml,
    iter_records,
    parse_iso2709,
    parse_marcjson,
    parse_marcxml,
    parse_mrk,
    split_iso2709,
    to_iso2709,
    to_marcjson,
    to_marcxml,
    to_mrk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kitabxana.formats.marc import MarcJson, Parsed

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


def every_source() -> Iterator[tuple[str, Iterator[Parsed]]]:
    """Each file of the open data that holds records, by its name below the data's folder, with what is read of it."""
    for path in sorted(DATA.glob("*.gz")):
        if path.name.startswith("malformed"):
            yield f"marc/{path.name}", _malformed(path)
        elif path.name != "INDEX.tsv.gz":
            yield f"marc/{path.name}", iter_records(path)
    for path in sorted((DATA / "problem_files").iterdir()):
        yield f"marc/problem_files/{path.name}", iter_records(path)
    for path in sorted((DATA.parent / "irbis").glob("*irbis*.txt*")):
        yield f"irbis/{path.name}", iter_records(path)
    for folder in ("koha_sql", "evergreen_sql"):
        for path in sorted((DATA.parent / folder).glob("*.sql.gz")):
            if b"<record" in gzip.decompress(path.read_bytes()):
                yield f"{folder}/{path.name}", iter_marcxml(io.BytesIO(_unquoted(path)))


def _malformed(path: Path) -> Iterator[Parsed]:
    for line in gzip.decompress(path.read_bytes()).splitlines():
        entry = json.loads(line)
        if "raw_b64" in entry:
            for raw in split_iso2709(io.BytesIO(base64.b64decode(entry["raw_b64"]))):
                yield parse_iso2709(raw)
        else:
            yield from iter_marcxml(io.BytesIO(entry["raw"].encode()))


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b""}


def _unquoted(path: Path) -> bytes:
    """The text of a dump with the quoting of its strings undone: backslashes (MySQL) or doubled quotes (PostgreSQL)."""
    text = gzip.decompress(path.read_bytes())
    if b'\\"' in text:
        return re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
    return text.replace(b"''", b"'")


@dataclass(slots=True)
class RoundTrip:
    """What became of one source: records read, why some were set aside, and by format how many came back the same.

    `unwritable` counts by format and reason what it cannot carry, `different` what came back otherwise.
    """

    read: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    unwritable: Counter[tuple[str, str]] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)


def _iso2709(marc: MarcJson) -> MarcJson | None:
    return parse_iso2709(RawRecord(0, to_iso2709(marc)), encoding="utf-8").marc


LOSSLESS: dict[str, Callable[[MarcJson], MarcJson | None]] = {
    "iso2709": _iso2709,
    "marcxml": lambda marc: parse_marcxml(to_marcxml(marc))[0],
    "marcjson": lambda marc: parse_marcjson(to_marcjson(marc))[0],
    "mrk": lambda marc: parse_mrk(to_mrk(marc))[0],
}


def round_trip(records: Iterable[Parsed]) -> RoundTrip:
    """Each record out and in again through every format that promises to lose nothing."""
    found = RoundTrip()
    for parsed in records:
        found.read += 1
        found.mended.update(parsed.mended)
        if parsed.marc is None:
            found.aside[parsed.reason] += 1
            continue
        for name, there_and_back in LOSSLESS.items():
            try:
                again = there_and_back(parsed.marc)
            except Unwritable as error:
                found.unwritable[name, re.sub(r"[0-9]+|'.*'", "N", str(error).partition(": ")[2] or str(error))] += 1
                continue
            leader = name == "iso2709" or (again or {}).get("leader") == parsed.marc["leader"]
            same = leader and again is not None and again["fields"] == parsed.marc["fields"]
            (found.same if same else found.different)[name] += 1
    return found
