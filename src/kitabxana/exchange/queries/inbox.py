"""Files that the operator, or a transfer in the night, has laid on the server to be imported."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from kitabxana.exchange.facts import LyingFile

MOST = 200
"""How many files are listed, the newest first: a list to choose from."""


def inbox_folder() -> Path:
    return Path(settings.DATA_DIR) / "inbox"


def lying() -> list[LyingFile]:
    """The plain files directly in `inbox/` of the data directory, newest first; none where there is no such folder.

    Left out are folders, links (they lead out), devices, and names that begin with a dot (a transfer under way has
    one) or that no page can show.
    """
    try:
        with os.scandir(inbox_folder()) as entries:
            found = [told for entry in entries if (told := _told(entry))]
    except OSError:
        return []
    return sorted(found, key=lambda one: (-one.changed_at.timestamp(), one.name))[:MOST]


def lying_file(name: str) -> Path | None:
    """Where the listed file of exactly this name lies; None for any other name: no path is made of what was typed."""
    return next((inbox_folder() / one.name for one in lying() if one.name == name), None)


def is_plain(path: Path) -> bool:
    """Whether a file lies here itself: what was listed may have gone since, or have become a link."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _told(entry: os.DirEntry[str]) -> LyingFile | None:
    if entry.name.startswith(".") or not entry.name.isprintable():
        return None
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        found = entry.stat(follow_symlinks=False)
    except OSError:  # gone meanwhile
        return None
    return LyingFile(entry.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
