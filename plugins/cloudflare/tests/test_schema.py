"""Every request the plugin sends and every reply of the imitation is one that Cloudflare's contract data describe."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from cloudflare_schema import VendorSchema
from ez_cloudflare.sandbox import ACCOUNT

from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.dns import RecordChanges
from ezcore.testkit import DnsCase, RegistrarCase
from ezcore.testkit.dns_case import sample, samples
from ezcore.testkit.registrar_case import AUTH_CODE

LEFT_OUT = "EZ_CONTRACTS is not set: nothing was checked against Cloudflare's contract data"


@pytest.fixture
def schema():
    folder = os.environ.get("EZ_CONTRACTS")
    if not folder:
        pytest.skip(LEFT_OUT)
    return VendorSchema(Path(folder) / "cloudflare")


def told_apart(schema, exchanges):
    """Endpoint -> what is wrong with the exchanges of it."""
    seen = {}
    for request, answer in exchanges:
        endpoint, wrong = schema.check(request, answer)
        seen.setdefault(endpoint, []).extend(wrong)
    return seen


@pytest.fixture
def lived(house):
    """Everything the plugin can do, done once."""
    patience = DnsCase(
        provider=house.dns,
        sandbox=house.app,
        calls={},
        zones=len,
        stranger=print,
        remove=print,
        wait=house.wait,
    )
    zone = patience.zone()
    record = sample("www", "A", "192.0.2.1")
    patience.change(zone, add=[record, *samples(house.dns.record_types)])
    patience.change(zone, add=[record.model_copy(update={"proxied": True, "comment": "ours"})])
    patience.change(zone, delete=[record])
    with pytest.raises(PermanentFailure):
        house.dns.change_records(
            patience.call("k"), zone, RecordChanges(add=(sample("blog", "A", "192.0.2.1"),))
        )
    house.dns.set_dnssec(patience.call("k"), zone, on=True)
    house.dns.import_bind(patience.call("k"), zone, house.dns.export_bind(zone))
    house.dns.find_zone(zone.name)
    names = RegistrarCase(
        registrar=house.registrar, sandbox=house.app, calls={}, held=len, bought=len, taken=print, stranger=print,
        remove=print, wait=house.wait,
    )  # fmt: skip
    registrar = house.registrar
    registrar.check(["free.com", "x.sh", "premium.com"])
    registrar.suggest("tamm", ["com", "net"], 3)
    registrar.prices()
    registrar.test_connection()
    names.registered("n", "tamm.com")
    house.app.store.put("elsewhere", "moving.com", {"name": "moving.com", "auth_code": AUTH_CODE})
    asked = names.request("moving.com", auth_code=AUTH_CODE)
    names.insist("t", lambda call: registrar.transfer(call, asked))
    registrar.set_auto_renew(names.call("n"), "tamm.com", on=True)
    registrar.set_lock(names.call("n"), "tamm.com", on=False)
    registrar.set_privacy(names.call("n"), "tamm.com", on=False)
    house.dns.delete_zone(patience.call("k"), zone)
    return house


def test_what_the_plugin_sends_and_gets_is_in_the_contract(schema, lived):
    seen = told_apart(schema, lived.app.exchanges)
    assert {endpoint: wrong for endpoint, wrong in seen.items() if wrong} == {}
    assert len(seen) >= 19, f"only these were seen: {sorted(seen)}"


def test_the_rest_of_the_imitation_answers_as_the_contract_says(schema, lived):
    lived.app.exchanges.clear()
    with lived.plugin.office.api() as api:
        client = api.client
        zone = client.zones.create(account={"id": ACCOUNT}, name="other.example", type="full")
        client.zones.get(zone_id=zone.id)
        client.zones.edit(zone_id=zone.id, paused=True)
        client.zones.activation_check.trigger(zone_id=zone.id)
        records = client.dns.records
        made = records.create(zone_id=zone.id, name="a.other.example", type="A", ttl=1, content="192.0.2.1")
        records.get(made.id, zone_id=zone.id)
        records.edit(made.id, zone_id=zone.id, name="a.other.example", type="A", ttl=120)
        records.update(
            made.id, zone_id=zone.id, name="b.other.example", type="A", ttl=120, content="192.0.2.2"
        )
        records.delete(made.id, zone_id=zone.id)
        client.dns.dnssec.edit(zone_id=zone.id, status="active")
        client.dns.dnssec.get(zone_id=zone.id)
        client.user.tokens.verify()
        list(client.registrar.registrations.list(account_id=ACCOUNT))
        client.registrar.extensions.get("com", account_id=ACCOUNT)
        client.registrar.registrations.edit("tamm.com", account_id=ACCOUNT, auto_renew=False)
        client.registrar.update_status.get("tamm.com", account_id=ACCOUNT)
        client.registrar.registration_status.get("tamm.com", account_id=ACCOUNT)
    seen = told_apart(schema, lived.app.exchanges)
    assert {endpoint: wrong for endpoint, wrong in seen.items() if wrong} == {}
    assert len(seen) >= 16, f"only these were seen: {sorted(seen)}"


def test_a_made_up_parameter_a_wrong_type_and_a_wrong_reply_are_found(schema, lived):
    request, answer = next(
        (one, reply) for one, reply in lived.app.exchanges
        if one.method == "POST" and one.path.endswith("/registrations")
    )  # fmt: skip
    for wrong in (
        {"domain_name": "x.com", "colour": "red"},
        {"domain_name": 7},
        {},
        {"domain_name": "x.com", "contacts": {"registrant": {"email": "a@example.com"}}},
    ):
        other = type(request)(
            request.method, request.path, "", request.headers, _json(wrong), request.base_url
        )
        assert schema.check(other, answer)[1], wrong
    short = type(answer)(body=answer.body.replace(b'"completed"', b'"finished"'), status=answer.status)
    assert schema.check(request, short)[1]


def test_the_transfer_code_goes_out_in_base64(lived):
    sent = [one.json() for one, _ in lived.app.exchanges if one.path.endswith("/transfer-in")]
    assert sent[0]["auth_code"] == base64.b64encode(AUTH_CODE.encode()).decode()


def _json(value):
    return json.dumps(value).encode()
