"""A demonstration nation: real places, real books, invented people."""

from __future__ import annotations

from kitabxana.cli.demo.load import is_demo, load, logins

__all__ = ["is_demo", "load", "logins"]
