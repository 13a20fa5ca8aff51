from __future__ import annotations

import gzip
import io
from itertools import zip_longest
from typing import TYPE_CHECKING

import pytest
import zstandard

from kitabxana.formats.marc import SourceError, iter_batches, iter_records, open_source, sniff
from kitabxana.formats.marc.source import Window
from kitabxana.formats.marc.tests.corpus import DATA, SIMPLE, unpacked

if TYPE_CHECKING:
    from pathlib import Path


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_plain_gzip_and_zstd_are_told_by_their_bytes(pack: type[bytes], tmp_path: Path) -> None:
    path = tmp_path / "records.with.a.wrong.gz.zst.name"
    # Two members or frames one after the other are one file, as cat makes them.
    path.write_bytes(pack(SIMPLE * 2) + pack(SIMPLE))
    with open_source(path) as stream:
        assert b"".join(iter(lambda: stream.read(10), b"")) == SIMPLE * 3
    got = list(iter_records(path))
    assert [parsed.offset for parsed in got] == [0, len(SIMPLE), 2 * len(SIMPLE)]
    assert list(iter_records(path, start=got[0].next_position)) == got[1:]


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("damage", ["cut", "spoilt"])
def test_damage_is_said_after_all_before_it_was_given(pack: type[bytes], damage: str, tmp_path: Path) -> None:
    whole = unpacked("bib.utf8.mrc.gz")
    packed = pack(whole)
    half = len(packed) // 2
    path = tmp_path / "records"
    path.write_bytes(packed[:half] if damage == "cut" else packed[:half] + b"\xff" * 4000 + packed[half + 4000 :])
    records = iter_records(path)
    positions: list[int] = []
    with pytest.raises(SourceError, match=r"near byte \d+ of the file, after \d+ decompressed bytes"):
        positions.extend(parsed.next_position for parsed in records)
    assert positions[-1] > len(whole) // 3
    assert len(positions) > 800


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "readers"),
    [("bib.nonutf8.mrc.gz", 1), ("bib.nonutf8.mrc.gz", 2), ("bib.nonutf8.mrc.gz", 3), ("holdings.marcxml.xml.gz", 2)],
)
def test_those_who_read_a_file_together_give_all_of_it_in_order(name: str, readers: int) -> None:
    whole = list(iter_records(DATA / name))
    shares = [iter_batches(DATA / name, size=7, share=(number, readers)) for number in range(readers)]
    rounds = [batch for some in zip_longest(*shares, fillvalue=[]) for batch in some]
    assert [parsed for batch in rounds for parsed in batch] == whole
    assert {len(batch) for batch in rounds if batch} == {7, len(whole) % 7 or 7}


@pytest.mark.parametrize("readers", [1, 2])
def test_where_a_file_is_damaged_all_before_it_is_somebodys_share(readers: int, tmp_path: Path) -> None:
    packed = gzip.compress(unpacked("bib.utf8.mrc.gz"))
    path = tmp_path / "records"
    path.write_bytes(packed[: len(packed) // 2])
    before: list[int] = []
    with pytest.raises(SourceError):
        before.extend(parsed.offset for parsed in iter_records(path))
    given: list[int] = []
    for number in range(readers):
        with pytest.raises(SourceError):
            given.extend(p.offset for some in iter_batches(path, size=70, share=(number, readers)) for p in some)
    assert sorted(given) == before


def test_zeros_after_the_last_member_are_padding(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    path.write_bytes(gzip.compress(SIMPLE) + b"\x00" * 512)
    assert [parsed.reason for parsed in iter_records(path)] == [""]


def test_a_file_that_is_not_there_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_source(tmp_path / "none")
    (tmp_path / "empty").touch()
    assert list(iter_records(tmp_path / "empty")) == []


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"00123nam a22", "iso2709"),
        (b"\xef\xbb\xbf00123nam", "iso2709"),
        (b"\r\n00123nam", "iso2709"),
        (b"", "iso2709"),
        (b"<?xml version='1.0'?>", "marcxml"),
        (b"\xef\xbb\xbf \n\t<collection>", "marcxml"),
        ("\ufeff<record>".encode("utf-16-le"), "marcxml"),
        ("\ufeff \n<record>".encode("utf-16-be"), "marcxml"),
        ("<record>".encode("utf-16-le"), "marcxml"),
        (b'{"leader": "x"', "marcjson"),
        (b'\xef\xbb\xbf[\n {"fields"', "marcjson"),
        (b"=LDR  00000nam", "mrk"),
        (b"\r\n=001  x", "mrk"),
        (b"000000003 FMT   L BK", "alephseq"),
        (b"00000000nam a22000000 4500", "iso2709"),
    ],
)
def test_sniffing(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


def test_a_window_keeps_damage_until_the_end() -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise SourceError("torn")

    window = Window(Broken())
    assert window.more(drop=0) is False
    assert str(window.error) == "torn"
