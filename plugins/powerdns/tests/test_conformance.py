"""The promises every DNS provider makes, kept against the real pdns_server and against its imitation."""

from __future__ import annotations

import pytest
from ez_powerdns.sandbox import KEY

from ezcore.testkit import DnsCase, DnsContract


def case_of(house):
    def zones(name):
        return int(house.direct.find_zone(name) is not None)

    def stranger(name):
        wish = {"name": f"{name}.", "kind": "Native", "nameservers": ["ns1.example.net."]}
        house.direct._api().change("POST", "/zones", wish)

    return DnsCase(
        provider=house.provider,
        sandbox=house.app,
        calls={
            "create_zone": "zones.create",
            "find_zone": "zones.get",
            "delete_zone": "zones.delete",
            "records": "zones.get",
            "change_records": "zones.patch",
        },
        forbidden={"status": 403, "body": "Forbidden"},
        zones=zones,
        stranger=stranger,
        remove=lambda name: house.direct._api().change("DELETE", f"/zones/{name}."),
        wait=house.wait,
        secrets=(KEY,),
    )


class TestRealServer(DnsContract):
    @pytest.fixture
    def dns_case(self, real):
        return case_of(real)


class TestImitation(DnsContract):
    @pytest.fixture
    def dns_case(self, imitated):
        return case_of(imitated)
