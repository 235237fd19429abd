"""Listens for EPP over TLS: one thread per session, frames as RFC 5734 has them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ezcore.plugin_api.sandbox import LoseAnswer
from ezcore.plugin_api.sandbox.giant import GiantResponse

if TYPE_CHECKING:
    from ez_epp.sandbox.app import EppSandbox

LARGEST: Final = 1_000_000
HEADER: Final = 4
IDLE: Final = 120.0


@dataclass
class Session:
    """One connection and who logged in on it."""

    login: str = ""
    ended: bool = False


@dataclass
class Listener:
    """The port. `piece` cuts answers into pieces of so many bytes."""

    app: EppSandbox
    port: int
    context: ssl.SSLContext
    piece: int = 0
    open: list[socket.socket] = field(default_factory=list)
    sessions: int = 0

    def start(self) -> None:
        """Listen in a thread."""
        self.server = socket.create_server(("127.0.0.1", self.port))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def hang_up(self) -> None:
        """Close every session, as a registry does by night."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self.open.clear()

    def stop(self) -> None:
        """Let go of the port."""
        self.server.close()
        self.hang_up()

    def _listen(self) -> None:
        while True:
            try:
                plain, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(IDLE)
        try:
            with self.context.wrap_socket(plain, server_side=True) as connection:
                self.open.append(connection)
                self.sessions += 1
                self._converse(connection)
        except (OSError, struct.error, LoseAnswer):
            plain.close()

    def _converse(self, connection: socket.socket) -> None:
        session = Session()
        self._send(connection, self.app.greeting())
        while not session.ended:
            (length,) = struct.unpack(">I", _exactly(connection, HEADER))
            if not HEADER < length <= LARGEST:
                return
            answer = self.app.speak(_exactly(connection, length - HEADER), session)
            if isinstance(answer, GiantResponse):
                self._send_giant(connection, answer)
            else:
                self._send(connection, answer.body)

    def _send(self, connection: socket.socket, body: bytes) -> None:
        whole = struct.pack(">I", len(body) + 4) + body
        size = self.piece or len(whole)
        for at in range(0, len(whole), size):
            connection.sendall(whole[at : at + size])

    def _send_giant(self, connection: socket.socket, giant: GiantResponse) -> None:
        connection.sendall(struct.pack(">I", len(giant.body) * giant.times + 4))
        taken = 0
        for piece in giant.pieces():
            connection.sendall(piece)
            taken += len(piece)
            self.app.most_taken = max(self.app.most_taken, taken)


def _exactly(connection: socket.socket, size: int) -> bytes:
    pieces = b""
    while len(pieces) < size:
        piece = connection.recv(size - len(pieces))
        if not piece:
            raise ConnectionResetError
        pieces += piece
    return pieces
