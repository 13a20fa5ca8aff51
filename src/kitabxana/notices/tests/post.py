"""A mail server and an SMS gateway of the tests' own, on loopback."""

from __future__ import annotations

import email
import email.policy
import http.server
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """What arrived, in order; `answers` are SMTP replies given instead of taking a message, one each."""

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        self.arrived.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.arrived if mail["To"] == address]


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())


@contextmanager
def mail_server(settings: Any, box: Mailbox | None = None) -> Iterator[Mailbox]:
    """A real SMTP server, to which the settings point meanwhile."""
    box = box or Mailbox()
    box.port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Kitabxana <notices@kitabxana.example>"
    try:
        yield box
    finally:
        server.stop()


@dataclass
class Gateway:
    """What was asked of it: (method, path with query, headers, body); `answers` are HTTP codes, then 200."""

    port: int = 0
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    where_to: str = ""


@contextmanager
def sms_gateway(settings: Any, **more: str) -> Iterator[Gateway]:
    """A real HTTP server, to which the settings point meanwhile; `more` are parts of `SMS_GATEWAY`."""
    gateway = Gateway()

    class Door(http.server.BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            gateway.asked.append((self.command, self.path, dict(self.headers), body))
            self.send_response(gateway.answers.pop(0) if gateway.answers else 200)
            if gateway.where_to:
                self.send_header("Location", gateway.where_to)
            self.end_headers()

        do_GET = do_POST = _take  # noqa: N815 - http.server's names

        def log_message(self, *_args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    gateway.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{gateway.port}/send"
    settings.SMS_GATEWAY = {**settings.SMS_GATEWAY, "url": address, **more}
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
