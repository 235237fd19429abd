"""The webhook door of a simulated shop: the real web application, called without a socket."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.plugin_api.sandbox import Post


class Door:
    """Carries a post to the application and says how it was answered; 0 when the process died meanwhile."""

    def __init__(self, app: Any, on_death: Callable[[SimulatedCrash], None]) -> None:
        self._app, self._on_death = app, on_death
        self.answers: dict[int, int] = {}

    def __call__(self, post: Post) -> int:
        """Deliver one webhook."""
        status: list[int] = []

        def start_response(line: str, _headers: Any, _error: Any = None) -> Callable[[bytes], None]:
            status.append(int(line.split(" ", 1)[0]))
            return lambda _chunk: None

        try:
            for _ in self._app(_environ(post), start_response):
                pass
        except SimulatedCrash as crash:
            self._on_death(crash)
            status = [0]
        self.answers[status[-1]] = self.answers.get(status[-1], 0) + 1
        return status[-1]


def _environ(post: Post) -> dict[str, Any]:
    parts = urlsplit(post.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "REMOTE_ADDR": "192.0.2.10",
        "CONTENT_LENGTH": str(len(post.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(post.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in post.headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
