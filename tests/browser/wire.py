"""A line between browser and server that can be cut like a real one: no answer, no connection, no page."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Carries bytes from a port of its own to the server until it is cut; mended, it is the same port again.

    `loses_answer_to`: the next request that contains this reaches the server, and the line breaks before the answer.
    """

    def __init__(self, server: str) -> None:
        host, _, port = server.removeprefix("http://").partition(":")
        self._server = (host, int(port))
        self._open: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.loses_answer_to = b""

    def cut(self) -> None:
        # Closing alone leaves a thread that waits in `accept` with one more connection to give away.
        for one in (self._listener, *self._open):
            self._end(one)
        self._open.clear()

    def mend(self) -> None:
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._server)
            except OSError:
                return
            self._open += [near, far]
            deaf = threading.Event()
            threading.Thread(target=self._ask, args=(near, far, deaf), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near, deaf), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while some := near.recv(65_536):
                if self.loses_answer_to and self.loses_answer_to in some:
                    self.loses_answer_to = b""
                    deaf.set()
                far.sendall(some)
        with contextlib.suppress(OSError):
            far.shutdown(socket.SHUT_WR)

    def _answer(self, far: socket.socket, near: socket.socket, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while some := far.recv(65_536):
                if deaf.is_set():
                    break
                near.sendall(some)
        self._end(near)

    @staticmethod
    def _end(one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
