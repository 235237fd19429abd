"""Firewall rules of a client: told apart by a mark in the comment, because positions shift."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from ez_proxmox.cluster import Cluster
from ez_proxmox.guest import Guest
from ez_proxmox.inputs import NewRule, Policy, RuleMark
from ez_proxmox.signals import speaking
from ez_proxmox.workshop import Workshop, own_guest
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

MOST = 50
OURS = re.compile(r"\bez-[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Rule:
    """A rule as the cluster lists it; `mark` only when an action of ours made it."""

    pos: int
    digest: str
    mark: str | None
    words: tuple[str, str, str, str, str]


def listed(cluster: Cluster, guest: Guest) -> list[Rule]:
    """The rules in their order. Raises: ProxmoxError."""
    found = []
    for line in cluster.lines(f"{guest.path}/firewall/rules"):
        mark = OURS.search(str(line.get("comment", "")))
        words = (
            str(line.get("type", "")),
            str(line.get("action", "")),
            str(line.get("proto", "any")),
            str(line.get("dport", "all")),
            str(line.get("source", "everybody")),
        )
        pos = str(line.get("pos", ""))
        if pos.isdecimal():
            found.append(Rule(int(pos), str(line.get("digest", "")), mark[0] if mark else None, words))
    return found


@dataclass(frozen=True)
class Rules:
    """Steps of one action each."""

    workshop: Workshop

    @speaking
    def add(self, call: ProvisioningCall) -> dict[str, Any]:
        """Add a rule before the others. Raises: PermanentFailure when there are enough."""
        rule = NewRule.model_validate(call.input.model_dump() if call.input else {})
        if rule.port and rule.protocol not in ("tcp", "udp"):
            raise PermanentFailure("ports need the protocol tcp or udp")
        mark = "ez-" + hashlib.sha256(call.step_key.encode()).hexdigest()[:12]
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            there = listed(cluster, guest)
            if any(one.mark == mark for one in there):
                return {"mark": mark}
            if len(there) >= MOST:
                raise PermanentFailure(f"there are {MOST} rules already; remove one first")
            asked = {
                "type": rule.direction,
                "action": rule.action,
                "enable": 1,
                "comment": mark,
                "proto": None if rule.protocol == "any" else rule.protocol,
                "dport": rule.port or None,
                "source": rule.source or None,
            }
            cluster.api.post(f"{guest.path}/firewall/rules", **asked)
        return {"mark": mark}

    @speaking
    def remove(self, call: ProvisioningCall) -> dict[str, Any]:
        """Remove a rule of ours; one that is gone is done. The digest keeps us from removing its neighbour."""
        mark = RuleMark.model_validate(call.input.model_dump() if call.input else {}).mark
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            rule = next((one for one in listed(cluster, guest) if one.mark == mark), None)
            if rule is not None:
                cluster.api.delete(f"{guest.path}/firewall/rules/{rule.pos}", digest=rule.digest or None)
        return {"mark": mark}

    @speaking
    def set_policy(self, call: ProvisioningCall) -> dict[str, Any]:
        """Say what happens to what no rule speaks of."""
        policy = Policy.model_validate(call.input.model_dump() if call.input else {})
        with self.workshop.cluster(call.server, call.log) as cluster:
            guest = own_guest(cluster, call)
            cluster.api.put(f"{guest.path}/firewall/options", policy_in=policy.incoming)
        return {"incoming": policy.incoming}
