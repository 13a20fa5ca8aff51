"""What is asked over and over while one request is answered, and of the database only once."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = TypeVar("Answer")

_answers: ContextVar[dict[Callable[[], Any], Any] | None] = ContextVar("answers", default=None)
"""None outside of a request, where nothing is remembered."""


@contextmanager
def remembering() -> Iterator[None]:
    """One request: within it `remembered` asks each question once."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def remembered(ask: Callable[[], Answer]) -> Answer:
    """The answer of `ask`, a module's function, as this request had it before; outside of a request asked anew."""
    answers = _answers.get()
    if answers is None:
        return ask()
    if ask not in answers:
        answers[ask] = ask()
    found: Answer = answers[ask]
    return found


def remember_no_more() -> None:
    """For the rest of this request everything is asked anew: it changes what was remembered, or may take that back."""
    _answers.set(None)
