"""IRBIS text export in: a line a field, ``#200: ^AKür^FƏ. Vəliyev``, a line of asterisks after each record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from kitabxana.formats.marc.lines import LineFormat, Mended, iter_line_records
from kitabxana.formats.marc.shape import MarcJson, Parsed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(r"#([0-9]{1,5})(?:/[0-9]+)?: ?(?:_)?(.*)")
WHOLE = "*"
"""The code of what stands before the first subfield of a field."""


def iter_irbis(stream: BinaryIO, *, start: int = 0, encoding: str = "") -> Iterator[Parsed]:
    """Every record of the stream; ``encoding`` is a Python codec's name, UTF-8 unless given.

    Reasons: bad_field, bad_encoding, junk, empty, oversize.
    """
    form = LineFormat(
        begins=lambda _line, _first: False,
        ends=lambda line: line.startswith(b"*****"),
        parse=lambda data: parse_irbis(data, encoding=encoding),
    )
    return iter_line_records(stream, form, start=start)


def parse_irbis(data: bytes, *, encoding: str = "") -> tuple[MarcJson, Mended]:
    """The lines of one record. Raises Refused.

    Tags are written with three digits at least, subfield codes small, as IRBIS does not tell them apart; no leader and
    no indicators. Text before the first subfield has the code "*". A line that begins no field goes on the one before
    it (wrapped_lines); a circumflex without a code is left out (empty_subfield).
    """
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        raise Refused("bad_encoding", str(error)) from error
    mended: list[str] = []
    given: list[tuple[str, str]] = []
    for raw in text.split("\n"):
        line = raw.removesuffix("\r")
        found = _LINE.fullmatch(line)
        if found:
            given.append((found[1].zfill(3), found[2]))
        elif given and line and not line.startswith("#"):
            given[-1] = (given[-1][0], f"{given[-1][1]} {line}")
            mended.append("wrapped_lines")
        elif line.strip():
            raise Refused("bad_field" if given else "junk", f"not a field's line: {line[:60]!r}")
    if not given:
        raise Refused("empty", "a record without fields")
    return {"leader": "", "fields": [{tag: _field(content, mended)} for tag, content in given]}, tuple(
        dict.fromkeys(mended)
    )


def _field(content: str, mended: list[str]) -> dict[str, Any]:
    whole, *subs = content.split("^")
    pairs = [{WHOLE: whole}] if whole else []
    for sub in subs:
        if sub:
            pairs.append({sub[0].lower(): sub[1:]})
        else:
            mended.append("empty_subfield")
    return {"ind1": " ", "ind2": " ", "subfields": pairs}
