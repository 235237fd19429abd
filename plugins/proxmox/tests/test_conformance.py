"""The promises every provisioning module makes, kept against the imitated cluster with the real client."""

from __future__ import annotations

import pytest
from ez_proxmox import marks
from ez_proxmox.sandbox.seed import TOKEN_SECRET
from ez_proxmox.settings import ProductSettings

from ezcore.plugin_api.values import Resource
from ezcore.testkit import ProvisioningCase, ProvisioningContract


class TestProxmox(ProvisioningContract):
    @pytest.fixture
    def provisioning_case(self, house):
        def stranger():
            from ez_proxmox.sandbox.guests import new_guest

            house.app.guests.put(
                new_guest(150, "pve2", {"name": "stranger", "scsi0": "local-lvm:vm-150,size=8G"})
            )
            return Resource(external_id="150", operation_key="somebody-else", location="pve2")

        def count(key):
            guests = house.app.guests.all()
            return sum(marks.carries(g["config"].get("description"), key, g["vmid"]) for g in guests)

        return ProvisioningCase(
            module=house.module,
            server=house.server,
            product_settings=ProductSettings(cores=1, memory_mb=1024, disk_gb=10),
            params={"hostname": "one.example.test"},
            sandbox=house.app,
            create_call="clone",
            count=count,
            is_running=lambda resource: house.vms()[int(resource.external_id)]["status"] == "running",
            wait=house.wait,
            late_failure_call="clone",
            stranger=stranger,
            exists=lambda resource: int(resource.external_id) in house.vms(),
            secrets=(TOKEN_SECRET,),
        )
