"""CloudflareApi: the vendor's typed library with one deadline, one way to fail, strict reading and a masked log."""

from __future__ import annotations

import json
import logging
import math
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypeVar

import cloudflare
import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from ez_cloudflare.refusals import Missing, refusal
from ez_cloudflare.settings import CloudflareSettings
from ez_cloudflare.transport import BadAnswer, DeadlineTransport
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, RetryAfter

T = TypeVar("T")
Log = Callable[[str, str, int | None], None]
Transport = Callable[[], httpx.BaseTransport]
SOON: Final = 10.0
SHOWN: Final = 2000
TOO_MANY: Final = 429
BROKEN: Final = 500
REFUSED: Final = 400
PERSONAL: Final = frozenset({"auth_code", "contacts", "contact_extensions"})


class _NoBodies(logging.Filter):
    """The library writes whole request bodies, transfer codes included, at level DEBUG: never into a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_NO_BODIES: Final = _NoBodies()
for _name in ("cloudflare._base_client", "cloudflare._response"):
    logging.getLogger(_name).addFilter(_NO_BODIES)


class Info(BaseModel):
    """What the envelope says about pages."""

    page: int = 1
    per_page: int | None = None
    total_count: int | None = None
    total_pages: int | None = None
    cursor: str | None = None


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


class CloudflareApi:
    """One account, for the length of one `with` block. Every call raises signals, and `Refusal` among them."""

    def __init__(
        self, settings: CloudflareSettings, log: Log = silent, transport: Transport | None = None
    ) -> None:
        token = settings.api_token.get_secret_value()
        if not token or not settings.account_id:
            raise PermanentFailure("Cloudflare is not set up: fill in its API token and account")
        self.account_id = settings.account_id
        self._log = log
        inner = transport() if transport else httpx.HTTPTransport(verify=_trust(settings), trust_env=False)
        self._http = httpx.Client(
            transport=DeadlineTransport(inner, settings.timeout),
            timeout=settings.timeout,
            trust_env=False,
            follow_redirects=False,
        )
        self.client = cloudflare.Cloudflare(
            api_token=token,
            base_url=settings.api_base,
            max_retries=0,
            timeout=settings.timeout,
            http_client=self._http,
        )
        # Other credentials of this machine's environment have no part in our calls.
        self.client.api_key = self.client.api_email = self.client.user_service_key = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def read(self, what: type[T], ask: Callable[..., Any], **given: Any) -> T:
        """Ask and read the result as `what`. Raises: RetryAfter for what makes no sense, Refusal, NeedsInfo."""
        return self._result(what, self._asked(ask, given, changes=False), changes=False)[0]

    def page(self, what: type[T], ask: Callable[..., Any], **given: Any) -> tuple[T, Info]:
        """The same, with what the envelope says about pages."""
        return self._result(what, self._asked(ask, given, changes=False), changes=False)

    def change(self, what: type[T], ask: Callable[..., Any], **given: Any) -> T:
        """Change something. Raises: OutcomeUnknown when it may have happened, Refusal, NeedsInfo, RetryAfter."""
        return self._result(what, self._asked(ask, given, changes=True), changes=True)[0]

    def text(self, ask: Callable[..., Any], **given: Any) -> str:
        """An answer that is no JSON: a BIND file."""
        answer = self._asked(ask, given, changes=False)
        if not answer.headers.get("content-type", "").startswith("text/plain"):
            raise RetryAfter(SOON, "Cloudflare's answer is not a BIND file", unreachable=True)
        return answer.text

    def _asked(self, ask: Callable[..., Any], given: Mapping[str, Any], *, changes: bool) -> httpx.Response:
        try:
            answer: httpx.Response = ask(**given).http_response
        except cloudflare.APIStatusError as error:
            answer = error.response
        except cloudflare.APIConnectionError as error:
            raise _unheard(error.__cause__ or error, changes=changes) from None
        except (cloudflare.CloudflareError, ValueError, TypeError) as error:
            raise PermanentFailure(f"Cloudflare's library refuses the call: {error}") from None
        if changes:
            asked = f"{answer.request.method} {answer.request.url.path} {_shown(given)}"
            self._log(asked.strip(), _said(answer), answer.status_code)
        _refuse(answer, changes=changes)
        return answer

    def _result(self, what: type[T], answer: httpx.Response, *, changes: bool) -> tuple[T, Info]:
        envelope = _envelope(answer)
        if envelope is None:
            raise _nonsense(changes=changes, unreachable=True)
        if envelope.get("success") is not True or "result" not in envelope:
            raise _nonsense(changes=changes)
        try:
            info = Info.model_validate(envelope.get("result_info") or {})
            return TypeAdapter(what).validate_python(envelope["result"]), info
        except ValidationError:
            raise _nonsense(changes=changes) from None


def _refuse(answer: httpx.Response, *, changes: bool) -> None:
    """Raise what an error answer means; `success: false` may come with status 200."""
    if answer.status_code == TOO_MANY:
        raise RetryAfter(_seconds(answer.headers.get("retry-after")), "Cloudflare limits our calls")
    if answer.status_code >= BROKEN:
        raise _open(f"Cloudflare has trouble ({answer.status_code})", changes=changes)
    envelope = _envelope(answer)
    if answer.status_code >= REFUSED or (envelope and envelope.get("success") is False):
        raise refusal(answer.status_code, envelope)


def _envelope(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _unheard(error: BaseException, *, changes: bool) -> Exception:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return RetryAfter(SOON, "Cloudflare cannot be reached", unreachable=True)
    cause = str(error) if isinstance(error, BadAnswer) else f"no answer ({type(error).__name__})"
    return _open(cause, changes=changes)


def _nonsense(*, changes: bool, unreachable: bool = False) -> Exception:
    """`unreachable`: it is not even of Cloudflare's kind, somebody else answered."""
    return _open("unreadable answer; is this Cloudflare's API?", changes=changes, unreachable=unreachable)


def _open(cause: str, *, changes: bool, unreachable: bool = True) -> OutcomeUnknown | RetryAfter:
    if changes:
        return OutcomeUnknown(cause, unreachable=unreachable)
    return RetryAfter(SOON, cause, unreachable=unreachable)


def _trust(settings: CloudflareSettings) -> ssl.SSLContext | bool:
    if settings.api_base.startswith("http://"):  # this machine only: there is no certificate to check
        return False
    return ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else True


def _seconds(value: str | None) -> float:
    """Retry-After in seconds; without it the five minutes for which Cloudflare blocks."""
    try:
        seconds = float(value or 300)
    except ValueError:
        return 300.0
    return min(max(seconds, 1.0), 3600.0) if math.isfinite(seconds) else 300.0


def _shown(given: Mapping[str, Any]) -> str:
    """The request's own words for staff, without what is secret or personal."""
    kept = {
        name: "********" if name in PERSONAL else value
        for name, value in given.items()
        if name != "account_id"
    }
    return " ".join(json.dumps(kept, default=str, ensure_ascii=False).split())[:SHOWN]


def _said(answer: httpx.Response) -> str:
    envelope = _envelope(answer)
    if envelope is None:
        return "(not JSON)"
    kept = {
        name: envelope.get(name) for name in ("success", "errors", "result") if envelope.get(name) is not None
    }
    return " ".join(json.dumps(kept, default=str, ensure_ascii=False).split())[:SHOWN]


__all__ = ["CloudflareApi", "Info", "Missing", "silent"]
