"""The hook surface: questions and announcements to every active plugin, one spec per hook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

from ezcore.plugin_api.values import Action, InvoiceDraft, InvoiceNote, ProductKind

if TYPE_CHECKING:
    from ezcore.plugin_api.ports.certificates import CertificateAuthority, CertificateTarget
    from ezcore.plugin_api.ports.dns import DnsProvider
    from ezcore.plugin_api.ports.gateway import Gateway
    from ezcore.plugin_api.ports.helpdesk import Helpdesk
    from ezcore.plugin_api.ports.provisioning import ProvisioningModule
    from ezcore.plugin_api.ports.registrar import Registrar
    from ezcore.plugin_api.ports.webhook_source import WebhookSource
    from ezcore.plugin_api.ui.slots import Contributor

PROJECT = "ezcore"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def ez_register_gateways() -> Sequence[Gateway]:
    """Bring payment gateways.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: gateways, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; the site stays up.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_provisioning_modules() -> Sequence[ProvisioningModule]:
    """Bring provisioning modules.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: modules, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; its services' jobs wait.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_webhook_sources() -> Sequence[WebhookSource]:
    """Bring webhook languages, each served at ``/webhooks/<name>/``.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: sources, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_registrars() -> Sequence[Registrar]:
    """Bring registrars of domain names.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: registrars, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; the jobs of its domain names wait.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_dns_providers() -> Sequence[DnsProvider]:
    """Bring providers of DNS zones.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: providers, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; the jobs of its zones wait.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_certificate_authorities() -> Sequence[CertificateAuthority]:
    """Bring authorities that issue certificates.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: authorities, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; their renewals wait.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_certificate_targets() -> Sequence[CertificateTarget]:
    """Bring places where certificates are installed.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: targets, each with a name no other plugin uses.
    Errors: anything raised makes the plugin broken; installations wait.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_helpdesks() -> Sequence[Helpdesk]:
    """Bring help desks in which staff answer tickets too.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: help desks, each with a name no other plugin uses; the setting ``ez.support.helpdesk`` chooses one.
    Errors: anything raised makes the plugin broken; what is to be told there waits.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_product_kinds() -> Sequence[ProductKind]:
    """Bring kinds of products, with offers that appear in the store.

    Called: once at start-up of every process.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: kinds; an offer is put in the catalog once, staff may change it afterwards.
    Errors: anything raised makes the plugin broken.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_register_ui() -> Sequence[Contributor]:
    """Fill named places of pages with panels, buttons, tabs, notices, figures or entries of menus.

    Called: once at start-up of every process; each contributor's function whenever its page is drawn.
    Order: as listed in ``ez.plugins``.
    Args: none.
    Returns: contributors, each with the name of one slot.
    Errors: anything raised makes the plugin broken; a function that fails or is late is left out of its page.
    Result: all lists are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_before_action(action: Action) -> None:
    """Refuse a lifecycle action (create, suspend, unsuspend, terminate ...) before it is queued.

    Called: inside the unit of work that would queue the job; no input or output allowed.
    Order: as listed in ``ez.plugins``; the first refusal wins.

    Args:
        action: verb, service facts, module name and job key.
    Returns: None.
    Errors: raise Refused(reason) to refuse; anything else rolls the operation back and is logged.
    Result: none.
    Since: 1.0
    """


@hookspec
def ez_adjust_invoice_notes(invoices: Sequence[InvoiceDraft]) -> Sequence[Sequence[InvoiceNote]]:
    """Add printed notes to invoices, for example how to pay them by bank transfer.

    Called: once per batch of invoices that are issued together (a billing run has up to a thousand in one), inside the
    unit of work; must be pure.
    Order: as listed in ``ez.plugins``; every plugin sees the same drafts.

    Args:
        invoices: read-only drafts, each in its client's currency.
    Returns: for each draft, in the same order, the notes to add, possibly none.
    Errors: anything raised, and an answer of another length, fails the operation.
    Result: the lists of each draft are joined.
    Since: 1.0
    """
    raise NotImplementedError


@hookspec
def ez_on_action_done(action: Action) -> None:
    """Hear that a lifecycle action was completed.

    Called: after commit, from the outbox, at least once.
    Order: as listed in ``ez.plugins``; one that fails does not stop the others.

    Args:
        action: verb, service facts, module name and job key.
    Returns: None.
    Errors: logged with the plugin's name and retried; suspended after five failures in a row.
    Result: none.
    Since: 1.0
    """


@hookspec
def ez_on_action_failed(action: Action, cause: str) -> None:
    """Hear that a lifecycle action was given up.

    Called: after commit, from the outbox, at least once.
    Order: as listed in ``ez.plugins``; one that fails does not stop the others.

    Args:
        action: verb, service facts, module name and job key.
        cause: why, in a sentence for staff.
    Returns: None.
    Errors: logged with the plugin's name and retried; suspended after five failures in a row.
    Result: none.
    Since: 1.0
    """
