"""Files as they go: plain, gzip or zstd after their names, whole or not at all."""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import zstandard

if TYPE_CHECKING:
    from collections.abc import Iterator

_GZIP_LEVEL = 6


@contextmanager
def open_target(path: str | Path) -> Iterator[IO[bytes]]:
    """Write a file beside ``path`` that takes its place when the block ends well; otherwise nothing is left.

    ``.gz`` and ``.zst`` at the end of the name compress. "-" is standard output, where what is written is gone at
    once. A file that was there before keeps its permissions. Raises OSError.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as raw:
            with _packing(raw, target.suffix.lower()) as stream:
                yield stream
            raw.flush()
            os.fsync(raw.fileno())
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _packing(raw: IO[bytes], ending: str) -> IO[bytes]:
    if ending == ".gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0))
    if ending == ".zst":
        return cast("IO[bytes]", zstandard.ZstdCompressor().stream_writer(raw, closefd=False))
    return os.fdopen(os.dup(raw.fileno()), "wb", buffering=1024 * 1024)


def _mode(target: Path) -> int:
    """A new file's permissions are those any new file would have; the temporary one was readable by its owner alone."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
