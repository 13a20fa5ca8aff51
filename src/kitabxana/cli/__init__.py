"""The command line: `kitabxana`. Exit status 0 done, 1 did not work, 2 used wrongly."""

from __future__ import annotations

from kitabxana.cli.main import main

__all__ = ["main"]
