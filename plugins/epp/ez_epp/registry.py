"""One session per process with the registry: login, one command at a time, login again when it was closed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ez_epp import xml
from ez_epp.refusals import CLOSING, FIRST_REFUSAL, SOON, signal_of
from ez_epp.settings import EppSettings
from ez_epp.wire import OddFrame, Wire
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, PluginContext, RetryAfter
from ezcore.plugin_api.errors import StepSignal

Log = Callable[[str, str, int | None], None]
IDLE: Final = 240.0
"""Seconds after which a session is not trusted without a hello."""


def silent(_request: str, _said: str, _status: int | None) -> None:
    """The log of questions."""


@dataclass(frozen=True)
class Answer:
    """A success: its code and the root of the message."""

    code: int
    root: xml.Node

    def data(self, path: str) -> xml.Node | None:
        """An element of resData, as `domain:infData`."""
        return xml.one(self.root, f"epp:response/epp:resData/{path}")


def transaction_id(operation_key: str, verb: str, name: str) -> str:
    """Our number of a command: the same whenever an operation repeats it."""
    return "ez-" + hashlib.sha256(f"{operation_key} {verb} {name}".encode()).hexdigest()[:32]


class Registry:
    """The login. Safe to use from several threads; `close` logs out."""

    def __init__(self, context: PluginContext) -> None:
        self.context = context
        self.extensions: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._of: EppSettings | None = None
        self._used = 0.0
        self._number = 0

    def settings(self) -> EppSettings:
        """The plugin's settings now."""
        return EppSettings.model_validate(self.context.settings().model_dump())

    def ask(self, what: str, verb: xml.Node, extension: xml.Node | None = None) -> Answer:
        """A question. Raises: RetryAfter, NeedsInfo, Refusal, PermanentFailure."""
        return self._exchange(what, verb, extension, "", silent, changes=False)

    def change(
        self, key: str, log: Log, what: str, verb: xml.Node, extension: xml.Node | None = None
    ) -> Answer:
        """A command that changes something; written to the log. Raises: as `ask`, and OutcomeUnknown."""
        return self._exchange(what, verb, extension, key, log, changes=True)

    def announces(self, extension: str) -> bool:
        """Did the registry's greeting name this extension? Raises: as `ask`."""
        with self._held(self.settings()) as settings:
            self._open(settings, time.monotonic() + settings.timeout)
            return xml.NAMESPACES[extension] in self.extensions

    def close(self) -> None:
        """Log out and hang up; a registry that is away is left alone."""
        with self._lock:
            if self._wire is not None:
                deadline = time.monotonic() + SOON
                try:
                    self._wire.send(xml.command(xml.el("epp:logout"), None, "ez-logout"), deadline)
                    self._wire.take(deadline)
                except (OSError, OddFrame):
                    pass
            self._drop()

    def _held(self, settings: EppSettings) -> _Turn:
        return _Turn(self._lock, settings)

    def _exchange(
        self, what: str, verb: xml.Node, extension: xml.Node | None, key: str, log: Log, *, changes: bool
    ) -> Answer:
        settings = self.settings()
        with self._held(settings):
            deadline = time.monotonic() + settings.timeout
            wire = self._open(settings, deadline)
            self._number += 1
            cltrid = transaction_id(key, what, "") if key else f"ez-{self._number}"
            try:
                wire.send(xml.command(verb, extension, cltrid), deadline)
                answer, said = _read(wire.take(deadline), cltrid)
            except (OSError, OddFrame, xml.OddXml) as error:
                self._drop()
                log(what, f"no answer ({type(error).__name__})", None)
                raise _open_end(what, error, changes=changes) from None
            self._used = time.monotonic()
            if answer.code in CLOSING:
                self._drop()
        log(what, said, answer.code)
        if answer.code >= FIRST_REFUSAL:
            raise signal_of(answer.code, said, changes=changes)
        return answer

    def _open(self, settings: EppSettings, deadline: float) -> Wire:
        """The session, made anew when it is gone. Nothing was asked yet, so a failure here changed nothing."""
        idle = time.monotonic() - self._used
        if self._wire is not None and (self._of != settings or idle > IDLE or not self._wire.alive()):
            self._drop()
        if self._wire is not None:
            return self._wire
        if not settings.host or not settings.username or not settings.password.get_secret_value():
            raise PermanentFailure("ez-epp is not set up: it needs host, username and password")
        try:
            self._wire, self._of = Wire(settings), settings
            self._login(self._wire, settings, deadline)
        except (OSError, OddFrame, xml.OddXml) as error:
            self._drop()
            raise RetryAfter(
                SOON, f"no session with the registry ({type(error).__name__})", unreachable=True
            ) from None
        except StepSignal:
            self._drop()
            raise
        self._used = time.monotonic()
        return self._wire

    def _login(self, wire: Wire, settings: EppSettings, deadline: float) -> None:
        greeting = xml.one(xml.read(wire.take(deadline)), "epp:greeting")
        if greeting is None:
            raise xml.OddXml("no greeting")
        announced = frozenset(node.text for node in xml.every(greeting, ".//epp:extURI"))
        self.extensions = announced & {xml.NAMESPACES[name] for name in xml.EXTENSIONS}
        extensions = [xml.el("epp:extURI", uri) for uri in sorted(self.extensions)]
        login = xml.el(
            "epp:login",
            xml.el("epp:clID", settings.username),
            xml.el("epp:pw", settings.password.get_secret_value()),
            xml.el("epp:options", xml.el("epp:version", "1.0"), xml.el("epp:lang", "en")),
            xml.el(
                "epp:svcs",
                *(xml.el("epp:objURI", xml.NAMESPACES[name]) for name in xml.OBJECTS),
                xml.el("epp:svcExtension", *extensions) if extensions else None,
            ),
        )
        wire.send(xml.command(login, None, "ez-login"), deadline)
        answer, said = _read(wire.take(deadline), "ez-login")
        if answer.code >= FIRST_REFUSAL:
            raise signal_of(answer.code, said, changes=False)

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None


class _Turn:
    """The lock of the session, waited for no longer than one call may take."""

    def __init__(self, lock: threading.Lock, settings: EppSettings) -> None:
        self._lock, self._settings = lock, settings

    def __enter__(self) -> EppSettings:
        if not self._lock.acquire(timeout=self._settings.timeout):
            raise RetryAfter(SOON, "the session with the registry is busy")
        return self._settings

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _read(body: bytes, cltrid: str) -> tuple[Answer, str]:
    root = xml.read(body)
    result = xml.one(root, "epp:response/epp:result")
    code = "" if result is None else result.get("code", "")
    if not (code.isascii() and code.isdigit()):
        raise xml.OddXml("no result")
    echoed = xml.text(root, "epp:response/epp:trID/epp:clTRID")
    if echoed and echoed != cltrid:
        raise xml.OddXml("the answer to another command")
    said = " ".join(
        part for part in (xml.text(result, "epp:msg"), xml.text(result, "epp:extValue/epp:reason")) if part
    )
    return Answer(int(code), root), said[:500]


def _open_end(what: str, error: Exception, *, changes: bool) -> StepSignal:
    away = isinstance(error, OSError)
    cause = (
        f"{what}: {'the answer was lost' if away else 'the answer makes no sense'} ({type(error).__name__})"
    )
    if changes:
        return OutcomeUnknown(cause, unreachable=away)
    return RetryAfter(SOON, cause, unreachable=away)
