"""What a machine's configuration must say for an order: size, user, access, network, tags. Pure."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from ez_proxmox import marks, ssh_keys
from ez_proxmox.guest import LXC, QEMU, Guest
from ez_proxmox.settings import HOST_NAME, OrderSettings, ProductSettings, ServerSettings
from ezcore.plugin_api.values import ServiceFacts

CARD = re.compile(r"^([a-z0-9]+)=([0-9A-Fa-f:]{17})")


def order_of(service: ServiceFacts) -> OrderSettings:
    """What the client wished, of all that the service's parameters hold. Raises: ValueError."""
    wishes = {name: value for name, value in service.params.items() if name in OrderSettings.model_fields}
    return OrderSettings.model_validate(wishes)


def size_of(product: BaseModel) -> ProductSettings:
    """The size sold, options of the order included: the core has merged them. Raises: ValueError."""
    return ProductSettings.model_validate(product.model_dump())


def host_name(service: ServiceFacts, operation_key: str) -> str:
    """The machine's name: as ordered, else from the service's label, else the fingerprint."""
    wished = order_of(service).hostname or re.sub(r"[^a-z0-9.-]+", "-", service.label.lower()).strip("-.")
    return wished if HOST_NAME.fullmatch(wished) else marks.fingerprint(operation_key)


def sizes(size: ProductSettings, kind: str = QEMU) -> dict[str, Any]:
    """The part that a change of package changes."""
    swap = {"swap": size.swap_mb} if kind == LXC else {}
    return {"cores": size.cores, "memory": size.memory_mb, **swap}


def container_network(server: ServerSettings, ipconfig: str, guest: Guest | None = None) -> dict[str, Any]:
    """The network card of a container, addresses included; its hardware address stays."""
    found = re.search(r"hwaddr=([0-9A-Fa-f:]{17})", str(guest.config.get("net0", ""))) if guest else None
    card = ["name=eth0", f"bridge={server.bridge}", *([f"hwaddr={found[1].upper()}"] if found else [])]
    card += [f"tag={server.vlan}"] if server.vlan else []
    card += ["firewall=1"] if server.firewall else []
    names = {"nameserver": server.nameservers, "searchdomain": server.search_domain}
    return {"net0": ",".join([*card, ipconfig]), **{k: v for k, v in names.items() if v}}


def network(server: ServerSettings, guest: Guest, ipconfig: str) -> dict[str, Any]:
    """The network card (its hardware address stays) and the addresses cloud-init sets."""
    if guest.is_container:
        return container_network(server, ipconfig, guest)
    found = CARD.match(str(guest.config.get("net0", "")))
    card = [f"{found[1]}={found[2].upper()}" if found else "virtio", f"bridge={server.bridge}"]
    card += [f"tag={server.vlan}"] if server.vlan else []
    card += ["firewall=1"] if server.firewall else []
    names = {"nameserver": server.nameservers, "searchdomain": server.search_domain}
    return {"net0": ",".join(card), "ipconfig0": ipconfig, **{k: v for k, v in names.items() if v}}


def access(user: str, keys: list[str], password: str | None) -> dict[str, Any]:
    """Who may log in: by key, or with a password when there is no key."""
    if keys:
        return {"ciuser": user, "sshkeys": ssh_keys.packed(keys)}
    return {"ciuser": user, "cipassword": password}


def tags(guest: Guest, operation_key: str) -> str:
    """Our tags beside those of the template."""
    return marks.join_tags(guest.tags | {marks.OURS, marks.fingerprint(operation_key)})
