"""From a file's bytes to rows: pure, without the database, so that it runs in a process of its own."""

from __future__ import annotations

from kitabxana.exchange.rules.items import split_items
from kitabxana.exchange.rules.prepare import prepare, prepare_file

__all__ = ["prepare", "prepare_file", "split_items"]
