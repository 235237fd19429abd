"""What only the real server can tell: nothing is lost between two writers, keys stay unseen, DNS answers."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from ezcore.plugin_api import NeedsInfo, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.dns import RecordChanges
from ezcore.testkit.dns_case import ZONE, sample


@pytest.fixture
def zone(real):
    return real.provider.create_zone(real.call("job-1"), ZONE)


def test_two_workers_that_add_to_one_set_lose_nothing(real, zone):
    wishes = [sample("www", "A", f"192.0.2.{last}") for last in range(1, 13)]

    def worker(mine):
        for record in mine:
            while True:
                try:
                    real.provider.change_records(real.call("job-2"), zone, RecordChanges(add=(record,)))
                except RetryAfter:
                    continue
                break

    threads = [threading.Thread(target=worker, args=(wishes[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    seen = {record.content for record in real.provider.records(zone) if record.type == "A"}
    assert seen == {record.content for record in wishes}


def test_a_worker_that_died_with_the_lease_holds_nobody_up_for_long(real, zone):
    from ez_powerdns.leases import lease

    record = RecordChanges(add=(sample("www", "A", "192.0.2.1"),))
    with lease(real.context, ZONE, 40):
        with pytest.raises(RetryAfter, match="another job"):
            real.provider.change_records(real.call("job-3"), zone, record)
        real.wait(41)
        real.provider.change_records(real.call("job-3"), zone, record)
    assert any(one.type == "A" for one in real.provider.records(zone))


def test_a_cname_takes_the_place_of_the_address_that_goes_in_the_same_batch(real, zone):
    address, alias = sample("www", "A", "192.0.2.1"), sample("www", "CNAME", "other.example.net")
    real.provider.change_records(real.call("job-4"), zone, RecordChanges(add=(address,)))
    real.provider.change_records(real.call("job-4"), zone, RecordChanges(add=(alias,), delete=(address,)))
    assert [one.identity for one in real.provider.records(zone) if one.type != "NS"] == [alias.identity]


def test_private_keys_are_in_no_log(real, zone):
    log: list[str] = []
    [ds] = real.provider.set_dnssec(real.call("job-5", log), zone, on=True)
    assert ds.digest_type == 2
    written = "\n".join(log)
    assert "cryptokeys" in written
    assert "rivate" not in written
    assert ds.digest not in written


def test_what_is_written_is_what_the_name_server_answers(real, server, zone):
    real.provider.change_records(
        real.call("job-6"), zone, RecordChanges(add=(sample("www", "A", "192.0.2.77"),))
    )
    assert b"\xc0\x00\x02\x4d" in _asked(server.dns_port, f"www.{ZONE}")


def test_a_foreign_zone_is_adopted_when_a_person_says_so(real):
    wish = {"name": f"{ZONE}.", "kind": "Native", "nameservers": ["ns1.example.net."]}
    real.direct._api().change("POST", "/zones", wish)
    call = real.call("job-7")
    with pytest.raises(NeedsInfo, match="adopt"):
        real.provider.create_zone(call, ZONE)
    said = type(call)(**{**vars(call), "answer": "Adopt"})
    assert real.provider.create_zone(said, ZONE).ours
    assert real.provider.create_zone(call, ZONE).ours


def test_without_nameservers_no_zone_is_made(real):
    real.context.values["nameservers"] = ""
    with pytest.raises(PermanentFailure, match="nameservers"):
        real.provider.create_zone(real.call("job-8"), ZONE)


def _asked(port: int, name: str) -> bytes:
    """The answer to an A query over UDP."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(5)
        wire.sendto(query, ("127.0.0.1", port))
        return wire.recv(2048)
