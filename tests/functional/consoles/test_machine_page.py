"""A machine's page through the whole house: an action runs as a job at the cluster, a look shows what is there now."""

from __future__ import annotations

import time
import urllib.request

from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.kernel.actor import SYSTEM
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.lifecycle import actions
from ezcore.services.services.models import Service
from ezcore.worker import drain

DONE = ("complete", "failed", "needs_info")


def act(room, name, /, **values):
    """Ask for an action and let its job run to its end."""
    module = room.shop.host.ports.get(ProvisioningModule, "proxmox")
    with room.shop.work.write(SYSTEM) as uow:
        service = uow.session.get_one(Service, room.service_id)
        key = actions.request_action(uow, service, module, name, values).key
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        drain(room.shop)
        with room.shop.work.read() as uow:
            job = uow.session.scalars(select(Job).where(Job.key == key)).one()
            if job.state in DONE:
                assert job.state == "complete", job.cause
                return
        time.sleep(0.3)
    raise AssertionError(f"{name} did not end")


def page(room):
    drain(room.shop)
    request = urllib.request.Request(
        f"{room.address}/dashboard/services/{room.service_id}/", headers={"Cookie": f"ez_session={room.ann}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def snapshots(room):
    room.cluster.app.settle()
    return list(room.cluster.app.guests.find(100).get("snapshots") or {})


def test_a_snapshot_is_taken_rolled_back_and_removed_and_the_page_shows_it(machine_room):
    room = machine_room
    act(room, "snapshot_create", name="before-upgrade")
    assert snapshots(room) == ["before-upgrade"]
    shown = page(room)
    assert "before-upgrade" in shown
    assert "<svg" in shown
    assert "Roll back" in shown
    act(room, "snapshot_rollback", name="before-upgrade")
    assert room.cluster.app.guests.find(100)["status"] == "running"
    act(room, "snapshot_delete", name="before-upgrade")
    assert snapshots(room) == []
    assert "before-upgrade" not in page(room)
