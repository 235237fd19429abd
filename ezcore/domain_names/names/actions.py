"""What can be done with a registered name, besides registering and renewing it: one table, one action at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ezcore.domain_names.names.contacts import contacts_of
from ezcore.plugin_api.ports.dns import DsRecord
from ezcore.plugin_api.ports.registrar import GlueHost, Registrar
from ezcore.plugin_api.ports.registrar import RegistrarCapability as Can
from ezcore.plugin_api.ports.vendor_call import VendorCall

Data = Mapping[str, Any]
Run = Callable[[Registrar, VendorCall, str, Data], Any]


@dataclass(frozen=True)
class DomainAction:
    """One action: what the registrar must be able to do, how it is asked, and what our row says afterwards.

    `states` are those of the name in which it is offered. `by_client`: clients may ask for it themselves.
    """

    name: str
    title: str
    can: Can | None
    run: Run
    settle: Callable[[Data], dict[str, Any]] = lambda _data: {}
    by_client: bool = True
    states: frozenset[str] = frozenset({"active", "grace"})


def _lock(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.set_lock(call, name, bool(data["on"]))


def _privacy(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.set_privacy(call, name, bool(data["on"]))


def _nameservers(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.save_nameservers(call, name, tuple(data["hosts"]))


def _contacts(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.save_contacts(call, name, contacts_of(data["contacts"]))


def _glue(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.save_glue(call, name, [GlueHost.model_validate(one) for one in data["hosts"]])


def _ds(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.save_ds(call, name, [DsRecord.model_validate(one) for one in data["records"]])


def _auth(registrar: Registrar, call: VendorCall, name: str, _data: Data) -> str:
    return registrar.auth_code(call, name)


def _vendor_renews(registrar: Registrar, call: VendorCall, name: str, data: Data) -> None:
    registrar.set_auto_renew(call, name, bool(data["on"]))


def _restore(registrar: Registrar, call: VendorCall, name: str, _data: Data) -> None:
    registrar.restore(call, name)


def _nothing(_registrar: Registrar, _call: VendorCall, _name: str, _data: Data) -> None:
    """A look at the registrar follows every action; this one is the look alone."""


ACTIONS: Final[dict[str, DomainAction]] = {
    action.name: action
    for action in (
        DomainAction("lock", "Change the transfer lock", Can.LOCK, _lock, lambda d: {"locked": d["on"]}),
        DomainAction("privacy", "Change the privacy", Can.PRIVACY, _privacy, lambda d: {"privacy": d["on"]}),
        DomainAction(
            "nameservers", "Change the nameservers", Can.NAMESERVERS, _nameservers,
            lambda d: {"nameservers": list(d["hosts"])},
        ),
        DomainAction(
            "contacts", "Change the contacts", Can.CONTACTS, _contacts, lambda d: {"contacts": d["contacts"]}
        ),
        DomainAction("glue", "Change the hosts below the name", Can.GLUE, _glue, lambda d: {"glue": d["hosts"]}),
        DomainAction("ds", "Publish DNSSEC keys", Can.DNSSEC, _ds, lambda d: {"ds": d["records"]}),
        DomainAction("auth_code", "Get the transfer code", Can.AUTH_CODE, _auth),
        DomainAction(
            "vendor_renews", "Change the registrar's own renewal", Can.AUTO_RENEW, _vendor_renews,
            lambda d: {"vendor_renews": d["on"]}, by_client=False,
        ),
        DomainAction(
            "restore", "Bring the name back", Can.RESTORE, _restore, by_client=False,
            states=frozenset({"redemption"}),
        ),
        DomainAction(
            "sync", "Look at the registrar", None, _nothing,
            states=frozenset({"pending", "transferring_in", "active", "grace", "redemption"}),
        ),
    )
}  # fmt: skip


def offered(registrar: Registrar | None, state: str) -> dict[str, DomainAction]:
    """What this registrar can do with a name in this state; nothing while it cannot be asked."""
    if registrar is None:
        return {}
    return {
        name: action
        for name, action in ACTIONS.items()
        if state in action.states and (action.can is None or action.can in registrar.capabilities)
    }
