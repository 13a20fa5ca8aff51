"""How often the interpreter looks for garbage that counting references does not free."""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 100_000
"""Python's own 700 are made by each page and every few records: looking through them took a third of an import."""


def collect_seldom() -> None:
    """For a process whose code is loaded: what is there stays, and new objects are looked through by the 100,000."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
