"""A small imitated vendor behind a real socket: faults, lost answers, call log, control endpoints, TLS."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.sandbox import (
    Fault,
    LoseAnswer,
    RunningServer,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    json_response,
    make_ca,
    serve,
    server_context,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Kiosk(SandboxApp):
    """Sells newspapers, knows one password."""

    name = "kiosk"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.route("POST", "/papers/{title}", self.sell, "papers.sell")
        self.route("GET", "/papers/{title}", self.show, "papers.show")
        self.route("GET", "/archive/{path*}", self.archive, "archive")

    def sell(self, request: SandboxRequest) -> SandboxResponse:
        """One more paper sold."""
        document = self.store.get("paper", request.args["title"]) or {"sold": 0}
        document["sold"] += 1
        self.store.put("paper", request.args["title"], document)
        return json_response(document, 201)

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """How many were sold; an unknown title is refused in the kiosk's own words."""
        document = self.store.get("paper", request.args["title"])
        if document is None:
            raise LookupError("sold out")
        return json_response(document)

    def archive(self, request: SandboxRequest) -> SandboxResponse:
        """The rest of the path."""
        return SandboxResponse(request.args["path"].encode())

    def refused(self, error: Exception) -> SandboxResponse | None:
        """Answers with its own reason phrase."""
        return (
            json_response({"why": str(error)}, 500, reason="Sold Out")
            if isinstance(error, LookupError)
            else None
        )


@pytest.fixture
def kiosk() -> Iterator[RunningServer]:
    with serve(Kiosk(Store(), SandboxOptions(clock=MovingClock(NOON)))) as running:
        yield running


def ask(
    running: RunningServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, Any]:
    request = urllib.request.Request(running.address + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def script(running: RunningServer, **fault: Any) -> None:
    assert ask(running, "POST", "/_control/faults", json.dumps(fault).encode())[0] == 201


def test_a_lost_answer_leaves_the_effect(kiosk: RunningServer) -> None:
    script(kiosk, call="papers.sell", kind="lose_answer")
    with pytest.raises((RemoteDisconnected, urllib.error.URLError, ConnectionError)):
        ask(kiosk, "POST", "/papers/times")
    assert ask(kiosk, "GET", "/papers/times") == (200, {"sold": 1})
    statuses = [call["status"] for call in kiosk.app.calls.all("papers.sell")]
    assert statuses == [None]


def test_a_lost_request_leaves_nothing(kiosk: RunningServer) -> None:
    script(kiosk, call="papers.sell", kind="lose_request")
    with pytest.raises((RemoteDisconnected, urllib.error.URLError, ConnectionError)):
        ask(kiosk, "POST", "/papers/times")
    assert kiosk.app.store.all("paper") == []


def test_an_error_burst_comes_word_for_word_and_has_no_effect(kiosk: RunningServer) -> None:
    script(kiosk, call="papers.*", kind="error", times=2, args={"status": 503, "body": "<h1>busy</h1>"})
    assert [ask(kiosk, "POST", "/papers/times") for _ in range(3)] == [
        (503, b"<h1>busy</h1>"),
        (503, b"<h1>busy</h1>"),
        (201, {"sold": 1}),
    ]


def test_too_many_calls_and_a_bad_credential_are_told_apart(kiosk: RunningServer) -> None:
    script(kiosk, call="*", kind="rate_limit")
    script(kiosk, call="*", kind="unauthorized")
    assert [ask(kiosk, "POST", "/papers/times")[0] for _ in range(3)] == [429, 401, 201]


def test_a_hostile_answer_hides_a_real_effect(kiosk: RunningServer) -> None:
    script(kiosk, call="papers.sell", kind="hostile", args={"body": {"sold": "<script>"}})
    assert ask(kiosk, "POST", "/papers/times") == (200, {"sold": "<script>"})
    assert ask(kiosk, "GET", "/papers/times") == (200, {"sold": 1})


def test_a_delay_waits_and_then_works(kiosk: RunningServer) -> None:
    waited: list[float] = []
    kiosk.app.sleep = waited.append
    script(kiosk, call="papers.sell", kind="delay", args={"seconds": 30})
    assert ask(kiosk, "POST", "/papers/times")[0] == 201
    assert waited == [30.0]


def test_the_call_log_masks_secrets_and_shows_the_rest(kiosk: RunningServer) -> None:
    body = b"colour=blue&cipassword=hunter2"
    ask(
        kiosk,
        "POST",
        "/papers/times?token=abc&page=2",
        body,
        Authorization="Bearer sk_1",
        **{"Idempotency-Key": "k1"},
    )
    (call,) = ask(kiosk, "GET", "/_control/calls?call=papers.sell")[1]["calls"]
    assert call["params"] == {"colour": "blue", "cipassword": "********"}
    assert call["query"] == {"token": "********", "page": "2"}
    assert call["headers"]["authorization"] == "********"
    assert call["headers"]["idempotency-key"] == "k1"
    assert "hunter2" not in json.dumps(call)


def test_a_refusal_speaks_the_vendors_own_words(kiosk: RunningServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(kiosk.address + "/papers/gone", timeout=5)
    with refusal.value as answer:
        assert (answer.code, answer.reason, json.loads(answer.read())) == (
            500,
            "Sold Out",
            {"why": "sold out"},
        )


def test_unknown_address_and_wrong_method_are_told_apart(kiosk: RunningServer) -> None:
    assert ask(kiosk, "GET", "/nothing")[0] == 404
    assert ask(kiosk, "DELETE", "/papers/times")[0] == 405


def test_the_rest_of_a_path_may_hold_slashes(kiosk: RunningServer) -> None:
    with urllib.request.urlopen(kiosk.address + "/archive/2026/11/22%3Alate", timeout=5) as answer:
        assert answer.read() == b"2026/11/22:late"


def test_control_shows_state_forgets_it_and_moves_the_clock(kiosk: RunningServer) -> None:
    ask(kiosk, "POST", "/papers/times")
    assert ask(kiosk, "GET", "/_control/state")[1] == {"paper": [{"sold": 1}]}
    assert ask(kiosk, "POST", "/_control/clock", b'{"advance": 3600}')[1] == {
        "now": "2026-11-22T13:00:00+00:00"
    }
    assert ask(kiosk, "POST", "/_control/reset")[1] == {"ok": True}
    assert ask(kiosk, "GET", "/_control/state")[1] == {}
    assert ask(kiosk, "GET", "/_control/health")[1]["name"] == "kiosk"


@pytest.mark.parametrize("body", [b"[]", b'{"call": "x"}', b'{"call": "x", "kind": "explode"}', b"no json"])
def test_a_script_nobody_understands_is_refused(kiosk: RunningServer, body: bytes) -> None:
    assert ask(kiosk, "POST", "/_control/faults", body)[0] == 422
    assert ask(kiosk, "GET", "/_control/faults")[1] == {"faults": []}


def test_in_process_callers_feel_a_lost_answer_too() -> None:
    app = Kiosk(Store(), SandboxOptions(clock=MovingClock(NOON)))
    app.faults.script(Fault("papers.sell", "lose_answer"))
    request = SandboxRequest("POST", "/papers/times", "", {}, b"", "http://kiosk.test")
    with pytest.raises(LoseAnswer):
        app.handle(request)
    assert app.store.all("paper") == [{"sold": 1}]


def test_https_is_trusted_by_path_and_only_by_path(tmp_path: Path) -> None:
    app = Kiosk(Store(), SandboxOptions())
    with serve(app, ssl_context=server_context(tmp_path)) as running:
        url = f"https://localhost:{running.port}/_control/health"
        trusting = ssl.create_default_context(cafile=str(make_ca(tmp_path).certificate))
        with urllib.request.urlopen(url, timeout=5, context=trusting) as answer:
            assert json.loads(answer.read())["ok"] is True
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(url, timeout=5, context=ssl.create_default_context())


def test_the_authority_is_made_once_and_renewed_before_it_runs_out(tmp_path: Path) -> None:
    clock = MovingClock(NOON)
    first = make_ca(tmp_path, clock).certificate.read_bytes()
    assert make_ca(tmp_path, clock).certificate.read_bytes() == first
    clock.move_to(NOON.replace(year=2036))
    assert make_ca(tmp_path, clock).certificate.read_bytes() != first
    assert (tmp_path / "sandbox-ca.key").stat().st_mode & 0o077 == 0
