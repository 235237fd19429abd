"""The promises every registrar makes, kept against the imitated registry over TLS."""

from __future__ import annotations

import pytest
from ez_epp.sandbox import PASSWORD, USERNAME
from ez_epp.sandbox.reply import Said, reply

from ezcore.testkit import RegistrarCase, RegistrarContract
from ezcore.testkit.registrar_case import AUTH_CODE

FORBIDDEN = {"body": reply(Said(2201, "Authorization error"), "").decode(), "status": 200}


class TestRegistrar(RegistrarContract):
    @pytest.fixture
    def registrar_case(self, house):
        store = house.app.store
        return RegistrarCase(
            registrar=house.registrar,
            sandbox=house.app,
            calls={
                "check": "domain.check",
                "register": "domain.create",
                "info": "domain.info",
                "transfer": "domain.transfer",
                "renew": "domain.renew",
                "set_lock": "domain.update",
                "save_nameservers": "domain.update",
            },
            held=lambda name: sum(
                one["name"] == name and one["client"] == USERNAME for one in store.all("domain")
            ),
            bought=lambda name: sum(one["name"] == name for one in store.all("purchase")),
            taken=house.app.domains.held,
            stranger=lambda name: house.app.domains.held(name, USERNAME),
            remove=lambda name: store.delete("domain", name),
            transferable=lambda name: house.app.domains.held(name, code=AUTH_CODE),
            forbidden=FORBIDDEN,
            wait=house.wait,
            secrets=(PASSWORD,),
            over_http=False,
            nameservers=("ns1.example.org", "ns2.example.org"),
        )
