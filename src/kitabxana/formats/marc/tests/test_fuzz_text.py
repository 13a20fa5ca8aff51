"""Files of text spoilt at random: every byte comes out again or is white space, and nothing is raised."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.marc import (
    Parsed,
    Unwritable,
    iter_alephseq,
    iter_irbis,
    iter_marcjson,
    iter_mrk,
    parse_marcjson,
    parse_mrk,
    to_marcjson,
    to_mrk,
)
from kitabxana.formats.marc.tests.corpus import DATA, unpacked
from kitabxana.formats.marc.tests.test_fuzz import EDITS, Edits, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = unpacked("bib.marcjson.jsonl.gz").splitlines(keepends=True)[:12]
MRK = [piece + b"\n\n" for piece in unpacked("bib.mrk.gz").split(b"\n\n")]
ALEPH = [parsed.data for parsed in iter_alephseq(io.BytesIO(unpacked("bib.alephseq.gz")[:40_000]))]
_IRBIS_FILE = (DATA.parent / "irbis" / "records.irbis.txt").read_bytes()
IRBIS = [piece + b"*****\n" for piece in _IRBIS_FILE.split(b"*****\n")[:-1]]
MARKS = st.sampled_from(
    [b'"', b"{", b"}", b"\\", b"\n", b"\n\n", b'{"leader":', b"$", b"=LDR  ", b"$$", b"{acute}", b"["]
)
_BETWEEN = b"\r\n\t\x0b\x0c \x00\x1a\x1e[],"
_END = re.compile(rb"^\*{5}[^\n]*\n?", re.MULTILINE)  # what stands between two records of IRBIS
READERS = {
    "json": (iter_marcjson, JSON),
    "mrk": (iter_mrk, MRK),
    "aleph": (iter_alephseq, ALEPH),
    "irbis": (iter_irbis, IRBIS),
}


def sound(parsed: Parsed) -> None:
    assert (parsed.marc is None) == bool(parsed.reason)
    if parsed.marc is None:
        return
    assert parsed.marc["fields"]
    for write, read in ((to_mrk, parse_mrk), (to_marcjson, parse_marcjson)):
        try:
            again = read(write(parsed.marc))[0]
        except Unwritable:
            continue
        assert again == parsed.marc


def between(text: bytes) -> bytes:
    """What of a stretch between records is neither white space nor a mark of the format."""
    return _END.sub(b"", text.replace(b"\xef\xbb\xbf", b"")).strip(_BETWEEN)


def edited(records: list[bytes], edits: Edits, marks: list[tuple[int, bytes]]) -> bytes:
    return spoilt(spoilt(b"".join(records), edits), [(at, 0, mark) for at, mark in marks])


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=200, deadline=2000)
@given(data=st.data(), edits=EDITS, marks=st.lists(st.tuples(st.integers(0, 100_000), MARKS), max_size=4))
def test_spoilt_text(name: str, data: st.DataObject, edits: Edits, marks: list[tuple[int, bytes]]) -> None:
    reader, records = READERS[name]
    text = edited(data.draw(st.lists(st.sampled_from(records), min_size=1, max_size=4)), edits, marks)
    at = 0
    got: Iterator[Parsed] = reader(io.BytesIO(text))
    for parsed in got:
        assert parsed.data
        assert text[parsed.offset : parsed.offset + len(parsed.data)] == parsed.data
        assert not between(text[at : parsed.offset])
        at = parsed.offset + len(parsed.data)
        assert parsed.next_position >= at
        sound(parsed)
    assert not between(text[at:])


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=2000)
@given(st.data())
def test_reading_on_from_any_record(name: str, data: st.DataObject) -> None:
    """``next_position`` is a place where an interrupted run goes on and finds the same records."""
    reader, records = READERS[name]
    text = b"".join(data.draw(st.lists(st.sampled_from(records), min_size=2, max_size=4, unique=True)))
    got = list(reader(io.BytesIO(text)))
    rest = list(reader(io.BytesIO(text), start=got[0].next_position))
    assert [parsed.data for parsed in rest] == [parsed.data for parsed in got[1:]]
