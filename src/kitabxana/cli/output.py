"""How commands speak: one JSON object on standard output for machines, words and progress for people."""

from __future__ import annotations

import errno
import functools
import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])

people = Console(stderr=True, highlight=False)
"""Where progress and remarks go; standard output is for results."""

DISK_FULL = "The disk is full. Make room and run the command again: what was done so far is kept."


class Failed(click.ClickException):
    """A command did not work; the text is for a person, `code` for a machine."""

    def __init__(self, message: str, *, code: str = "failed") -> None:
        super().__init__(message)
        self.code = code


def json_option(command: Command) -> Command:
    """Add --json. A command so marked returns its result as a dictionary and prints nothing else to standard output."""
    option = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")

    @functools.wraps(command)
    def wrapped(*args: Any, as_json: bool, **kwargs: Any) -> None:
        try:
            result = _run(command, *args, as_json=as_json, **kwargs)
        except Failed as failure:
            if as_json:
                print(json.dumps({"error": {"code": failure.code, "message": failure.message}}, ensure_ascii=False))
            people.print(f"[bold red]{'Error'}:[/] {failure.message}", soft_wrap=True)
            sys.exit(1)
        if as_json and result is not None:
            print(json.dumps(result, ensure_ascii=False, default=str))

    return option(wrapped)  # type: ignore[return-value]


def _run(command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a command; what can happen to anyone becomes a sentence instead of a traceback."""
    from kitabxana.base.embedded import DatabaseUnavailable

    try:
        return command(*args, **kwargs)
    except (DatabaseUnavailable, FileNotFoundError, IsADirectoryError, PermissionError) as failure:
        raise Failed(str(failure), code="unavailable") from failure
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Failed(DISK_FULL, code="disk_full") from failure
        raise
    except Exception as failure:
        raise _known(failure) or failure from failure


def _known(failure: Exception) -> Failed | None:
    from kitabxana.kernel.decisions import Refused

    if isinstance(failure, Refused):
        refusal = failure.refusals[0]
        params = ", ".join(f"{name} {value}" for name, value in refusal.params.items())
        return Failed(f"{refusal.code.replace('_', ' ')}{f' ({params})' if params else ''}", code=refusal.code)
    text = str(failure)
    if "No space left on device" in text or "could not extend file" in text:
        return Failed(DISK_FULL, code="disk_full")
    if type(failure).__name__ == "OperationalError":
        return Failed(f"The database did not answer: {text.strip()}", code="database")
    if type(failure).__name__ == "ImproperlyConfigured":
        return Failed(text, code="settings")
    return None
