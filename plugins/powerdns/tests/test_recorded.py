"""The imitation, and the real server of this machine, answer the recorded exchanges as the recorded server did."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ez_powerdns.api import HttpWire
from ez_powerdns.sandbox import KEY, make
from ez_powerdns.sandbox.app import PowerDnsSandbox

from ezcore.plugin_api.sandbox import SandboxOptions, serve

LEFT_OUT = "EZ_CONTRACTS is not set: nothing was checked against the recorded exchanges of PowerDNS"
NOT_IMITATED = ("metadata", "search")


@pytest.fixture
def recorded():
    folder = os.environ.get("EZ_CONTRACTS")
    if not folder:
        pytest.skip(LEFT_OUT)
    return json.loads((Path(folder) / "powerdns" / "recorded-exchanges.json").read_text())["exchanges"]


def differences(recorded, address):
    wire, found = HttpWire(20, ""), {}
    for one in recorded:
        key = {"bad key": "wrong", "no key": ""}.get(one["label"], KEY)
        headers = {"X-API-Key": key, "Content-Type": "application/json"} if key else {}
        body = json.dumps(one["request"]).encode() if one["request"] is not None else None
        status, given, answer = wire(one["method"], address + one["path"], headers, body)
        kind = (given.get("content-type") or "").split(";")[0] if answer else None
        wanted = (one["content_type"] or "").split(";")[0] if one["body"] else None
        if (status, kind) != (one["status"], wanted):
            found[one["label"]] = (status, kind, answer[:200])
        elif kind == "application/json" and not _alike(one["body"], json.loads(answer)):
            found[one["label"]] = answer[:300]
        elif kind == "text/plain" and len(one["body"]) < 20 and answer.decode() != one["body"]:
            found[one["label"]] = answer[:200]
    return found


def _alike(wanted, given):
    if isinstance(wanted, dict) and "error" in wanted:
        return given.keys() == {"error"} and given["error"].split(":")[0] == wanted["error"].split(":")[0]
    return type(wanted) is type(given)


def test_the_imitation_answers_as_recorded(recorded, tmp_path):
    app = make(tmp_path, SandboxOptions())
    assert isinstance(app, PowerDnsSandbox)
    known = [one for one in recorded if one["label"] not in NOT_IMITATED]
    with serve(app) as served:
        assert differences(known, served.address) == {}


def test_the_real_server_still_answers_as_recorded(recorded, server):
    assert differences(recorded, server.address) == {}
