"""Serves an imitated vendor on loopback in a own thread, and drops connections when a fault says so."""

from __future__ import annotations

import ssl
import threading
import time
from socketserver import ThreadingMixIn
from typing import Any, Self
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from ezcore.plugin_api.sandbox.messages import SandboxRequest
from ezcore.plugin_api.sandbox.sockets import SandboxSocket
from ezcore.plugin_api.sandbox.wsgi import LoseAnswer, SandboxApp

_LONGEST_LINE = 65536


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def server_bind(self) -> None:
        super().server_bind()
        # wsgiref looks the host name up, which may ask a name server; loopback needs no name.
        self.server_name = str(self.server_address[0])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(ServerHandler):
    request_handler: WSGIRequestHandler
    _lost: LoseAnswer | None = None

    def handle_error(self) -> None:
        if self._lost is None:
            super().handle_error()

    def run(self, application: Any) -> None:
        def watched(environ: dict[str, Any], start_response: Any) -> Any:
            try:
                return application(environ, start_response)
            except LoseAnswer as lost:
                self._lost = lost
                time.sleep(lost.hold)
                raise

        super().run(watched)


class _RequestHandler(WSGIRequestHandler):
    timeout = 60

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's own name
        """Quiet: calls are in the call log, masked."""

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
        if len(self.raw_requestline) > _LONGEST_LINE or not self.parse_request():
            return
        environ = self.get_environ()
        if isinstance(self.connection, ssl.SSLSocket):
            environ["HTTPS"] = "on"
        server: Any = self.server
        if self.headers.get("Upgrade", "").lower() == "websocket" and self._converse(
            server.get_app(), environ
        ):
            return
        stdin: Any = self.rfile
        stdout: Any = self.wfile
        handler = _Handler(stdin, stdout, self.get_stderr(), environ, multithread=True)
        handler.request_handler = self
        handler.run(server.get_app())

    def _converse(self, app: SandboxApp, environ: dict[str, Any]) -> bool:
        """Hand the connection over to what the application opens here; False when it opens nothing."""
        scheme = "https" if "HTTPS" in environ else "http"
        known = environ | {"wsgi.input": self.rfile, "wsgi.url_scheme": scheme, "CONTENT_LENGTH": "0"}
        conversation = app.conversation(SandboxRequest.from_environ(known))
        if conversation is None:
            return False
        self.connection.settimeout(None)
        request = self.raw_requestline + str(self.headers).replace("\r\n", "\n").replace("\n", "\r\n").encode(
            "latin-1"
        )
        conversation(SandboxSocket(self.connection, request, app.subprotocols))
        return True


class RunningServer:
    """An imitated vendor that listens; `address` is its base URL."""

    def __init__(self, app: SandboxApp, host: str, port: int, ssl_context: ssl.SSLContext | None) -> None:
        self.app = app
        self._server = _Server((host, port), _RequestHandler)
        self._server.set_app(app)
        if ssl_context:
            # The handshake happens in the thread of the connection: a silent client must not stop the others.
            self._server.socket = ssl_context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.host, self.port = host, int(self._server.server_address[1])
        self.address = f"{'https' if ssl_context else 'http'}://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=f"sandbox-{app.name}", daemon=True
        )

    def start(self) -> None:
        """Listen, and let the application start its background work."""
        self._thread.start()
        self.app.start()

    def stop(self) -> None:
        """Stop listening and close the application; its state stays."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
        self.app.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    app: SandboxApp, host: str = "127.0.0.1", port: int = 0, ssl_context: ssl.SSLContext | None = None
) -> RunningServer:
    """Start serving; port 0 takes a free one. Use it as a context manager or call `stop()`."""
    server = RunningServer(app, host, port, ssl_context)
    server.start()
    return server
