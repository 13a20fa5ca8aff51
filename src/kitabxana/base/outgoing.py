"""Asking servers elsewhere, at addresses that people have typed in: bounded in time and size, never into the house.

The name is resolved once, every address it has is looked at, and the connection goes to the one that was looked at: a
name that points elsewhere a moment later reaches nothing inside. Redirections are told, not followed; no proxy of the
environment is asked.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST_ADDRESS = 4000
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 behind IPv6 (RFC 6052): what it leads to can't be seen from here."""

_PIECE = 64 * 1024


class NotFetched(Exception):
    """Nothing was brought; `code` is bad_address, inside, no_answer, too_slow, too_large, moved or bad_status."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def address_problem(address: str) -> str | None:
    """Why this can't be asked at all (a stable code): not http(s), no host, a name and password in it."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return "bad_address"
    if not usable or "@" in parts.netloc or len(address) > _LONGEST_ADDRESS or not address.isascii():
        return "bad_address"
    return "bad_address" if any(ord(sign) <= 32 or sign == "\x7f" for sign in address) else None


def fetch(address: str, *, seconds: float, most_bytes: int) -> bytes:
    """The body of a GET, within `seconds` in all and no longer than `most_bytes`. Raises NotFetched.

    Addresses that are not of the open network are refused, unless they lie in settings.OUTGOING_INSIDE.
    """
    if address_problem(address):
        raise NotFetched("bad_address")
    until = time.monotonic() + seconds
    parts = urlsplit(address)
    connection = _Connection(parts, seconds=seconds)
    ender = threading.Timer(seconds, connection.cut)
    ender.daemon = True
    ender.start()
    try:
        return _asked(connection, parts, most_bytes=most_bytes)
    except NotFetched:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        slow = isinstance(error, TimeoutError) or time.monotonic() >= until
        raise NotFetched("too_slow" if slow else "no_answer", reason_of(error)) from error
    finally:
        ender.cancel()
        connection.close()


def reason_of(error: Exception) -> str:
    """What the system says of a failed connection, without its number."""
    return ((error.strerror if isinstance(error, OSError) else None) or str(error))[:200]


def _asked(connection: _Connection, parts: SplitResult, *, most_bytes: int) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/sru+xml, application/xml, text/xml, */*;q=0.1", "Connection": "close"}
    connection.request("GET", target, headers=headers)
    with connection.getresponse() as response:
        if 300 <= response.status < 400:
            raise NotFetched("moved", (response.getheader("Location") or "")[:200])
        if response.status != 200:
            raise NotFetched("bad_status", str(response.status))
        pieces, size = [], 0
        while piece := response.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > most_bytes:
                raise NotFetched("too_large", str(most_bytes))
        if connection.was_cut or response.length:
            raise NotFetched("too_slow" if connection.was_cut else "no_answer")
        return b"".join(pieces)


class _Connection(http.client.HTTPConnection):
    """To an address that was looked at; cut off from another thread when its time is over."""

    def __init__(self, parts: SplitResult, *, seconds: float) -> None:
        self.secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if self.secure else 80), timeout=seconds)
        self.was_cut = False
        self._plain: socket.socket | None = None

    def connect(self) -> None:
        plain = reach(self.host, self.port, seconds=self.timeout, begun=self._begun)
        self.sock = self._secured(plain) if self.secure else plain

    def _begun(self, plain: socket.socket) -> None:
        self._plain = plain

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise

    def cut(self) -> None:
        """End what the other side draws out: each read alone would be in time."""
        self.was_cut = True
        for end in (self.sock, self._plain):
            try:
                if end is not None:
                    socket.socket.shutdown(end, socket.SHUT_RDWR)
            except OSError:
                continue


def reach(
    host: str, port: int, *, seconds: float | None, begun: Callable[[socket.socket], None]
) -> socket.socket:  # fmt: skip
    """A connection to the first address of a name that answers. Raises NotFetched (inside, no_answer) and OSError.

    `begun` is told each socket before it is connected, so that another thread can cut it off.
    """
    last: OSError | None = None
    for family, end in _open_ends(host, port):
        plain = socket.socket(family, socket.SOCK_STREAM)
        plain.settimeout(seconds)
        begun(plain)
        try:
            plain.connect(end)
        except OSError as error:
            plain.close()
            last = error
            continue
        return plain
    raise last or ConnectionError("no address")


def _open_ends(host: str, port: int) -> Iterator[tuple[int, tuple[str, int]]]:
    """(family, address) of a name, all of which may be asked. Raises NotFetched: inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("no_answer", reason_of(error)) from error
    ends = [(family, str(end[0])) for family, _, _, _, end in found]
    if not all(_may_be_asked(ipaddress.ip_address(address.partition("%")[0])) for _, address in ends):
        raise NotFetched("inside", host)
    for family, address in ends:
        yield family, (address, port)


def _may_be_asked(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return _may_be_asked(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _TRANSLATED:
            return False
    if any(address in network for network in settings.OUTGOING_INSIDE):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved
