from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from kitabxana.formats.marc import open_source
from kitabxana.formats.marc.target import open_target

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"Kitabxana\n" * 50_000


@pytest.mark.parametrize("name", ["out.mrc", "out.mrc.gz", "out.mrc.zst"])
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    with open_target(tmp_path / name) as stream:
        stream.write(TEXT[:7])
        stream.write(TEXT[7:])
        assert not (tmp_path / name).exists()
    with open_source(tmp_path / name) as source:
        assert b"".join(iter(lambda: source.read(2**16), b"")) == TEXT
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_size < len(TEXT) / 100 or name == "out.mrc"


def write_and_end(path: Path, end: type[BaseException]) -> None:
    with open_target(path) as stream:
        stream.write(TEXT)
        raise end


@pytest.mark.parametrize("name", ["out.mrc", "out.mrc.gz", "out.mrc.zst"])
@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError, SystemExit])
def test_broken_off_nothing_is_left_and_the_former_file_stays(
    name: str, end: type[BaseException], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"former")
    (tmp_path / name).chmod(0o640)
    with pytest.raises(end):
        write_and_end(tmp_path / name, end)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"former")]
    with open_target(tmp_path / name) as stream:
        stream.write(TEXT)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_a_new_files_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with open_target(tmp_path / "out") as stream:
        stream.write(b"x")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_gzip_tells_no_time_so_that_equal_exports_are_equal_files(tmp_path: Path) -> None:
    with open_target(tmp_path / "a.gz") as stream:
        stream.write(TEXT)
    assert (tmp_path / "a.gz").read_bytes()[4:8] == bytes(4)
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == TEXT


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_target(tmp_path / "none" / "out"):
        pass
