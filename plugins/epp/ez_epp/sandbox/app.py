"""The imitated registry.

Names of calls in faults and in the call log: `login`, `logout`, `poll`, `domain.check info create renew transfer
update delete`, `contact.create info update`, `host.create info update delete`.
Handler fault: `late_failure` on `domain.create` and `domain.transfer` (args.message): pending, then refused.
`options.extra`: `epp_port` (0: any), `transfer_seconds` (a transfer, 20), `pending_seconds` (a late failure, 4).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ez_epp import xml
from ez_epp.sandbox import PASSWORD, USERNAME
from ez_epp.sandbox.domains import Domains
from ez_epp.sandbox.listener import Listener, Session
from ez_epp.sandbox.objects import Objects
from ez_epp.sandbox.reply import Refused, Said, reply
from ezcore.plugin_api.sandbox import (
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    make_ca,
    server_context,
)
from ezcore.plugin_api.sandbox.faults import Fault

Handler = Callable[[xml.Node, xml.Node], Said]


class EppSandbox(SandboxApp):
    """One registry with one registrar's login; it forgets nothing when it is killed."""

    name = "epp"

    def __init__(self, store: Store, options: SandboxOptions, folder: Path) -> None:
        super().__init__(store, options)
        self.ca_file = make_ca(folder).certificate
        self.listener = Listener(self, int(options.extra.get("epp_port", 0)), server_context(folder))
        self.domains = Domains(self)
        self.handlers: dict[str, Handler] = {**self.domains.handlers(), **Objects(self).handlers()}

    @property
    def address(self) -> str:
        """Where EPP is spoken."""
        return f"epps://127.0.0.1:{self.listener.port}"

    def start(self) -> None:
        """Listen."""
        self.listener.start()

    def close(self) -> None:
        """Hang up."""
        self.listener.stop()
        super().close()

    def option(self, name: str, default: float) -> float:
        """A number of `options.extra`."""
        return float(self.options.extra.get(name, default))

    def later(self, seconds: float) -> str:
        """A moment from now, as EPP prints it."""
        return (self.clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def is_past(self, stamp: str) -> bool:
        """Has this moment come?"""
        return datetime.fromisoformat(stamp) <= self.clock.now()

    def greeting(self) -> bytes:
        """What is said first, and after a hello."""
        return xml.frame(
            xml.el(
                "epp:greeting",
                xml.el("epp:svID", "ezcore sandbox registry"),
                xml.el("epp:svDate", self.later(0)),
                xml.el(
                    "epp:svcMenu",
                    xml.el("epp:version", "1.0"),
                    xml.el("epp:lang", "en"),
                    *(xml.el("epp:objURI", xml.NAMESPACES[name]) for name in xml.OBJECTS),
                    xml.el(
                        "epp:svcExtension",
                        *(xml.el("epp:extURI", xml.NAMESPACES[name]) for name in xml.EXTENSIONS),
                    ),
                ),
                xml.el(
                    "epp:dcp",
                    xml.el("epp:access", xml.el("epp:all")),
                    xml.el(
                        "epp:statement",
                        xml.el("epp:purpose", xml.el("epp:prov")),
                        xml.el("epp:recipient", xml.el("epp:ours")),
                        xml.el("epp:retention", xml.el("epp:stated")),
                    ),
                ),
            )
        )

    def speak(self, body: bytes, session: Session) -> SandboxResponse:
        """Answer one frame. Raises: LoseAnswer."""
        try:
            root = xml.read(body)
        except xml.OddXml:
            return _sent(reply(Said(2001, "Command syntax error"), ""))
        if xml.one(root, "epp:hello") is not None:
            return _sent(self.greeting())
        command = xml.one(root, "epp:command")
        number = xml.text(root, "epp:command/epp:clTRID")
        if command is None or len(command) == 0:
            return _sent(reply(Said(2001, "Command syntax error"), number))
        self.domains.work_off()
        verb, call = command[0], _call(command[0])
        request = SandboxRequest("EPP", f"/{call}", "", {"cltrid": number}, b"", self.address)
        return self._logged(call, lambda _: self._answer(call, verb, command, number, session), request)

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """Too many sessions or commands."""
        wait = int(fault.args.get("retry_after", 1))
        said = f"Session limit exceeded; server closing connection. Try again in {wait} seconds"
        return _sent(reply(Said(2502, said), ""))

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """A password that was changed."""
        return _sent(reply(Said(2200, "Authentication error"), ""))

    def _answer(
        self, call: str, verb: xml.Node, command: xml.Node, number: str, session: Session
    ) -> SandboxResponse:
        try:
            return _sent(reply(self._done(call, verb, command, session), number))
        except Refused as refused:
            return _sent(reply(Said(refused.code, str(refused)), number))
        except (ValueError, KeyError, TypeError):
            return _sent(reply(Said(2005, "Parameter value syntax error"), number))

    def _done(self, call: str, verb: xml.Node, command: xml.Node, session: Session) -> Said:
        if call == "login":
            given = xml.text(verb, "epp:clID"), xml.text(verb, "epp:pw")
            if given[0] != USERNAME or not hmac.compare_digest(given[1].encode(), PASSWORD.encode()):
                session.ended = True
                raise Refused(2200, "Authentication error")
            session.login = given[0]
            return Said(1000)
        if call == "logout":
            session.ended = True
            return Said(1500, "Command completed successfully; ending session")
        if not session.login:
            raise Refused(2002, "Command use error: log in first")
        if call not in self.handlers:
            raise Refused(2101, "Unimplemented command")
        return self.handlers[call](verb, xml.one(command, "epp:extension"))


def _call(verb: xml.Node) -> str:
    name = xml.local(verb)
    if name in ("login", "logout", "poll") or len(verb) == 0:
        return name
    asked = f"{xml.local(verb[0])}"
    kind = next(
        (kind for kind in xml.OBJECTS if verb[0].tag.startswith(f"{{{xml.NAMESPACES[kind]}}}")), "other"
    )
    query = verb.get("op") == "query"
    return f"{kind}.{asked}{'.query' if query else ''}"


def _sent(body: bytes) -> SandboxResponse:
    return SandboxResponse(body=body, content_type="application/epp+xml")
