"""Zones by jobs: made once, changed in batches, proofs side by side, removed without a trace."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.domain_names.zones import live, operations, queries
from ezcore.domain_names.zones.models import Zone
from ezcore.domain_names.zones.rules import parse_record
from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.dns import DnsRecord, RecordChanges
from ezcore.plugin_api.ports.vendor_call import VendorCall

CALL = VendorCall("key", "key/step", lambda *_: None)


@pytest.fixture
def zone(names):
    """A zone of Ann's that stands."""
    ann = names.trade.newcomer()
    with names.trade.work.write() as uow:
        operations.ensure_zone(uow, ann.client_id, "tamm.com", made_for="order:1")
    names.trade.settle()
    return read(names)


def read(names):
    with names.trade.work.read() as uow:
        return uow.session.scalars(select(Zone).order_by(Zone.id.desc())).first()


def do(names, verb, *args, **facts):
    with names.trade.work.write() as uow:
        number = verb(uow, queries.by_id(uow, read(names).id), *args, **facts).id
    names.trade.settle()
    with names.trade.work.read() as uow:
        return uow.session.get_one(Job, number)


def there(names):
    return {(one.name, one.type, one.content) for one in names.dns.zones["tamm.com"][1]}


def a(name, content="192.0.2.1"):
    return parse_record("tamm.com", "A", name, content)


def test_a_zone_is_made_once_however_often_it_is_asked_for(names, zone):
    with names.trade.work.write() as uow:
        first = operations.ensure_zone(uow, zone.client_id, "tamm.com").id
        assert operations.ensure_zone(uow, zone.client_id, "tamm.com").id == first
    names.trade.settle()
    assert [one for one in names.dns.log if one[0] == "create_zone"] == [("create_zone", "tamm.com")]
    assert (zone.state, zone.provider, zone.nameservers[0]) == ("active", "toydns", "ns1.toydns.example")


def test_a_name_that_is_another_clients_zone_is_refused(names, zone):
    ben = names.trade.newcomer("Ben")
    with names.trade.work.write() as uow, pytest.raises(Refused):
        operations.ensure_zone(uow, ben.client_id, "tamm.com")
    with names.trade.work.write(ben) as uow, pytest.raises(NotFound):
        operations.set_records(uow, queries.live(uow, "tamm.com"), [a("@")])


def test_records_that_were_asked_for_before_the_zone_stood_wait_for_it(names):
    ann = names.trade.newcomer()
    with names.trade.work.write() as uow:
        zone_id = operations.ensure_zone(uow, ann.client_id, "tamm.com").payload["zone_id"]
        operations.set_records(uow, queries.by_id(uow, zone_id), [a("@")], key="order:1:records")
    for _ in range(3):
        names.later(minutes=2)
    assert there(names) == {("tamm.com", "A", "192.0.2.1")}


def test_setting_is_safe_to_repeat_and_leaves_the_rest(names, zone):
    do(names, operations.change_records, RecordChanges(add=(parse_record("tamm.com", "TXT", "@", "keep"),)))
    for _ in range(2):
        do(names, operations.set_records, [a("@"), a("www")], key="once")
    do(names, operations.set_records, [a("@", "192.0.2.9")])
    assert there(names) == {
        ("tamm.com", "TXT", "keep"), ("tamm.com", "A", "192.0.2.9"), ("www.tamm.com", "A", "192.0.2.1"),
    }  # fmt: skip
    do(names, operations.remove_records, [a("www")])
    do(names, operations.remove_records, [a("www")])
    assert len(there(names)) == 2
    assert len(read(names).records) == 2


def test_what_cannot_stand_together_is_refused_before_the_vendor_is_asked(names, zone):
    do(names, operations.change_records, RecordChanges(add=(a("www"),)))
    cname = parse_record("tamm.com", "CNAME", "www", "x.example")
    with names.trade.work.write() as uow, pytest.raises(InvalidInput):
        operations.change_records(uow, queries.live(uow, "tamm.com"), RecordChanges(add=(cname,)))


def test_a_refusal_of_the_vendor_is_told_on_the_zone(names, zone):
    names.dns.says["change_records"] = PermanentFailure("content <b>refused</b>")
    assert do(names, operations.set_records, [a("@")]).state == "failed"
    assert "refused" in read(names).problem
    names.dns.says.clear()
    do(names, operations.set_records, [a("@")])
    assert read(names).problem is None


def test_a_zone_that_cannot_be_made_gives_its_name_free(names):
    ann = names.trade.newcomer()
    names.dns.says["create_zone"] = PermanentFailure("not allowed")
    with names.trade.work.write() as uow:
        operations.ensure_zone(uow, ann.client_id, "tamm.com")
    names.trade.settle()
    row = read(names)
    assert (row.state, row.live_key) == ("failed", None)


def test_a_removed_zone_is_gone_and_its_name_free(names, zone):
    for _ in range(2):
        do(names, operations.remove_zone, "the order failed")
    assert names.dns.zones == {}
    assert (read(names).state, read(names).live_key) == ("removed", None)


def test_two_proofs_at_one_name_stand_side_by_side_and_go_alone(names, zone):
    work, ports = names.trade.work, names.trade.shop.host.ports
    name = "_acme-challenge.tamm.com"
    live.publish_txt(work, ports, CALL, name, ["one"])
    live.publish_txt(work, ports, CALL, name, ["one", "two"])
    assert {content for _, _, content in there(names)} == {"one", "two"}
    live.withdraw_txt(work, ports, CALL, name, ["one"])
    live.withdraw_txt(work, ports, CALL, name, ["one"])
    assert {content for _, _, content in there(names)} == {"two"}
    with pytest.raises(NeedsInfo):
        live.publish_txt(work, ports, CALL, "_acme-challenge.other.com", ["x"])


def test_a_template_is_filled_with_the_zones_name(names, zone):
    with names.trade.work.write() as uow:
        rows = [{"type": "MX", "name": "@", "content": "mail.{zone}", "priority": 10}]
        template = operations.save_template(uow, "Mail", rows).id
        with pytest.raises(InvalidInput):
            operations.save_template(uow, "Bad", [{"type": "A", "name": "@", "content": "x"}])
    do(names, operations.use_template, template)
    assert ("tamm.com", "MX", "mail.tamm.com") in there(names)


def test_signing_keeps_the_keys_with_the_zone(names, zone):
    do(names, operations.set_dnssec, on=True)
    assert (read(names).dnssec, read(names).ds[0]["key_tag"]) == (True, 1)
    do(names, operations.set_dnssec, on=False)
    assert (read(names).dnssec, read(names).ds) == (False, [])


def test_what_the_vendor_changed_is_seen_at_the_next_look(names, zone):
    names.dns.zones["tamm.com"][1].append(DnsRecord(name="x.tamm.com", type="A", content="192.0.2.7"))
    do(names, operations.refresh)
    assert read(names).records[0]["content"] == "192.0.2.7"
    del names.dns.zones["tamm.com"]
    do(names, operations.refresh)
    assert "does not have" in read(names).problem
