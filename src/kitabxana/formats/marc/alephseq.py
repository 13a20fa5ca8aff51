"""Aleph sequential in: a line a field, ``000000003 24510 L $$aTitle``; the record is the lines of one system number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from kitabxana.formats.marc.lines import LineFormat, Mended, iter_line_records
from kitabxana.formats.marc.shape import MarcJson, Parsed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

# System number, tag, two indicators, alphabet of the field.
_LINE = re.compile(r"([0-9]{9}) ([0-9A-Z]{3})([ -~])([ -~]) ([A-Z]) ([^\n]*)", re.ASCII)
_NUMBER_BYTES = 9


def iter_alephseq(stream: BinaryIO, *, start: int = 0) -> Iterator[Parsed]:
    """Every record of the stream; reasons: bad_field, bad_encoding, junk, oversize."""
    return iter_line_records(stream, _FORM, start=start)


def parse_alephseq(data: bytes) -> tuple[MarcJson, Mended]:
    """The lines of one record. Raises Refused.

    A circumflex stands for a blank in the leader and in control fields. Mended: control_number (the system number
    becomes 001 where there is none; beside another 001 it is kept as SYS), alphabet (a field's mark for another
    script than "L" is left out), empty_subfield.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Refused("bad_encoding", str(error)) from error
    mended: list[str] = []
    leader, number = "", text[:_NUMBER_BYTES]
    fields: list[dict[str, Any]] = []
    for line in text.split("\n"):
        found = _LINE.fullmatch(line.removesuffix("\r"))
        if not found:
            if line.strip():
                raise Refused("bad_field" if fields or leader else "junk", f"not a field's line: {line[:60]!r}")
            continue
        _, tag, ind1, ind2, alphabet, content = found.groups()
        if alphabet != "L":
            mended.append("alphabet")
        if tag == "LDR" and not leader:
            leader = content.replace("^", " ")
        elif tag < "010" or not content.startswith("$$"):
            fields.append({tag: _whole(tag, ind1 + ind2, content)})
        else:
            pairs = [{sub[0]: sub[1:]} for sub in content.split("$$")[1:] if sub]
            if "$$$$" in content or content.endswith("$$"):
                mended.append("empty_subfield")
            fields.append({tag: {"ind1": ind1, "ind2": ind2, "subfields": pairs}})
    _keep_number(fields, number, mended)
    return {"leader": leader, "fields": fields}, tuple(dict.fromkeys(mended))


def _whole(tag: str, indicators: str, content: str) -> str:
    if indicators != "  ":
        raise Refused("bad_field", f"{tag}: indicators and no subfields")
    return content.replace("^", " ")


def _keep_number(fields: list[dict[str, Any]], number: str, mended: list[str]) -> None:
    own = next((field["001"] for field in fields if "001" in field), None)
    if own is None:
        fields.insert(0, {"001": number})
        mended.append("control_number")
    elif own != number:
        fields.append({"SYS": number})
        mended.append("control_number")


_FORM = LineFormat(
    begins=lambda line, first: line[:_NUMBER_BYTES].isdigit() and line[:10] != first.removeprefix(b"\xef\xbb\xbf")[:10],
    ends=lambda _: False,
    parse=parse_alephseq,
)
