"""Another host, to which a hostile (or hacked) vendor may send us: it keeps every request that reaches it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

REDIRECTS: Final = (301, 302, 303, 307, 308)
"""All that a client library may follow; the last two repeat method and body."""
LARGEST_BODY: Final = 65_536


@dataclass
class Elsewhere:
    """A real listener under another name than the vendor's. `heard` has what reached it, headers and body included."""

    url: str = ""
    heard: list[str] = field(default_factory=list)

    def redirect(self, status: int) -> dict[str, Any]:
        """Arguments of the fault `error` that make the vendor send us here."""
        return {"status": status, "body": "", "headers": {"Location": f"{self.url}/api2/json/v1?from=vendor"}}


@contextmanager
def another_host() -> Iterator[Elsewhere]:
    """The host, for the length of a `with` block. It answers everything with an empty JSON object."""
    host = Elsewhere()

    class Ear(BaseHTTPRequestHandler):
        def _hear(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)
            body = self.rfile.read(size).decode("utf-8", "replace")
            host.heard.append(f"{self.requestline}\n{self.headers}\n{body}")
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"{}")

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _hear  # noqa: N815 - as http.server calls them

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    host.url = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
