"""The promises every DNS provider and registrar makes, kept against the imitated Cloudflare with its real library."""

from __future__ import annotations

import pytest
from ez_cloudflare.sandbox import TOKEN

from ezcore.testkit import DnsCase, DnsContract, RegistrarCase, RegistrarContract
from ezcore.testkit.registrar_case import AUTH_CODE

FORBIDDEN = {
    "status": 403,
    "body": {
        "success": False, "messages": [], "result": None,
        "errors": [{"code": 9109, "message": "Unauthorized to access requested resource"}],
    },
}  # fmt: skip


class TestDns(DnsContract):
    @pytest.fixture
    def dns_case(self, house):
        zones = house.app.zones

        return DnsCase(
            provider=house.dns,
            sandbox=house.app,
            calls={
                "create_zone": "zones.create",
                "find_zone": "zones.list",
                "delete_zone": "zones.delete",
                "records": "dns_records.list",
                "change_records": "dns_records.batch",
            },
            zones=lambda name: sum(zone["name"] == name for zone in house.app.store.all("zone")),
            stranger=zones.made,
            remove=lambda name: zones.removed(zones.named(name)),
            forbidden=FORBIDDEN,
            wait=house.wait,
            secrets=(TOKEN,),
        )


class TestRegistrar(RegistrarContract):
    @pytest.fixture
    def registrar_case(self, house):
        store = house.app.store

        def elsewhere(name, code=None):
            store.put("elsewhere", name, {"name": name, "auth_code": code})

        return RegistrarCase(
            registrar=house.registrar,
            sandbox=house.app,
            calls={
                "check": "registrar.check",
                "register": "registrations.create",
                "info": "registrations.get",
                "transfer": "transfer_in.create",
                "set_lock": "registrar_domains.update",
            },
            held=lambda name: sum(one["domain_name"] == name for one in store.all("registration")),
            bought=lambda name: sum(one["name"] == name for one in store.all("purchase")),
            taken=elsewhere,
            stranger=lambda name: house.app.names.held(name, {}, 1),
            remove=lambda name: store.delete("registration", name),
            transferable=lambda name: elsewhere(name, AUTH_CODE),
            premium="premium-web.com",
            forbidden=FORBIDDEN,
            wait=house.wait,
            secrets=(TOKEN,),
        )
