"""Asking servers elsewhere: what is refused, and that nobody keeps us waiting."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.outgoing import NotFetched, address_problem, fetch
from kitabxana.base.outgoing_lines import end_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@contextmanager
def server(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hears one request and then does what `say` does with the line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):  # nobody asked, or nobody waited
                line, _ = listening.accept()
                with line:
                    line.recv(4096)
                    say(line)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/sru"


def code(address: str, **how: Any) -> str:
    with pytest.raises(NotFetched) as refused:
        fetch(address, **{"seconds": 3, "most_bytes": 1000} | how)
    return refused.value.code


def test_what_a_server_says_is_brought(settings: Any) -> None:
    settings.OUTGOING_INSIDE = LOOPBACK
    with server(lambda line: line.sendall(HEAD + b"Content-Length: 5\r\n\r\nsalam")) as address:
        assert fetch(address, seconds=3, most_bytes=1000) == b"salam"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://[::ffff:127.0.0.1]:1/",
        "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/",
        "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://2130706433/", "http://224.0.0.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_the_house_s_own_network_is_not_asked(address: str, settings: Any) -> None:
    settings.OUTGOING_INSIDE = []
    assert code(address) == "inside"


@pytest.mark.parametrize(
    "address",
    [
        "", "ftp://example.org/", "file:///etc/passwd", "http:///sru", "//example.org/", "http://u:p@example.org/",
        "http://example.org:99999/", "http://example.org/a b", "http://example.org/\r\nX: y", "http://example.org/ə",
        "http://example.org:0/", "gopher://example.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_web_server(address: str) -> None:
    assert address_problem(address) == "bad_address"
    assert code(address) == "bad_address"


def test_a_name_in_the_open_network_is_an_address() -> None:
    assert address_problem("https://sru.example.org:8443/db?x=1") is None


@pytest.mark.parametrize(
    ("address", "end"),
    [
        ("z.example.org", ("z.example.org", 210)), ("z.example.org:7090", ("z.example.org", 7090)),
        ("[2001:db8::1]:99", ("2001:db8::1", 99)), ("", None), ("z:0", None), ("z:", None), ("z:99999", None),
        ("z/db", None), ("u@z", None), ("a b", None), ("ə.org", None), ("http://z", None), ("z?x", None), ("z#x", None),
    ],
)  # fmt: skip
def test_host_and_port_of_a_line(address: str, end: tuple[str, int] | None) -> None:
    assert end_of(address, port=210) == end


def test_a_server_that_draws_its_answer_out_is_cut_off(settings: Any) -> None:
    settings.OUTGOING_INSIDE = LOOPBACK

    def drip(line: socket.socket) -> None:
        line.sendall(HEAD + b"\r\n")
        for _ in range(100):
            line.sendall(b"x")
            time.sleep(0.05)

    with server(drip) as address:
        begun = time.monotonic()
        assert code(address, seconds=0.4) == "too_slow"
        assert time.monotonic() - begun < 2


def test_a_server_that_says_nothing_is_not_waited_for(settings: Any) -> None:
    settings.OUTGOING_INSIDE = LOOPBACK
    with server(lambda _: time.sleep(3)) as address:
        begun = time.monotonic()
        assert code(address, seconds=0.3) == "too_slow"
        assert time.monotonic() - begun < 2


def test_an_answer_without_end_is_left(settings: Any) -> None:
    settings.OUTGOING_INSIDE = LOOPBACK

    def flood(line: socket.socket) -> None:
        line.sendall(HEAD + b"\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with server(flood) as address:
        assert code(address, most_bytes=100_000) == "too_large"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", "moved"),
        (b"HTTP/1.1 503 No\r\n\r\n", "bad_status"),
        (b"EHLO\r\n", "no_answer"),
        (b"", "no_answer"),
        (HEAD + b"Content-Length: 50\r\n\r\ncut", "no_answer"),
    ],
)
def test_what_is_no_answer(said: bytes, wanted: str, settings: Any) -> None:
    settings.OUTGOING_INSIDE = LOOPBACK
    with server(lambda line: line.sendall(said)) as address:
        assert code(address) == wanted
