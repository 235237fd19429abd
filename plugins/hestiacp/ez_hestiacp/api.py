"""HestiaApi: one POST per command, by access key over HTTPS; one deadline, one type of error, a masked log."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import requests
from requests.adapters import BaseAdapter

from ez_hestiacp.errors import TOO_MANY, Code, HestiaError, Kind, refusal
from ez_hestiacp.settings import ServerSettings
from ez_hestiacp.transport import BadAnswer, DeadlineAdapter

Log = Callable[[str, str, int | None], None]
Transport = Callable[[], BaseAdapter]
MASK: Final = "********"
READS: Final = "v-list-"
EXIT_CODE: Final = "Hestia-Exit-Code"
LONGEST_TEXT: Final = 2000
UNDER_THE_ACCESS_KEY: Final = "answered without Hestia-Exit-Code; is this the API of HestiaCP 1.6 or newer?"


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


class HestiaApi:
    """One server, for the length of one `with` block. Every call raises HestiaError and nothing else."""

    def __init__(
        self, settings: ServerSettings, log: Log = silent, transport: Transport | None = None
    ) -> None:
        self._settings = settings
        self._log = log
        self._session = requests.Session()
        # Neither a proxy nor a .netrc of this machine may take part in a call that carries the key.
        self._session.trust_env = False
        self._session.verify = (settings.ca_file or True) if settings.verify_ssl else False
        self._reader = transport() if transport else DeadlineAdapter(settings.timeout)
        self._changer = transport() if transport else DeadlineAdapter(settings.slow_timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def read(self, command: str, *args: str) -> dict[str, Any]:
        """A list in JSON; empty when there is none. Raises: HestiaError."""
        text = self._call(command, [*args, "json"], ())
        if not text.strip():
            return {}
        try:
            value = json.loads(text)
        except ValueError:
            raise HestiaError(Kind.UNREACHABLE, f"{command} gave no JSON") from None
        if not isinstance(value, dict):
            raise HestiaError(Kind.UNREACHABLE, f"{command} gave no object")
        return value

    def change(self, command: str, *args: str, secret: Sequence[int] = ()) -> str:
        """Do something; `secret` are the positions (from 1) of arguments that no log may show.

        A text with exit code 0 is a sub-command's complaint and no failure; it is given back.
        Raises: HestiaError, kind UNKNOWN when it may have happened.
        """
        return self._call(command, args, secret)

    def _call(self, command: str, args: Sequence[str], secret: Sequence[int]) -> str:
        reads = command.startswith(READS)
        shown = " ".join([command, *(MASK if at in secret else arg for at, arg in enumerate(args, 1))])
        try:
            text = self._asked(command, args, reads=reads)
        except HestiaError as error:
            # Looking for what is not there is no news.
            if not reads or error.kind is not Kind.NOT_FOUND:
                self._log(shown[:LONGEST_TEXT], error.text, error.status)
            raise
        # Readings are many and harmless; what changes something is kept for staff with its answer.
        if not reads:
            self._log(shown[:LONGEST_TEXT], text[:LONGEST_TEXT] or "done", 200)
        return text

    def _asked(self, command: str, args: Sequence[str], *, reads: bool) -> str:
        lost = Kind.UNREACHABLE if reads else Kind.UNKNOWN
        form = {"cmd": command, "returncode": "no"} | {f"arg{at}": arg for at, arg in enumerate(args, 1)}
        form |= {
            "access_key": self._settings.access_key,
            "secret_key": self._settings.secret_key.get_secret_value(),
        }
        self._session.mount("https://", self._reader if reads else self._changer)
        seconds = self._settings.timeout if reads else self._settings.slow_timeout
        try:
            answer = self._session.post(
                f"{self._settings.api_url}/api/", data=form, timeout=(10, seconds), allow_redirects=False
            )
        except requests.exceptions.RequestException as error:
            kind = Kind.UNREACHABLE if _never_sent(error) else lost
            raise HestiaError(kind, f"no answer: {_cause(error)}", away=True) from None
        except (OSError, ValueError, LookupError) as error:
            raise HestiaError(lost, f"unreadable answer: {type(error).__name__}", away=True) from None
        return _judged(answer, lost)


def _judged(answer: requests.Response, lost: Kind) -> str:
    """The text of an answer, decided by its exit code. A proxy's answer has none. Raises: HestiaError."""
    said = str(answer.headers.get(EXIT_CODE, "")).strip()
    if not said.isdecimal():
        if answer.status_code == TOO_MANY:
            raise HestiaError(Kind.BUSY, "too many requests", status=TOO_MANY)
        text = f"status {answer.status_code}, {UNDER_THE_ACCESS_KEY}"
        raise HestiaError(lost, text, status=answer.status_code, away=True)
    answer.encoding = "utf-8"
    if int(said) != Code.OK:
        raise refusal(int(said), answer.text, answer.status_code)
    return answer.text


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
