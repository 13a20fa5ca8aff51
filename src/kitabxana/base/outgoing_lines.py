"""Connections elsewhere for protocols of their own, at addresses that people typed in: bounded as `outgoing` is."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kitabxana.base.outgoing import NotFetched, reach, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 64 * 1024


def end_of(address: str, *, port: int) -> tuple[str, int] | None:
    """(host, port) of `host`, `host:port` or `[IPv6]:port`, `port` where none is told; None for what is no such."""
    try:
        parts = urlsplit(f"//{address}")
        host, told = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain = (
        parts.netloc == address and not set(address) & set("@ \t\r\n") and address.isascii() and address.isprintable()
    )
    return (host, port if told is None else told) if plain and host and told != 0 and address[-1:] != ":" else None


@contextmanager
def line_to(host: str, port: int, *, seconds: float, most_bytes: int) -> Iterator[Line]:
    """A connection that is cut off after `seconds` in all, or when more than `most_bytes` came. Raises NotFetched.

    Addresses that are not of the open network are refused, unless they lie in settings.OUTGOING_INSIDE.
    """
    line = Line(seconds=seconds, most_bytes=most_bytes)
    ender = threading.Timer(seconds, line.cut)
    ender.daemon = True
    ender.start()
    try:
        line.open(host, port)
        yield line
    except (OSError, ValueError) as error:
        raise NotFetched("too_slow" if line.late else "no_answer", reason_of(error)) from error
    finally:
        ender.cancel()
        line.close()


class Line:
    """One connection. What it raises (OSError, NotFetched) leaves `line_to` as NotFetched."""

    def __init__(self, *, seconds: float, most_bytes: int) -> None:
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._left = most_bytes
        self._plain: socket.socket | None = None

    @property
    def late(self) -> bool:
        return time.monotonic() >= self._until

    def open(self, host: str, port: int) -> None:
        reach(host, port, seconds=self._seconds, begun=self._begun)

    def _begun(self, plain: socket.socket) -> None:
        self._plain = plain

    def send(self, data: bytes) -> None:
        self._open_one().sendall(data)

    def more(self) -> bytes:
        """What came next, at least one byte. Raises NotFetched when the other side has ended, or sends too much."""
        piece = self._open_one().recv(_PIECE)
        if not piece:
            raise NotFetched("too_slow" if self.late else "no_answer")
        self._left -= len(piece)
        if self._left < 0:
            raise NotFetched("too_large")
        return piece

    def _open_one(self) -> socket.socket:
        if self._plain is None or self.late:
            raise NotFetched("too_slow" if self.late else "no_answer")
        return self._plain

    def cut(self) -> None:
        """End what the other side draws out: each read alone would be in time."""
        if self._plain is not None:
            with suppress(OSError):
                self._plain.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._plain is not None:
            self._plain.close()
