"""ProxmoxApi: the vendor's HTTP calls through proxmoxer; one deadline, one type of error, a masked log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

import proxmoxer
import requests
from requests.adapters import BaseAdapter

from ez_proxmox.errors import Kind, ProxmoxError, refusal
from ez_proxmox.settings import ServerSettings
from ez_proxmox.transport import BadAnswer, DeadlineAdapter

Log = Callable[[str, str, int | None], None]
Method = Literal["get", "post", "put", "delete"]
MASK: Final = "********"
SECRETS: Final = frozenset({"cipassword", "password"})
PATH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@!-]*(/[A-Za-z0-9][A-Za-z0-9._:@!-]*)*")
Transport = Callable[[], BaseAdapter]
# urllib3 is not ours to import: it belongs to requests, whose types do not name its errors.
URLLIB3_ERROR: Final[type[Exception]] = requests.exceptions.BaseHTTPError  # type: ignore[attr-defined]


class _NoBodies(logging.Filter):
    """proxmoxer writes whole request bodies, passwords included, at level INFO: that never reaches a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_NO_BODIES: Final = _NoBodies()
logging.getLogger("proxmoxer.core").addFilter(_NO_BODIES)


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


class ProxmoxApi:
    """One server, for the length of one `with` block.

    Every call raises ProxmoxError and nothing else.
    """

    def __init__(
        self, settings: ServerSettings, log: Log = silent, transport: Transport | None = None
    ) -> None:
        self._log = log
        address = urlsplit(settings.api_url)
        user, _, token = settings.token_id.partition("!")
        client = proxmoxer.ProxmoxAPI(
            _bracketed(address.hostname or ""),
            port=address.port or 8006,
            path_prefix=address.path.strip("/") or None,
            user=user,
            token_name=token,
            token_value=settings.token_secret.get_secret_value(),
            verify_ssl=(settings.ca_file or True) if settings.verify_ssl else False,
            timeout=settings.timeout,
        )
        self._client = client
        self._session: requests.Session = client._store["session"]  # noqa: SLF001 - no public way to the session
        # Neither a proxy nor a .netrc of this machine may take part in a call that carries the token.
        self._session.trust_env = False
        self._session.mount("https://", transport() if transport else DeadlineAdapter(settings.timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Read. Raises: ProxmoxError."""
        return self._call("get", path, parameters)

    def post(self, path: str, **parameters: Any) -> Any:
        """Start something. Raises: ProxmoxError, kind UNKNOWN when it may have happened."""
        return self._call("post", path, parameters)

    def put(self, path: str, **parameters: Any) -> Any:
        """Change something. Raises: ProxmoxError, kind UNKNOWN when it may have happened."""
        return self._call("put", path, parameters)

    def delete(self, path: str, **parameters: Any) -> Any:
        """Remove something. Raises: ProxmoxError, kind UNKNOWN when it may have happened."""
        return self._call("delete", path, parameters)

    def _call(self, method: Method, path: str, parameters: dict[str, Any]) -> Any:
        if not PATH.fullmatch(path) or ".." in path:
            raise ProxmoxError(Kind.OTHER, f"refusing to call the odd address {path[:80]!r}")
        asked = f"{method.upper()} /{path} {_shown(parameters)}".strip()
        try:
            answer = self._asked(method, path, dict(parameters))
        except ProxmoxError as error:
            # Looking for what is not there is no news.
            if method != "get" or error.kind is not Kind.NOT_FOUND:
                self._log(asked, error.text, error.status)
            raise
        # Readings are many and harmless; what changes something is kept for staff with its answer.
        if method != "get":
            self._log(asked, str(answer), 200)
        return answer

    def _asked(self, method: Method, path: str, parameters: dict[str, Any]) -> Any:
        changes = method != "get"
        lost = Kind.UNKNOWN if changes else Kind.UNREACHABLE
        try:
            answer = getattr(self._client(path), method)(**parameters)
        except proxmoxer.ResourceException as error:
            raise refusal(error.status_code, _text(error), changes=changes) from None
        except requests.exceptions.RequestException as error:
            kind = Kind.UNREACHABLE if _never_sent(error) else lost
            raise ProxmoxError(kind, f"no answer: {_cause(error)}", away=True) from None
        except (
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            URLLIB3_ERROR,
            OSError,
        ) as error:
            text = f"unreadable answer: {type(error).__name__}"
            raise ProxmoxError(lost, text, away=True) from None
        if isinstance(answer, dict) and isinstance(answer.get("errors"), bytes):
            raise ProxmoxError(lost, "the answer is not JSON; is this a Proxmox API?", away=True)
        return answer


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _shown(parameters: dict[str, Any]) -> str:
    pairs = (f"{name}={MASK if name in SECRETS else value}" for name, value in sorted(parameters.items()))
    return " ".join(" ".join(pairs).split())


def _text(error: proxmoxer.ResourceException) -> str:
    text = str(error.content)
    if isinstance(error.errors, dict):
        named = [
            f"{name}: {why}"
            for name, why in error.errors.items()
            if not isinstance(why, bytes) and name not in SECRETS
        ]
        text = " ".join([text, *named])
    return text[:500]


def _never_sent(error: requests.exceptions.RequestException) -> bool:
    """Whether the request certainly was not sent: no connection, or a certificate we do not trust."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return True
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None)
    return any(parent.__name__ == "NewConnectionError" for parent in type(reason).__mro__)


def _cause(error: requests.exceptions.RequestException) -> str:
    if isinstance(error, BadAnswer):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate is not trusted (set a CA file)"
    return type(error).__name__
