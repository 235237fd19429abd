"""The promises every provisioning module makes, kept against the imitated server over real TLS."""

from __future__ import annotations

import pytest
from ez_hestiacp.sandbox.seed import SECRET_KEY
from ez_hestiacp.settings import ProductSettings

from ezcore.testkit import ProvisioningCase, ProvisioningContract


class TestHestia(ProvisioningContract):
    @pytest.fixture
    def provisioning_case(self, house):
        def count(key):
            reserved = house.module.workshop.reservations(house.server).of(key)
            users = house.users()
            # Accounts whose name carries the key's fingerprint: one made under a second name would count too.
            from ez_hestiacp.names import fingerprint

            marked = {name for name in users if name.endswith(fingerprint(key))}
            return len(marked | ({reserved.user_name} & users.keys() if reserved else set()))

        class Case(ProvisioningCase):
            def service(self, number=41):
                made = super().service(number)
                return made.model_copy(update={"params": {"domain": f"site-{number}.example"}})

        return Case(
            module=house.module,
            server=house.server,
            product_settings=ProductSettings(package="web-pro"),
            sandbox=house.app,
            create_call="v-add-user",
            count=count,
            is_running=lambda resource: house.users()[resource.external_id]["suspended"] is False,
            wait=house.wait,
            late_failure_call="v-add-user",
            stranger=house.stranger,
            exists=lambda resource: resource.external_id in house.users(),
            secrets=(SECRET_KEY,),
        )
