"""What goes over the wire: certificates are checked, secrets stay secret, nonsense is not believed."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time

import pytest
from ez_proxmox.api import ProxmoxApi
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.sandbox.in_process import InProcess
from ez_proxmox.sandbox.seed import TOKEN_SECRET
from ez_proxmox.settings import ServerSettings

from ezcore.plugin_api.sandbox import server_context


def failure(call, *args, **kwargs) -> ProxmoxError:
    with pytest.raises(ProxmoxError) as raised:
        call(*args, **kwargs)
    return raised.value


@pytest.fixture
def api(house):
    with ProxmoxApi(house.server.settings) as opened:
        yield opened


def test_the_certificate_is_checked_against_the_ca_file(house):
    with ProxmoxApi(house.with_settings(ca_file="").settings) as api:
        error = failure(api.get, "version")
    assert error.kind is Kind.UNREACHABLE
    assert "certificate" in error.text


def test_a_wrong_token_is_denied_and_never_shown(house):
    with ProxmoxApi(house.with_settings(token_secret="wrong-secret").settings) as api:
        error = failure(api.get, "version")
    assert error.kind is Kind.DENIED
    assert "wrong-secret" not in error.text
    assert TOKEN_SECRET not in repr(house.server)


def test_the_text_of_a_refusal_comes_with_its_parameters(api):
    error = failure(api.put, "nodes/pve1/qemu/9000/config", colour="blue")
    assert error.kind is Kind.PERMANENT
    assert "colour: property is not defined in schema" in error.text


def test_a_lost_answer_to_a_change_is_of_unknown_outcome_and_to_a_reading_is_not(house, api):
    house.fault("clone", "lose_answer")
    house.fault("version", "lose_answer")
    assert failure(api.post, "nodes/pve1/qemu/9000/clone", newid=100).kind is Kind.UNKNOWN
    assert failure(api.get, "version").kind is Kind.UNREACHABLE


def test_a_server_that_is_not_there_has_certainly_done_nothing(house):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = house.with_settings(api_url=f"https://127.0.0.1:{taken.getsockname()[1]}").settings
        with ProxmoxApi(settings) as api:
            assert failure(api.post, "nodes/pve1/qemu/9000/clone", newid=100).kind is Kind.UNREACHABLE


def test_a_redirect_is_not_followed(house, api):
    house.fault("version", "error", status=302, body="", headers={"Location": "https://127.0.0.1:1/steal"})
    assert "redirected" in failure(api.get, "version").text


@pytest.mark.parametrize("body", ["<html>login</html>", "", "[]", '"text"', "7", "null"])
def test_answers_that_are_no_envelope_are_refused(house, api, body):
    house.fault("clone", "hostile", body=body)
    assert failure(api.post, "nodes/pve1/qemu/9000/clone", newid=100).kind is Kind.UNKNOWN


def test_a_refusal_without_reason_phrase_is_read_from_its_body(house, api):
    house.fault(
        "version", "error", status=500, reason=" ", body={"data": None, "message": "VM is locked (backup)\n"}
    )
    assert failure(api.get, "version").kind is Kind.BUSY


def test_an_odd_address_is_never_called(house, api):
    assert failure(api.get, "nodes/../access/users").kind is Kind.OTHER
    assert failure(api.get, "nodes/pve1/qemu/100/../../9000").kind is Kind.OTHER
    assert house.app.calls.all() == []


def test_passwords_reach_neither_the_request_log_nor_pythons(house, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("proxmoxer.core").setLevel(logging.DEBUG)
    seen = []
    try:
        with ProxmoxApi(house.server.settings, log=lambda *line: seen.append(line)) as api:
            api.put("nodes/pve1/qemu/9000/config", cipassword="hush-hush", ciuser="ana")
    finally:
        logging.getLogger("proxmoxer.core").setLevel(logging.WARNING)
    assert seen == [("PUT /nodes/pve1/qemu/9000/config cipassword=******** ciuser=ana", "None", 200)]
    assert "hush-hush" not in caplog.text


def test_a_server_that_drips_bytes_does_not_hold_a_worker(house, authority):
    context = server_context(authority)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()
        threading.Thread(target=_drip, args=(listening, context, stop), daemon=True).start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}"
        settings = ServerSettings.model_validate(
            {**house.server.settings.model_dump(), "api_url": address, "timeout": 1}
        )
        began = time.monotonic()
        with ProxmoxApi(settings) as api:
            error = failure(api.put, "nodes/pve1/qemu/9000/config", cores=1)
        stop.set()
    assert error.kind is Kind.UNKNOWN
    assert time.monotonic() - began < 3


def _drip(listening: socket.socket, context: ssl.SSLContext, stop: threading.Event) -> None:
    connection, _ = listening.accept()
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.recv(65536)
        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nContent-Type: application/json\r\n\r\n")
        try:
            for _ in range(60):
                if stop.wait(0.1):
                    break
                secure.sendall(b" ")
        except OSError:
            pass


def test_the_same_calls_work_in_process_without_a_socket(house):
    with ProxmoxApi(house.server.settings, transport=lambda: InProcess(house.app)) as api:
        assert api.get("version")["release"].startswith("9.")
        house.fault("clone", "lose_answer")
        assert failure(api.post, "nodes/pve1/qemu/9000/clone", newid=100).kind is Kind.UNKNOWN
        assert failure(api.post, "nodes/pve1/qemu/9000/clone", newid=100).kind is Kind.TAKEN
        assert "property is not defined" in failure(api.put, "nodes/pve1/qemu/9000/config", x=1).text
