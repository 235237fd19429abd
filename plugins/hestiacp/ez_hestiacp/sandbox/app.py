"""The imitated server as a WSGI application: POST /api/ by access key, answers by Hestia-Exit-Code.

The calls in faults and in the call log are the commands (`v-add-user`). Handler faults: `stale_read` on v-list-user
(the account as it was before its last change), `partial_failure` on any change (it happens, then a restart fails: exit
code 20; args.code and args.text say otherwise), `late_failure` on any change (exit code 0, and nothing was done).
Control: POST /_control/user {"user", "suspended"|"package"|"contact"|...} changes a user by hand, /_control/delete
{"user"} deletes one, /_control/add {"user", "package"} makes a stranger's, /_control/usage {"user", "disk",
"bandwidth"} (MiB; counted at night).
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from ez_hestiacp.sandbox import control, refusals
from ez_hestiacp.sandbox.commands import run
from ez_hestiacp.sandbox.refusals import Refusal
from ez_hestiacp.sandbox.seed import Settings, seed
from ez_hestiacp.sandbox.server import Server
from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxRequest, SandboxResponse, Store
from ezcore.plugin_api.sandbox.control import add_control_routes
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.routes import Routes

API: Final = "/api/"
HTML: Final = "text/html; charset=UTF-8"
JSON: Final = "application/json; charset=utf-8"
MASK: Final = "********"
SECRET_ARGS: Final = {
    "v-add-user": 2,
    "v-change-user-password": 2,
    "v-add-database": 4,
    "v-add-mail-account": 4,
    "v-make-tmp-file": 1,
}
COMMAND: Final = re.compile(r"[a-zA-Z0-9_-]+")
KEY_LENGTH, SECRET_LENGTH, MOST_ARGS = 20, 40, 13
NO_DATA: Final = (
    "data received is null or invalid, check https://hestiacp.com/docs/server-administration/rest-api.html"
)


class HestiaSandbox(SandboxApp):
    """A small HestiaCP server that forgets nothing when it is killed."""

    name = "hestiacp"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.settings = Settings.read(options.extra)
        self.server = Server(store, self.settings, self.clock)
        # The first route that fits wins: our state shows no passwords.
        self.routes = Routes()
        control.add_routes(self)
        add_control_routes(self)
        self.route("POST", API, self._answer, "api")
        seed(store, self.settings, self.clock.now())

    def handle(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request; the call is named by its command. Raises: LoseAnswer."""
        if request.method != "POST" or request.path not in (API, API.rstrip("/")):
            return super().handle(request)
        given = _given(request)
        command = given.get("cmd", "")
        call = command if COMMAND.fullmatch(command) else "api"
        shown = replace(request, body=urlencode(_masked(given)).encode())
        shown = replace(
            shown, headers={**request.headers, "content-type": "application/x-www-form-urlencoded"}
        )
        return self._logged(call, lambda _shown: self._answer(request), shown)

    def unauthorized(self, fault: Fault) -> SandboxResponse:
        """A key that was revoked; with args.permission, one that may not run a command any more."""
        if "permission" in fault.args:
            return answer_to(Refusal(10, f"Key {self.settings.access_key} don't have permission"))
        return answer_to(Refusal(9, f"key {self.settings.access_key} doesn't exist"))

    def not_found(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """The panel's web server answers everything else."""
        return SandboxResponse(b"<html><h1>404 Not Found</h1></html>", 404, "text/html")

    method_not_allowed = not_found

    def _answer(self, request: SandboxRequest) -> SandboxResponse:
        seed(self.store, self.settings, self.clock.now())
        given = _given(request)
        numbers_only = given.get("returncode") == "yes"
        try:
            command, args = self._checked(given)
        except Refusal as error:
            return answer_to(error, number=numbers_only)
        try:
            printed = self._run(command, args)
        except Refusal as error:
            return _numbered(error.code) if numbers_only else answer_to(error)
        return _numbered(0) if numbers_only else _printed(printed)

    def _checked(self, given: dict[str, str]) -> tuple[str, list[str]]:
        """The command and its arguments. Raises: Refusal for a bad key, permission or address."""
        own = self.settings
        if not {"access_key", "secret_key"} <= given.keys():
            raise Refusal(405, NO_DATA)
        if own.api_system == "0":
            raise Refusal(11, "API has been disabled")
        if own.allowed_ip != "allow-all" and "127.0.0.1" not in own.allowed_ip.split(","):
            raise Refusal(10, "IP is not allowed to connect with API")
        command = given.get("cmd", "").strip()
        if not command:
            raise Refusal(2, "Command not provided")
        if not COMMAND.fullmatch(command):
            raise Refusal(2, f"{command} command invalid")
        key = given["access_key"].strip()
        if not re.fullmatch(rf"[A-Za-z0-9]{{{KEY_LENGTH}}}", key):
            raise Refusal(9, f"invalid access_key_id format :: {key}")
        if key != own.access_key:
            raise Refusal(9, f"key {key} doesn't exist")
        if given["secret_key"].strip() != own.secret_key:
            raise Refusal(9, f"Invalid secret key for key {key}")
        if not own.permits(command):
            raise Refusal(10, f"Key {key} don't have permission to run the command {command}")
        every = [given.get(f"arg{at}") for at in range(1, MOST_ARGS + 1)]
        return command, [arg.strip() for arg in every if arg is not None]

    def _run(self, command: str, args: list[str]) -> Any:
        fault = self.faults.take(command, "stale_read", "partial_failure", "late_failure")
        if fault and fault.kind == "stale_read":
            return self._stale(command, args)
        if fault and fault.kind == "late_failure":
            return ""
        printed = run(self.server, command, args)
        if fault:
            text = fault.args.get("text", "nginx restart failed")
            raise Refusal(int(fault.args.get("code", 20)), text)
        return printed

    def _stale(self, command: str, args: list[str]) -> Any:
        """What a list said before the last change."""
        before = self.store.get("before", args[0]) if args else None
        if command != "v-list-user":
            return run(self.server, command, args)
        if before is None:
            raise refusals.missing("user", args[0])
        now = self.store.get("user", args[0])
        self.store.put("user", args[0], before)
        try:
            return run(self.server, command, args)
        finally:
            if now is not None:
                self.store.put("user", args[0], now)


def answer_to(refusal: Refusal, *, number: bool = False) -> SandboxResponse:
    """A refusal over HTTP; `number`: the caller wanted the exit code as the body."""
    body = str(refusal.code) if number else refusal.text
    status = refusals.status_of(refusal.code)
    return SandboxResponse(body.encode(), status, HTML, (("Hestia-Exit-Code", str(refusal.code)),))


def _numbered(code: int) -> SandboxResponse:
    return SandboxResponse(str(code).encode(), 200, HTML, (("Hestia-Exit-Code", str(code)),))


def _printed(printed: Any) -> SandboxResponse:
    header = (("Hestia-Exit-Code", "0"),)
    if isinstance(printed, str):
        return SandboxResponse(printed.encode(), 200 if printed else 204, HTML, header)
    if not printed:  # PHP takes an empty object for nothing: it does not call it JSON
        return SandboxResponse(b"{\n}", 200, HTML, header)
    return SandboxResponse(json.dumps(printed, indent=4).encode(), 200, JSON, header)


def _given(request: SandboxRequest) -> dict[str, str]:
    given = request.form
    if not {"access_key", "user", "hash"} & given.keys():
        try:
            value = request.json()
        except ValueError:
            value = None
        given = {str(name): str(item) for name, item in value.items()} if isinstance(value, dict) else {}
    key, _, secret = given.get("hash", "").partition(":")
    if "access_key" not in given and len(key) == KEY_LENGTH and len(secret) == SECRET_LENGTH:
        given = {name: value for name, value in given.items() if name != "hash"}
        given |= {"access_key": key, "secret_key": secret}
    return given


def _masked(given: dict[str, str]) -> dict[str, str]:
    hidden = {"secret_key", "hash", f"arg{SECRET_ARGS.get(given.get('cmd', ''), 0)}"}
    return {name: MASK if name in hidden else value for name, value in given.items()}
