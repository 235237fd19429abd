"""WebSockets of imitated vendors: the upgrade of a request, and binary messages as one stream of bytes.

`websockets` is imported only when somebody asks for an upgrade: most vendors have no socket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

Conversation = Callable[["SandboxSocket"], None]


class SocketClosed(Exception):
    """The other side went away."""


class SandboxSocket:
    """One WebSocket, seen from the vendor's side; `subprotocols` are those it speaks."""

    def __init__(self, connection: socket.socket, request: bytes, subprotocols: tuple[str, ...]) -> None:
        from websockets.server import ServerProtocol  # noqa: PLC0415
        from websockets.typing import Subprotocol  # noqa: PLC0415

        self._connection = connection
        self._protocol = ServerProtocol(subprotocols=[Subprotocol(name) for name in subprotocols])
        self._buffer = bytearray()
        self._protocol.receive_data(request)
        (asked,) = self._protocol.events_received()
        answer: Any = self._protocol.accept(asked)  # type: ignore[arg-type]  # the first event is the request
        self._protocol.send_response(answer)
        self._flush()

    def send(self, data: bytes) -> None:
        """Send one binary message. Raises: SocketClosed."""
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        try:
            self._protocol.send_binary(data)
        except WebSocketException as error:
            raise SocketClosed from error
        self._flush()

    def exact(self, size: int) -> bytes:
        """The next `size` bytes, however they were cut into messages. Raises: SocketClosed."""
        while len(self._buffer) < size:
            self._receive()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def waits(self) -> bool:
        """Whether something was received that nobody has read."""
        return bool(self._buffer)

    def close(self) -> None:
        """Say good-bye."""
        try:
            self._protocol.send_close()
            self._flush()
        except Exception:  # noqa: BLE001 - it is over either way
            return

    def _receive(self) -> None:
        try:
            data = self._connection.recv(65_536)
        except OSError as error:
            raise SocketClosed from error
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for frame in self._protocol.events_received():
            if int(getattr(frame, "opcode", 8)) in (0, 1, 2):
                self._buffer += bytes(frame.data)  # type: ignore[union-attr]
        self._flush()
        if not data or int(self._protocol.state) != 1:
            raise SocketClosed

    def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
        except OSError as error:
            raise SocketClosed from error
