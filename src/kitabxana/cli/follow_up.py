"""What a command that stores in bulk leaves to be done after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress


def follow_up(bar: Progress, cancelled: Callable[[], bool]) -> bool:
    """Deliver what comes after the index, the browse lists, and what a broken run had not told; False: broken off.

    One event in bulk at a time: each holds the lines of a thousand records.
    """
    from kitabxana.base import outbox
    from kitabxana.wiring import AT_LEISURE, HANDLERS

    task = bar.add_task("browse lists", total=outbox.pending(), counts="")
    while done := outbox.deliver(HANDLERS, at_leisure=AT_LEISURE):
        bar.update(task, advance=done)
        if cancelled():
            return False
    return True
