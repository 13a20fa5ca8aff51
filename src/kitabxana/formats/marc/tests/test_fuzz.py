"""Real records spoilt at random: every byte comes out again, as record or refusal, and nothing is raised."""

from __future__ import annotations

import io
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.marc import (
    Parsed,
    RawRecord,
    Unwritable,
    iter_marcxml,
    parse_iso2709,
    parse_marcxml,
    split_iso2709,
    to_iso2709,
    to_marcxml,
)
from kitabxana.formats.marc.tests.corpus import unpacked

ISO = [
    *(unpacked("bib.utf8.mrc.gz")[:60_000].split(b"\x1d")[:-1]),
    *(unpacked("bib.nonutf8.mrc.gz")[-60_000:].split(b"\x1d")[1:-1]),
]
XML = [b"<record" + piece for piece in unpacked("holdings.marcxml.xml.gz")[:80_000].split(b"<record")[1:-1]]
BYTES = st.one_of(
    st.binary(max_size=12), st.sampled_from([b"\x1d", b"\x1e", b"\x1f", b"\x1b$1", b"<record>", b"<!--", b"]]>"])
)
Edits = list[tuple[int, int, bytes]]
EDITS: st.SearchStrategy[Edits] = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(0, 40), BYTES), min_size=1, max_size=6
)


def spoilt(data: bytes, edits: Edits) -> bytes:
    for at, size, put in edits:
        where = at % (len(data) + 1)
        data = data[:where] + put + data[where + size :]
    return data


def check(parsed: Parsed) -> None:
    assert (parsed.marc is None) == bool(parsed.reason)
    if parsed.marc is not None:
        with suppress(Unwritable):
            again = parse_iso2709(RawRecord(0, to_iso2709(parsed.marc)), encoding="utf-8")
            assert (again.marc or {})["fields"] == parsed.marc["fields"]
        with suppress(Unwritable):
            assert parse_marcxml(to_marcxml(parsed.marc))[0] == parsed.marc


@settings(max_examples=250, deadline=2000)
@given(st.lists(st.sampled_from(ISO), min_size=1, max_size=4), EDITS)
def test_spoilt_iso2709(records: list[bytes], edits: Edits) -> None:
    data = spoilt(b"".join(record + b"\x1d" for record in records), edits)
    at = 0
    for raw in split_iso2709(io.BytesIO(data)):
        assert not data[at : raw.offset].replace(b"\xef\xbb\xbf", b"").strip(b"\r\n\t \x00\x1a")
        at = raw.offset + len(raw.data)
        assert data[raw.offset : at] == raw.data
        check(parse_iso2709(raw))
    assert not data[at:].replace(b"\xef\xbb\xbf", b"").strip(b"\r\n\t \x00\x1a")


@settings(max_examples=150, deadline=2000)
@given(st.lists(st.sampled_from(XML), min_size=1, max_size=4), EDITS)
def test_spoilt_marcxml(records: list[bytes], edits: Edits) -> None:
    data = spoilt(b"<collection>" + b"".join(records) + b"</collection>", edits)
    at = 0
    for parsed in iter_marcxml(io.BytesIO(data)):
        assert parsed.offset >= at
        at = parsed.next_position
        check(parsed)
    assert at <= len(data)
