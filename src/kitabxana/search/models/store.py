"""Generations of the index on disk: one is read, another may be built beside it, and the switch is one rename."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from django.conf import settings

from kitabxana.search.models.tantivy_engine import TantivyEngine

SCHEMA_VERSION = 3
"""Goes up when the index's fields or the folding change: an index of another version is not read but rebuilt."""

_open: dict[Path, TantivyEngine] = {}
"""The generation this process reads; replaced when the pointer moves."""


def _home() -> Path:
    return Path(settings.DATA_DIR) / "index"


def current_directory() -> Path | None:
    """The generation in use, None when there is none of this version."""
    try:
        name = (_home() / "current").read_text().strip()
    except FileNotFoundError:
        return None
    directory = _home() / name
    return directory if name.startswith(f"v{SCHEMA_VERSION}-") and directory.is_dir() else None


def current() -> TantivyEngine:
    """The engine over the generation in use; an empty one is made where there is none."""
    directory = current_directory()
    if directory is None:
        directory = new_generation()
        switch_to(directory)
    engine = _open.get(directory)
    if engine is None:
        engine = TantivyEngine(directory)
        _open.clear()
        _open[directory] = engine
    return engine


def new_generation() -> Path:
    """An empty directory for an index that nobody reads yet."""
    directory = _home() / f"v{SCHEMA_VERSION}-{time.time_ns()}"
    directory.mkdir(parents=True)
    return directory


def switch_to(directory: Path) -> None:
    """Make `directory` the generation that is read, in one step, and drop the others."""
    pointer = _home() / f".current-{os.getpid()}"
    pointer.write_text(directory.name)
    with pointer.open() as file:
        os.fsync(file.fileno())
    pointer.replace(_home() / "current")
    for other in _home().iterdir():
        if other.is_dir() and other != directory:
            shutil.rmtree(other, ignore_errors=True)  # open readers keep their files until they let go
